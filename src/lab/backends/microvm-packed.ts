/**
 * A built microvm for an image: a snapshot's memory is a file with holes, which the layers of an image cannot hold, so
 * it goes in compressed and is unpacked when a lab first needs it. A tenth of the size, and half a second of one core.
 */
import { spawn } from 'node:child_process'
import { access, glob, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { WirebookError } from '../../error.ts'
import { acceleratorsIn } from './microvm/build.ts'
import { cacheFolder, savedTopologies } from './microvm/cache.ts'
import { snapshotFiles } from './microvm/snapshot.ts'

const packedName = `${snapshotFiles.ram}.zst`

/** Replaces the memory of each snapshot below a built machine's folder by its packed form. Gives the files it made. */
export async function packSnapshots(folder: string, progress: (text: string) => void): Promise<string[]> {
  const made: string[] = []
  for await (const name of glob(`*/*/${snapshotFiles.ram}`, { cwd: folder })) {
    const ram = join(folder, name)
    progress(`packing ${ram}`)
    const packed = join(dirname(ram), packedName)
    await run('zstd', ['--quiet', '--force', '--threads=0', '-6', ram, '-o', `${packed}.part`])
    await rename(`${packed}.part`, packed)
    await rm(ram)
    made.push(packed)
  }
  return made
}

/** Unpacks what most chapters start from, before one asks for it. Does nothing where nothing is packed. */
export async function unpackMachine(): Promise<void> {
  const folder = await cacheFolder()
  for (const accelerator of await acceleratorsIn(folder)) await unpackSnapshot(join(folder, accelerator, savedTopologies[0] as string))
}

/**
 * Makes a snapshot's memory file from its packed form, if only that is there. Of several that need it at once one does
 * the work and the others wait; one that is ended half-way leaves nothing that would be taken for a whole file.
 */
export async function unpackSnapshot(folder: string, progress?: (text: string) => void): Promise<void> {
  const ram = join(folder, snapshotFiles.ram)
  const packed = join(folder, packedName)
  if (await isThere(ram) || !await isThere(packed)) return
  progress?.('unpacking the microvm, once')
  const work = 'test -e "$1" || { zstd --quiet --force --decompress --sparse "$2" -o "$1.part" && mv "$1.part" "$1"; }'
  await run('flock', [packed, 'sh', '-c', work, 'sh', ram, packed])
}

async function run(program: string, words: string[]): Promise<void> {
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', data => { errors = (errors + String(data)).slice(-2000) })
  const status = await new Promise<unknown>(resolve => child.once('error', resolve).once('close', resolve))
  if (status === 0) return
  if ((status as NodeJS.ErrnoException | null)?.code === 'ENOENT') {
    throw new WirebookError(`${program}, which packs and unpacks the microvm, is not installed`, { remedy: 'sudo apt-get install zstd util-linux' })
  }
  throw new WirebookError(`${program} ${words.at(-1)} ended with ${String(status)}: ${errors.trim()}`, {
    remedy: 'is the disk full? `df -h` tells; the unpacked memory of a snapshot takes half a gigabyte',
  })
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(() => true, () => false)
}
