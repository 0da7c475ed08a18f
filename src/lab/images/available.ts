import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { WirebookError } from '../../error.ts'
import { builtArchive } from './built.ts'
import { cacheFolder, filesIn } from './cache.ts'
import { recipes } from './recipes.ts'
import { familiarName } from './reference.ts'

export interface AvailableImage {
  /** With its tag: `busybox:latest`. */
  name: string
  /** Made from the machine's packages, or added by hand. */
  from: 'packages' | 'added'
  /** Size of its archive, bytes; absent while it has not been made. */
  bytes?: number
}

/** Where archives are that were added by hand: a file for each name. */
export function addedFolder(): string {
  return join(cacheFolder(), 'added')
}

export function addedPath(name: string): string {
  return join(addedFolder(), `${encodeURIComponent(name)}.tar`)
}

/** Images that a lab can have, by name; one that was added goes before one of the same name from packages. */
export async function imageList(): Promise<AvailableImage[]> {
  const added = (await filesIn(addedFolder())).filter(file => file.endsWith('.tar')).map(file => decodeURIComponent(file.slice(0, -'.tar'.length))).sort()
  const kept = await filesIn(cacheFolder())
  const built = recipes.map(({ name }) => `${name}:latest`).filter(name => !added.includes(name))
  return [
    ...await Promise.all(added.map(async name => ({ name, from: 'added' as const, bytes: (await stat(addedPath(name))).size }))),
    ...await Promise.all(built.map(async name => {
      const file = kept.find(file => file.startsWith(`${name.split(':')[0]}-`) && file.endsWith('.tar'))
      return { name, from: 'packages' as const, ...file ? { bytes: (await stat(join(cacheFolder(), file))).size } : {} }
    })),
  ]
}

/** The path of an image's archive. @throws {WirebookError} listing the images there are */
export async function archiveOf(reference: string): Promise<string> {
  const name = familiarName(reference)
  const file = `${encodeURIComponent(name)}.tar`
  if ((await filesIn(addedFolder())).includes(file)) return addedPath(name)
  const recipe = recipes.find(recipe => `${recipe.name}:latest` === name)
  if (recipe) return builtArchive(recipe)
  const names = (await imageList()).map(image => image.name)
  throw new WirebookError(`no image is called ${JSON.stringify(reference)}; there are ${names.join(', ')}`, {
    remedy: `the lab has no registry: on a machine that has the image, docker save -o FILE ${/^[\w./:@-]+$/.test(reference) ? reference : 'IMAGE'}, then here ./wirebook image add FILE`,
  })
}
