import { createHash } from 'node:crypto'
import { arch } from 'node:os'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import { type Layer, layerTar, newest } from './layer.ts'
import type { LayerEntry, Recipe } from './recipe.ts'

/**
 * An image as `docker save` writes it and `docker load` reads it: manifest.json, the configuration, a tar for each layer
 * (https://github.com/moby/moby/blob/master/image/spec/v1.2.md, "Combined Image JSON + Filesystem Changeset Format").
 */
export async function imageArchive(recipe: Recipe, layers: LayerEntry[][]): Promise<Buffer> {
  const tars = await Promise.all(layers.map(layerTar))
  const created = (await newest(layers.flat())).toISOString()
  const config = Buffer.from(JSON.stringify({
    architecture: { x64: 'amd64', ia32: '386' }[arch() as string] ?? arch(),
    os: 'linux',
    created,
    config: await recipe.config(),
    rootfs: { type: 'layers', diff_ids: tars.map(({ digest }) => `sha256:${digest}`) },
    history: tars.map((_, index) => ({ created, created_by: `wirebook: ${index < tars.length - 1 ? recipe.base!.name : recipe.name} from Debian's package` })),
  }))
  const configName = `${createHash('sha256').update(config).digest('hex')}.json`
  const manifest = [{ Config: configName, RepoTags: [`${recipe.name}:latest`], Layers: tars.map(layerName) }]
  return tarOf([
    ['manifest.json', Buffer.from(JSON.stringify(manifest))],
    [configName, config],
    ...tars.map((layer): [string, Buffer] => [layerName(layer), layer.tar]),
  ])
}

function layerName(layer: Layer): string {
  return `${layer.digest}/layer.tar`
}

async function tarOf(files: [name: string, content: Buffer][]): Promise<Buffer> {
  const tar = pack()
  const bytes = buffer(tar)
  for (const [name, content] of files) {
    await new Promise<void>((resolve, reject) => {
      tar.entry({ name, mtime: new Date(0) }, content, error => error ? reject(error) : resolve())
    })
  }
  tar.finalize()
  return bytes
}
