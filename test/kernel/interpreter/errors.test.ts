import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeError } from '../../../kernel/interpreter/run/traceback.ts'
import { WirebookError } from '../../../src/error.ts'
import { openNotebook, type Notebook } from './notebook.ts'

let notebook: Notebook
beforeAll(() => { notebook = openNotebook() })
afterAll(() => notebook.close())

test('a type error stops the cell before anything runs, and shows where', async () => {
  await notebook.value('const ran: string[] = []')
  const failed = await notebook.failure('ran.push("yes")\nconst mtu: number = "1450"')
  expect(failed).toMatchObject({ name: 'TypeScriptError', position: { line: 2, column: 7 } })
  expect(failed.message).toBe("TS2322: Type 'string' is not assignable to type 'number'. (line 2, column 7)")
  expect(failed.text.split('\n')).toEqual([
    "TS2322 Type 'string' is not assignable to type 'number'.",
    expect.stringMatching(/^ {2}cell \[\d+\]:2:7$/),
    '  ❱ 2 │ const mtu: number = "1450"',
    '      │       ~~~',
  ])
  expect(await notebook.value('ran.length')).toBe(0)
})

test('all errors are shown, five of them in full', async () => {
  const { text } = await notebook.failure(Array.from({ length: 8 }, (_, n) => `missing${n}()`).join('\n'))
  expect(text.match(/TS2304/g)).toHaveLength(5)
  expect(text).toContain('… and 3 more')
})

test('a name that is not there yet: which, and what to do', async () => {
  const { text } = await notebook.failure('bbox.name\nconsole.log(web, { wire })\nbbox.ip')
  expect(text.split('\n').at(-1)).toBe('→ bbox, web, wire: not defined so far. If another cell defines them, run that cell first (in JupyterLab: Run → Run All Above Selected Cell).')
  expect(text.match(/TS\d+ /g)).toHaveLength(3)
  expect((await notebook.failure('claim2(1)')).text).toContain('→ claim2: not defined so far. If another cell defines it, run that cell first')
  expect((await notebook.failure('bbox: string = 1')).text).not.toContain('→')
})

test('a name whose cell failed before it had a value says that, until the cell has run', async () => {
  await notebook.failure('const early = 1\nconst late = JSON.parse("{")')
  const { text } = await notebook.failure('late')
  expect(text.split('\n').at(-1)).toBe('→ late: the cell that defines it failed or was stopped before it came to that. Run it again.')
  expect(await notebook.value('early')).toBe(1)
  await notebook.value('const late = 2')
  expect(await notebook.value('late')).toBe(2)
})

test('a syntax error is told the same way', async () => {
  const failed = await notebook.failure('const fine = 1\nlet a b')
  expect(failed).toMatchObject({ name: 'SyntaxError', position: { line: 2, column: 7 } })
  expect(failed.text).toContain('  ❱ 2 │ let a b\n      │       ^')
})

test('the mark stands under wide characters and after tabs', async () => {
  expect((await notebook.failure('const 网络 = 1;\t网络.x')).text).toContain(
    '  ❱ 1 │ const 网络 = 1;\t网络.x\n      │                \t     ^')
})

test('a line of a megabyte is shown around its error', async () => {
  const { text } = await notebook.failure(`const long = "${'x'.repeat(1e6)}"; unknownName`)
  expect(text.length).toBeLessThan(1000)
  expect(text).toContain('; unknownName')
  expect(text).toContain('~~~~~~~~~~~')
})

test('what a cell throws points at its line, through types that were removed', async () => {
  const failed = await notebook.failure('interface Reply {\n  ms: number\n}\n\nfunction first(replies: Reply[]): number {\n  // the first\n  return replies[0]!.ms\n}\n\nfirst([])')
  expect(failed).toMatchObject({ name: 'TypeError', position: { line: 7, column: 22 } })
  const lines = failed.text.split('\n')
  expect(lines[0]).toBe("TypeError: Cannot read properties of undefined (reading 'ms')")
  expect(lines[1]).toMatch(/^ {2}at first \(cell \[\d+\]:7:22\)$/)
  expect(failed.text).toContain('  ❱ 7 │   return replies[0]!.ms\n      │                      ^')
  expect(lines.at(-1)).toMatch(/^ {2}at cell \[\d+\]:10:1$/)
})

test('frames of several cells, none of the kernel\'s', async () => {
  await notebook.value('async function inner() {\n  await null\n  throw new RangeError("deep")\n}')
  const { text } = await notebook.failure('async function outer() {\n  await inner()\n}\nawait outer()')
  expect(text).toMatch(/at inner \(cell \[\d+\]:3:\d+\)/)
  expect(text).toMatch(/at async outer \(cell \[\d+\]:2:\d+\)|at outer \(cell \[\d+\]:2:\d+\)/)
  expect(text).not.toMatch(/kernel\/|tslab|node:internal|evalmachine/)
})

test('causes and several errors at once', async () => {
  const { text } = await notebook.failure('throw new Error("outer", { cause: new AggregateError([new TypeError("one"), "two"], "both") })')
  expect(text).toMatch(/^Error: outer/)
  expect(text).toContain('Caused by:\nAggregateError: both')
  expect(text).toContain('Error 1 of 2:\nTypeError: one')
  expect(text).toContain('Error 2 of 2:\nThrown: two')
})

test('a cause that goes round in a circle ends', async () => {
  const { text } = await notebook.failure('const round = new Error("round") as Error & { cause: unknown }\nround.cause = round\nthrow round')
  expect(text.match(/Error: round/g)).toHaveLength(1)
})

test('anything can be thrown', async () => {
  expect((await notebook.failure('throw "a word"')).message).toBe('a word')
  expect((await notebook.failure('throw undefined')).message).toBe('undefined')
  expect((await notebook.failure('throw { code: 7 }')).message).toBe('{ code: 7 }')
  expect((await notebook.failure('throw new Proxy({}, { get() { throw 1 } })')).status).toBe('error')
  expect((await notebook.failure('throw Object.assign(new Error("x"), { toString: null, message: { toString() { throw 2 } } })')).status).toBe('error')
  expect((await notebook.failure('await Promise.reject(new Error("rejected"))')).message).toBe('rejected')
  expect((await notebook.failure('Promise.reject(new Error("last one"))')).message).toBe('last one')
  expect((await notebook.failure('function forever(): number { return forever() + 1 }\nforever()')).name).toBe('RangeError')
})

test('fields of an error are shown', async () => {
  const { text } = await notebook.failure('import { readFileSync } from "node:fs"\nreadFileSync("/does/not/exist")')
  expect(text).toContain("code: 'ENOENT'")
  expect(text).toContain('  ❱ 2 │ readFileSync("/does/not/exist")')
})

test('an error that says what to do is shown without noise', () => {
  const { traceback, message } = describeError(new WirebookError('There is no image "nginy".', { remedy: 'Use nginx.' }))
  expect(traceback.map(stripVTControlCharacters)).toEqual(['WirebookError: There is no image "nginy".\n→ Use nginx.'])
  expect(stripVTControlCharacters(message)).toBe('There is no image "nginy".\n→ Use nginx.')
})

test('stacks that the person prints tell of cells', async () => {
  expect(await notebook.value('function here() {\n  return new Error("printed").stack!\n}\nhere()')).toMatch(/^Error: printed\n {4}at here \(cell \[\d+\]:2:10\)\n {4}at cell \[\d+\]:4:1$/)
})

test('errors in a module of the person\'s own, of type and at run time', async () => {
  writeFileSync(join(notebook.folder, 'broken.ts'), 'export const n: number = "no"\n')
  const typed = await notebook.failure('import { n } from "./broken.ts"\nn')
  expect(typed.text).toContain('broken.ts:1:14')
  expect(typed.text).toContain('❱ 1 │ export const n: number = "no"')
  writeFileSync(join(notebook.folder, 'throws.ts'), 'export function go(): never {\n  throw new Error("inside")\n}\n')
  const thrown = await notebook.failure('import { go } from "./throws.ts"\n\ngo()')
  expect(thrown.text).toMatch(/at go \(.*throws\.ts:2:9\)\n {2}❱ 2 │ {3}throw new Error\("inside"\)/)
  expect(thrown.text).toMatch(/at cell \[\d+\]:3:1/)
})
