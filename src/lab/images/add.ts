import { createReadStream } from 'node:fs'
import { copyFile, link, open, rename, rm } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { WirebookError } from '../../error.ts'
import { addedFolder, addedPath } from './available.ts'
import { privateFolder } from './cache.ts'
import { familiarName } from './reference.ts'

/**
 * Keeps an archive that `docker save` wrote, so that labs have its images. Gives their names.
 * @throws {WirebookError} when the file is no such archive, or its images have no name
 */
export async function imageAdd(file: string): Promise<string[]> {
  const names = await namesIn(file)
  await privateFolder(addedFolder())
  const [first, ...others] = names.map(addedPath)
  const partial = `${first}.${process.pid}`
  try {
    await copyFile(file, partial)
    for (const path of others) {
      await rm(path, { force: true })
      await link(partial, path)
    }
    await rename(partial, first!)
  } finally {
    await rm(partial, { force: true })
  }
  return names
}

async function namesIn(file: string): Promise<string[]> {
  const manifest = await manifestOf(file)
  const tags = manifest.flatMap(image => image.RepoTags ?? [])
  if (tags.length > 0) return [...new Set(tags.map(familiarName))]
  throw new WirebookError(`${file} holds ${manifest.length} image${manifest.length === 1 ? '' : 's'}, none with a name`, {
    remedy: 'save it by its name, not by its id: docker save -o FILE NAME:TAG',
  })
}

async function manifestOf(file: string): Promise<{ RepoTags?: string[] | null }[]> {
  const wrong = (why: string, cause?: unknown) => new WirebookError(`${file} is not an archive of docker save: ${why}`, {
    remedy: 'write one with: docker save -o FILE NAME:TAG', cause })
  let found: string | undefined
  try {
    for await (const entry of (await readTar(file))) {
      if (entry.header.name.replace(/^\.\//, '') === 'manifest.json') found = await text(entry)
      else entry.resume()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new WirebookError(`there is no file ${file}`, { remedy: 'give the path of a docker save archive' })
    throw wrong((error as Error).message, error)
  }
  if (found === undefined) throw wrong('it holds no manifest.json')
  try {
    const manifest: unknown = JSON.parse(found)
    if (Array.isArray(manifest) && manifest.length > 0 && manifest.every(image => typeof image === 'object' && image !== null)) return manifest
  } catch (error) {
    throw wrong(`its manifest.json is no JSON: ${(error as Error).message}`, error)
  }
  throw wrong('its manifest.json lists no images')
}

async function readTar(file: string) {
  const handle = await open(file)
  const { buffer: start } = await handle.read(Buffer.alloc(2), 0, 2, 0).finally(() => handle.close())
  const tar = extract()
  const source = createReadStream(file)
  const fail = (error: Error) => tar.destroy(error)
  source.on('error', fail)
  if (start.equals(Buffer.from([0x1f, 0x8b]))) source.pipe(createGunzip().on('error', fail)).pipe(tar)
  else source.pipe(tar)
  return tar
}
