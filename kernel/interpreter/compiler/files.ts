/** Parsed files, shared by all programs; a file of the person's own is read again when it has changed. */
import { statSync } from 'node:fs'
import { ts } from './typescript.ts'

export interface Files {
  get(path: string, options: ts.CreateSourceFileOptions): ts.SourceFile | undefined
  /** Puts a file that exists only here. */
  put(path: string, text: string): void
  exists(path: string): boolean
  read(path: string): string | undefined
  /** Takes what was parsed so far to be fixed: the library and the kernel's own declarations. */
  freeze(): void
  /** Whether one of the person's own files changed since it was parsed. */
  stale(): boolean
}

export function createFiles(): Files {
  const parsed = new Map<string, { file: ts.SourceFile; version: string }>()
  const virtual = new Map<string, string>()
  const frozen = new Set<string>()
  const settled = (path: string) => virtual.has(path) || frozen.has(path) || packaged(path)
  const read = (path: string) => virtual.get(path) ?? ts.sys.readFile(path)

  return {
    read,
    exists: path => virtual.has(path) || ts.sys.fileExists(path),
    put(path, text) {
      if (virtual.get(path) === text) return
      virtual.set(path, text)
      parsed.delete(path)
    },
    get(path, options) {
      const known = parsed.get(path)
      if (known && (settled(path) || known.version === version(path))) return known.file
      const text = read(path)
      if (text === undefined) return undefined
      // A file that exists only here holds the cells' imports, and cells are ES modules.
      const format = virtual.has(path) ? { impliedNodeFormat: ts.ModuleKind.ESNext } as const : {}
      const file = ts.createSourceFile(path, text, { ...options, ...format })
      parsed.set(path, { file, version: version(path) })
      return file
    },
    freeze() {
      for (const path of parsed.keys()) frozen.add(path)
    },
    stale: () => [...parsed].some(([path, { version: seen }]) => !settled(path) && version(path) !== seen),
  }
}

/** Files of packages are taken not to change while a notebook runs. */
function packaged(path: string): boolean {
  return path.includes('/node_modules/')
}

function version(path: string): string {
  if (packaged(path)) return ''
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? `${stat.mtimeMs}:${stat.size}` : ''
}
