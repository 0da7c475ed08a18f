import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { imageArchive } from './archive.ts'
import { cacheFolder, filesIn, writeWhole } from './cache.ts'
import { fingerprint } from './layer.ts'
import type { LayerEntry, Recipe } from './recipe.ts'

/** The archive of a recipe, made when the machine's files are not those that the kept one was made of. Gives its path. */
export async function builtArchive(recipe: Recipe): Promise<string> {
  const layers = await layersOf(recipe)
  const prints = await Promise.all(layers.map(fingerprint))
  const key = createHash('sha256').update([recipe.version, recipe.base?.version ?? 0, ...prints].join(' ')).digest('hex').slice(0, 24)
  const folder = cacheFolder()
  const path = join(folder, `${recipe.name}-${key}.tar`)
  if (existsSync(path)) return path
  await writeWhole(path, await imageArchive(recipe, layers))
  const older = (await filesIn(folder)).filter(name => new RegExp(`^${recipe.name}-[0-9a-f]{24}\\.tar$`).test(name) && join(folder, name) !== path)
  for (const name of older) await rm(join(folder, name), { force: true })
  return path
}

async function layersOf(recipe: Recipe): Promise<LayerEntry[][]> {
  return [...recipe.base ? await layersOf(recipe.base) : [], await recipe.layer()]
}
