import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { snapshotPath } from '../../../kernel/interpreter/compiler/snapshot.ts'
import { kernelRoot, openNotebook } from './notebook.ts'

const declarations = join(kernelRoot, 'kernel/prelude.d.ts')
const before = process.env.XDG_CACHE_HOME
let cache: string
beforeEach(() => {
  process.env.XDG_CACHE_HOME = cache = mkdtempSync(join(tmpdir(), 'wirebook-cache-'))
})
afterEach(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME
  else process.env.XDG_CACHE_HOME = before
  rmSync(cache, { recursive: true, force: true })
})

test('a snapshot that Node refuses is put away, and the compiler starts without it', async () => {
  const paths = (['light', 'node'] as const).map(kind => snapshotPath(declarations, kind))
  mkdirSync(dirname(paths[0]!), { recursive: true })
  for (const path of paths) writeFileSync(path, 'of another processor')
  writeFileSync(`${paths[1]}.building`, '') // as if another kernel were building them anew already
  const notebook = openNotebook()
  try {
    expect(await notebook.value('const first = 40')).toBeUndefined()
    expect(await notebook.value("import { basename } from 'node:path'\nbasename('/a/b') + (first + 2)")).toBe('b42')
    expect(existsSync(paths[0]!)).toBe(false)
  } finally {
    await notebook.close()
  }
})
