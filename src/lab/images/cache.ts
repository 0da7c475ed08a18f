import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** Where archives are kept between labs: $XDG_CACHE_HOME/wirebook/images (XDG Base Directory Specification). */
export function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME
  return join(base?.startsWith('/') ? base : join(homedir(), '.cache'), 'wirebook', 'images')
}

/** Makes a folder that only this account can look into. */
export async function privateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  await chmod(path, 0o700)
}

/** Writes a file whole or not at all; two that write the same file at once do no harm. */
export async function writeWhole(path: string, content: Buffer): Promise<void> {
  await privateFolder(dirname(path))
  const partial = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    await writeFile(partial, content, { mode: 0o600 })
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

/** File names in a folder; none when the folder is not there. */
export async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
