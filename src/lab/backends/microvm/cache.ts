/** Where built machines are kept: outside the tree, by the hash of all that they are made of. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { topology } from '../../topology.ts'
import { guestScript } from './guest-lab.ts'
import { missingQemu } from './qemu.ts'

/** All built machines of this user. */
export function cacheRoot(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'wirebook', 'vm')
}

/** The folder of the machine that this checkout and this machine's QEMU need; it may not be there yet. */
export async function cacheFolder(): Promise<string> {
  return join(cacheRoot(), await inputsHash())
}

/** Topologies that have a snapshot of their own; the others are built in the guest when a lab starts. */
export const savedTopologies = ['tutorial', 'ipvlan']

/** A change in any of these makes another machine: QEMU's version too, since a snapshot is read only by its writer. */
async function inputsHash(): Promise<string> {
  const hash = createHash('sha256')
  const folders = [import.meta.dirname, join(import.meta.dirname, 'guest'), join(import.meta.dirname, '../../images')]
  for (const folder of folders) {
    const files = (await readdir(folder, { withFileTypes: true })).filter(file => file.isFile()).map(file => file.name).sort()
    for (const name of files) hash.update(`${name}\0`).update(await readFile(join(folder, name)))
  }
  for (const name of savedTopologies) hash.update(guestScript(topology({ name })))
  hash.update(await qemuVersion())
  return hash.digest('hex').slice(0, 16)
}

let version: Promise<string> | undefined

/** First line of `qemu-system-x86_64 --version`. */
export function qemuVersion(): Promise<string> {
  version ??= promisify(execFile)('qemu-system-x86_64', ['--version']).then(
    ({ stdout }) => stdout.split('\n')[0] as string,
    () => { throw missingQemu() },
  )
  version.catch(() => { version = undefined })
  return version
}
