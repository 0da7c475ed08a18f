import { afterAll, beforeAll, expect, test } from 'vitest'
import { openNotebook, type Notebook } from './notebook.ts'

let notebook: Notebook
beforeAll(() => { notebook = openNotebook() })
afterAll(() => notebook.close())

/** Completes at the | in the code. */
async function complete(marked: string) {
  const cursor = marked.indexOf('|')
  const code = marked.slice(0, cursor) + marked.slice(cursor + 1)
  const found = await notebook.interpreter.complete(code, cursor)
  return { ...found, replaced: code.slice(found.start, found.end) }
}
async function inspect(marked: string, detail: 0 | 1 = 0) {
  const cursor = marked.indexOf('|')
  return (await notebook.interpreter.inspect(marked.replace('|', ''), cursor, detail))?.bundle
}

test('members with signatures and documentation', async () => {
  const { matches, types } = await complete('lab.|')
  expect(matches).toEqual(expect.arrayContaining(['A', 'B', 'router', 'start', 'stop']))
  expect(types.find(type => type.text === 'start')).toMatchObject({ type: 'function', signature: expect.stringContaining('options?: StartOptions): Promise<'), documentation: expect.stringContaining('fresh lab') })
  expect((await complete('await lab.A.docker.listC|')).matches).toContain('listContainers')
})

test('half-written code', async () => {
  expect((await complete('const web = await bridge.run("nginx", { pub|')).matches).toContain('publish')
  expect((await complete('if (lab.A.|) {')).matches).toContain('links')
  expect((await complete('const list = [1, 2].fil|')).matches.slice(0, 2)).toEqual(['fill', 'filter'])
  expect((await complete('ping(lab.A, lab.B, { co|unt })')).matches).toContain('count')
  expect((await complete('function f(replies: { ms: number }[]) {\n  for (const reply of replies) reply.|')).matches).toEqual(['ms'])
})

test('names of earlier cells, prefix first, replaced as a whole', async () => {
  await notebook.value('/** Milliseconds that it took. */\nconst elapsedTime = 5\nconst timeElapsed = 6')
  const { matches, replaced, types } = await complete('elapsed|Ti')
  expect(matches.slice(0, 2)).toEqual(['elapsedTime', 'timeElapsed'])
  expect(replaced).toBe('elapsedTi')
  expect(types[0]).toMatchObject({ signature: 'const elapsedTime: 5', documentation: 'Milliseconds that it took.' })
})

test('members of the literal unions in strings', async () => {
  const { matches, replaced } = await complete('lab.start({ backend: "mic|" })')
  expect([matches, replaced]).toEqual([['microvm'], 'mic'])
})

test('modules in imports', async () => {
  expect((await complete('import fs from "node:f|"')).matches).toEqual(expect.arrayContaining(['node:fs', 'node:fs/promises']))
  expect((await complete('import { readFi| } from "node:fs"')).matches).toContain('readFileSync')
  expect((await complete('import * as os from "node:os"\nos.host|')).matches).toEqual(['hostname'])
})

test('nothing inside comments and plain strings', async () => {
  expect((await complete('// lab.|')).matches).toEqual([])
  expect((await complete('const s = "lab.|"')).matches).toEqual([])
})

test('completion leaves no trace in the notebook', async () => {
  await complete('const phantom = 1; interface Ghost { a: 1 }; phan|')
  expect((await notebook.failure('phantom')).text).toContain("Cannot find name 'phantom'")
})

test('inspection shows signature and documentation', async () => {
  const bundle = await inspect('lab.st|art()')
  expect(bundle!['text/markdown']).toMatch(/^```typescript\n.*start\(options\?: StartOptions\): Promise<\w+>\n```\n\nStarts a fresh lab/)
  expect(bundle!['text/plain']).toContain('Starts a fresh lab')
  expect((await inspect('await ping|(lab.A, lab.B)'))!['text/markdown']).toContain('Sends ICMP echo requests')
  expect((await inspect('ping(lab.A, |'))!['text/markdown']).toContain('from: NetworkNode')
  expect((await inspect('console.log|'))!['text/markdown']).toMatch(/Prints/)
  expect(await inspect('const x = 1 +| 2')).toBeUndefined()
  expect(await inspect('nothingKnown|')).toBeUndefined()
})

test('inspection of a type shows what it is made of', async () => {
  await notebook.value('/** A hop. */\ninterface Hop { address: string }')
  expect((await inspect('const hop: Ho|p = { address: "" }'))!['text/plain']).toMatch(/interface Hop[\s\S]*address: string[\s\S]*A hop\./)
})

test.each([
  ['1 + 1', 'complete'], ['const x = {', 'incomplete'], ['f(1,', 'incomplete'], ['`open ${1}', 'incomplete'], ['/* open', 'incomplete'],
  ['a +', 'incomplete'], ['const y =', 'incomplete'], ['if (a)', 'incomplete'], ['class A {\n  m() {\n', 'incomplete'], ['@decorated', 'incomplete'],
  ['x ? 1 :', 'incomplete'], ['lab.', 'incomplete'], ['async () => {\n  await x\n}', 'complete'], ['// comment', 'complete'], ['', 'complete'],
  ['let a b', 'invalid'], ['}', 'invalid'], ['"open', 'invalid'], ['try {}', 'incomplete'], ['do {} while (1)', 'complete'],
  ['import { a', 'incomplete'], ['type T =', 'incomplete'], ['for (const x of', 'incomplete'], ['x => ', 'incomplete'], ['/re', 'invalid'],
])('%j is %s', async (code, status) => {
  expect((await notebook.interpreter.isComplete(code)).status).toBe(status)
})

test('the next line is indented', async () => {
  expect(await notebook.interpreter.isComplete('function f() {')).toEqual({ status: 'incomplete', indent: '  ' })
  expect(await notebook.interpreter.isComplete('function f() {\n  g(')).toEqual({ status: 'incomplete', indent: '    ' })
  expect(await notebook.interpreter.isComplete('  a +')).toEqual({ status: 'incomplete', indent: '  ' })
})
