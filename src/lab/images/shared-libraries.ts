import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LayerEntry } from './recipe.ts'
import { output } from './run.ts'

/** Folders and files that a dynamically linked program needs beside itself: its libraries and the loader. */
export async function sharedLibraries(program: string): Promise<LayerEntry[]> {
  const paths = new Set(librariesOf(await output('ldd', [program])))
  // Before glibc 2.34 names of users are read by a library that libc loads by itself.
  for (const path of [...paths]) {
    const names = join(dirname(path), 'libnss_files.so.2')
    if (/\/libc\.so\./.test(path) && existsSync(names)) paths.add(names)
  }
  const files = [...paths].sort().map(path => path.slice(1))
  const folders = new Set(files.flatMap(parents))
  return [
    ...[...folders].sort().map(path => ({ path, folder: true as const })),
    ...files.map(path => ({ path, source: `/${path}`, mode: 0o755 })),
  ]
}

/** The paths in what ldd prints: `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`, and the loader's line, which has no arrow. */
export function librariesOf(text: string): string[] {
  const missing = text.split('\n').find(line => line.endsWith('=> not found'))
  if (missing) throw new Error(`a shared library is missing: ${missing.trim()}`)
  return [...text.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/gm)].map(match => match[1]!)
}

function parents(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}
