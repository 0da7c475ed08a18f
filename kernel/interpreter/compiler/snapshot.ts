/**
 * The compiler's start-up snapshot: a V8 heap with TypeScript loaded, the library parsed and the checker warm, so that
 * the process is ready in a tenth of a second. Kept in the cache folder under a name made of all that it depends on.
 * https://nodejs.org/api/cli.html#--build-snapshot
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** The first is what a notebook starts with; the second takes over when a cell imports one of Node's modules. */
export type SnapshotKind = 'light' | 'node'

/** Where the snapshot for these declarations is, or would be. */
export function snapshotPath(globals: string | undefined, kind: SnapshotKind): string {
  return join(cacheFolder(), `compiler-${snapshotKey(globals)}-${kind}.blob`)
}

/** Those that Node refused; a file that cannot be removed is not tried again. */
const refused = new Set<string>()

export function hasSnapshot(path: string): boolean {
  return !refused.has(path) && existsSync(path)
}

export function discardSnapshot(path: string): void {
  refused.add(path)
  try {
    rmSync(path, { force: true })
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** Builds it in a process of its own, at low priority; nobody waits for it. */
export function startBuildingSnapshot(globals: string | undefined): void {
  if (!claim(`${snapshotPath(globals, 'node')}.building`)) return
  const child = spawn('nice', [process.execPath, '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, '../prepare.ts'), ...globals ? [globals] : []], { detached: true, stdio: 'ignore' })
  child.on('error', () => {})
  child.unref()
}

/** True for one process in two minutes: several kernels that start at once need not all build. */
function claim(path: string): boolean {
  try {
    mkdirSync(cacheFolder(), { recursive: true })
    const claimed = statSync(path, { throwIfNoEntry: false })
    if (claimed && Date.now() - claimed.mtimeMs < 120_000) return false
    writeFileSync(path, '')
    return true
  } catch {
    // A folder that cannot be written has no use for a snapshot.
    return false
  }
}

export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'wirebook')
}

/** Changes with Node, TypeScript, the compiler's sources and every declaration that the snapshot holds. */
function snapshotKey(globals: string | undefined): string {
  const hash = createHash('sha256').update(process.version + process.arch)
  const require = createRequire(import.meta.url)
  hash.update(packageVersion(require.resolve('typescript/package.json')))
  hash.update(packageVersion(require.resolve('@types/node/package.json')))
  const here = import.meta.dirname
  const sources = [...globSync('*.ts', { cwd: here }), '../lib/node.d.ts', '../prepare.ts'].map(name => join(here, name))
  for (const path of [...sources.sort(), ...declarationFiles(globals)]) hash.update(path).update(readFileSync(path))
  return hash.digest('hex').slice(0, 16)
}

function packageVersion(path: string): string {
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}

const references = /\bfrom '(\.[^']+)'|<reference path="([^"]+)"/g

/** The globals' declarations and what they import, from file to file; packages count by their own versions. */
function declarationFiles(globals: string | undefined): string[] {
  const found = new Set<string>()
  const visit = (path: string) => {
    if (found.has(path)) return
    found.add(path)
    for (const [, imported, referenced] of readFileSync(path, 'utf8').matchAll(references)) {
      visit(join(dirname(path), imported ?? referenced!))
    }
  }
  if (globals) visit(globals)
  return [...found]
}
