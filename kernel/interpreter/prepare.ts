/**
 * Builds the compiler's start-up snapshots: `node kernel/interpreter/prepare.ts [declarations.d.ts]`, by default for
 * kernel/prelude.d.ts. Does nothing when they are there. Takes about 5 s and writes about 70 MB to the cache folder
 * ($XDG_CACHE_HOME/wirebook, or ~/.cache/wirebook). Without them the kernel works, and starts half a second later.
 */
import { execFile } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, existsSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { findPlaces } from './compiler/places.ts'
import { cacheFolder, snapshotPath, type SnapshotKind } from './compiler/snapshot.ts'

export interface Prepared { path: string; bytes: number; built: boolean }

export async function prepareCompiler(globals: string | undefined, kind: SnapshotKind): Promise<Prepared> {
  const path = snapshotPath(globals, kind)
  if (existsSync(path)) return { path, bytes: statSync(path).size, built: false }
  mkdirSync(cacheFolder(), { recursive: true })
  const entry = `${path}.${process.pid}.cjs`
  const blob = `${path}.${process.pid}.new`
  try {
    writeFileSync(entry, await snapshotScript(globals, kind))
    await promisify(execFile)(process.execPath, ['--no-warnings', '--snapshot-blob', blob, '--build-snapshot', entry])
    renameSync(blob, path)
  } finally {
    rmSync(entry, { force: true })
    rmSync(blob, { force: true })
  }
  discardOthers(path)
  return { path, bytes: statSync(path).size, built: true }
}

/**
 * One script with TypeScript and the compiler in it: a snapshot's script can load nothing but Node's own modules. Each
 * of our modules becomes a function of CommonJS form.
 */
async function snapshotScript(globals: string | undefined, kind: SnapshotKind): Promise<string> {
  const require = createRequire(import.meta.url)
  const ts = require('typescript') as typeof import('typescript')
  const library = require.resolve('typescript')
  const folder = join(import.meta.dirname, 'compiler')
  const modules = globSync('*.ts', { cwd: folder })
    .filter(name => !['client.ts', 'snapshot.ts', 'places.ts', 'main.ts'].includes(name))
    .map(name => {
      const { outputText } = ts.transpileModule(readFileSync(join(folder, name), 'utf8'), {
        fileName: name,
        compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2024, esModuleInterop: true },
      })
      return `${JSON.stringify(`./${name}`)}(exports, require) {${outputText}\n}`
    })
  return `
const builtin = require
// A collator holds native memory, which a snapshot cannot; TypeScript only sorts completions with it.
Intl.Collator = class { compare(a, b) { return a < b ? -1 : a > b ? 1 : 0 } }
const typescript = (() => {
  const module = { exports: {} }
  ;(function (module, exports, require, __filename, __dirname) {
${await smaller(readFileSync(library, 'utf8'))}
})(module, module.exports, builtin, ${JSON.stringify(library)}, ${JSON.stringify(dirname(library))})
  return module.exports
})()
const modules = { ${modules.join(',\n')} }
const loaded = { typescript }
const load = name => {
  if (name in loaded) return loaded[name]
  if (!(name in modules)) return builtin(name)
  modules[name](loaded[name] = {}, load)
  return loaded[name]
}
const { createLanguage } = load('./language.ts')
const { serve, requests } = load('./serve.ts')
const { warm } = load('./warm.ts')
const places = ${JSON.stringify(findPlaces(globals))}
const whole = ${kind === 'node'}
warm(requests(createLanguage(places, whole)))
const language = createLanguage(places, whole)
warm(requests(language), true)
builtin('node:v8').startupSnapshot.setDeserializeMainFunction(() => serve(language))
`
}

/** Minified where a minifier is installed (rolldown, which vitest brings): 9 MB less in the file and in memory. */
async function smaller(source: string): Promise<string> {
  const tools = await import('rolldown/utils').catch(() => undefined)
  if (!tools) return source
  const { code, errors } = tools.minifySync('typescript.js', source, { compress: true, mangle: true })
  // Escaped, the whole stays a string of one byte a character.
  const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return errors.length ? source : code.replace(/[^\x00-\x7f]/g, escape)
}

/** Snapshots of earlier versions. */
function discardOthers(path: string): void {
  const month = Date.now() - 30 * 24 * 3600_000
  for (const name of globSync('compiler-*', { cwd: cacheFolder() })) {
    const other = join(cacheFolder(), name)
    if (name.slice(0, 25) !== basename(path).slice(0, 25) && statSync(other).mtimeMs < month) rmSync(other, { force: true })
  }
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const globals = process.argv[2] ?? join(import.meta.dirname, '../prelude.d.ts')
  for (const kind of ['light', 'node'] as const) {
    const { path, bytes, built } = await prepareCompiler(globals, kind)
    console.log(`${built ? 'Built' : 'Found'} ${path} (${Math.round(bytes / 1e6)} MB)`)
  }
}
