import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import type { LayerEntry } from './recipe.ts'

export interface Layer {
  tar: Buffer
  /** SHA-256 of the tar, in hexadecimal. */
  digest: string
}

/** A layer as a tar. The same entries give the same bytes: order, times and owners are fixed. */
export async function layerTar(entries: LayerEntry[]): Promise<Layer> {
  const tar = pack()
  const bytes = buffer(tar)
  for (const entry of entries) await add(tar, entry)
  tar.finalize()
  const whole = await bytes
  return { tar: whole, digest: createHash('sha256').update(whole).digest('hex') }
}

async function add(tar: ReturnType<typeof pack>, entry: LayerEntry): Promise<void> {
  const common = { name: entry.path, mtime: new Date(0), uid: 0, gid: 0 }
  if ('folder' in entry) {
    tar.entry({ ...common, type: 'directory', mode: entry.mode ?? 0o755, uid: entry.owner ?? 0, gid: entry.owner ?? 0 })
  } else if ('link' in entry) {
    tar.entry({ ...common, type: 'symlink', linkname: entry.link, mode: 0o777 })
  } else {
    const content = 'text' in entry ? Buffer.from(entry.text) : await readFile(entry.source)
    await new Promise<void>((resolve, reject) => {
      tar.entry({ ...common, mode: entry.mode ?? 0o644 }, content, error => error ? reject(error) : resolve())
    })
  }
}

/** What decides a layer's bytes, without reading the files: paths, texts, and size and time of the machine's files. */
export async function fingerprint(entries: LayerEntry[]): Promise<string> {
  const hash = createHash('sha256')
  for (const entry of entries) {
    hash.update(JSON.stringify(entry))
    if (!('source' in entry)) continue
    const { size, mtimeMs, ino } = await stat(entry.source)
    hash.update(`${size} ${mtimeMs} ${ino}`)
  }
  return hash.digest('hex')
}

/** The time of the newest file of the machine in a layer: when the image is said to have been made. */
export async function newest(entries: LayerEntry[]): Promise<Date> {
  const times = await Promise.all(entries.map(async entry => 'source' in entry ? (await stat(entry.source)).mtimeMs : 0))
  return new Date(Math.max(0, ...times))
}
