import { afterAll, beforeAll, expect, test } from 'vitest'
import { openNotebook, type Notebook } from './notebook.ts'

let notebook: Notebook
beforeAll(() => { notebook = openNotebook() })
afterAll(() => notebook.close())
const value = (code: string) => notebook.value(code)

test('the last expression is the value; a promise is awaited; a declaration has none', async () => {
  expect(await value('1 + 1')).toBe(2)
  expect(await value('Promise.resolve("later")')).toBe('later')
  expect(await value('const quiet = 1')).toBeUndefined()
  expect(await value('if (true) { 5 }')).toBeUndefined()
  expect(await value('7;\n// a comment')).toBe(7)
  expect(await value('')).toBeUndefined()
  expect(await value('null')).toBeNull()
})

test('names, types and values carry over', async () => {
  await value('interface Route { to: string; metric?: number }\nconst routes: Route[] = [{ to: "10.0.0.0/8" }]')
  expect(await value('const route: Route = routes[0]!\nroute.to')).toBe('10.0.0.0/8')
  const { text } = await notebook.failure('routes[0].gateway')
  expect(text).toContain("Property 'gateway' does not exist on type 'Route'")
})

test('every kind of declaration can be made again with another type', async () => {
  for (const [first, second, result] of [
    ['const a1 = 1; a1', 'const a1 = "text"; a1.toUpperCase()', 'TEXT'],
    ['let b1 = [1]; b1', 'let b1 = { x: 1 }; b1.x', 1],
    ['class C1 { one = 1 }', 'class C1 { two = 2 }\nnew C1().two', 2],
    ['function d1() { return 1 }', 'function d1(x: string) { return x }\nd1("again")', 'again'],
    ['type E1 = { a: string }', 'type E1 = number\nconst e1: E1 = 5; e1', 5],
    ['interface F1 { a: string }', 'interface F1 { b: number }\nconst f1: F1 = { b: 6 }; f1.b', 6],
    ['enum G1 { x, y }', 'enum G1 { z = 9 }\nG1.z', 9],
    ['class H1 {}', 'const H1 = 3; H1 + 1', 4],
    ['const I1 = 1', 'class I1 { v = 8 }\nnew I1().v', 8],
    ['namespace J1 { export const k = 1 }', 'function J1() { return 2 }\nJ1()', 2],
  ] as const) {
    await value(first)
    expect(await value(second), second).toBe(result)
  }
})

test('a type that is declared again leaves the value of that name alone, and the other way round', async () => {
  await value('class Both { field = 1 }')
  await value('interface Both { other: string }')
  expect(await value('const both: Both = { other: "x" }; new Both().field + both.other')).toBe('1x')
})

test('functions see what later cells assign', async () => {
  await value('let counter = 1\nconst read = () => counter\nfunction bump() { return ++counter }')
  await value('counter = 10')
  expect(await value('read()')).toBe(10)
  expect(await value('bump(); counter')).toBe(11)
  expect(await value('counter += 5; counter++; counter')).toBe(17)
  expect(await value('[counter] = [3]; ({ counter } = { counter: counter + 1 }); read()')).toBe(4)
  expect(await value('({ counter = 8 } = {} as { counter?: number }); read()')).toBe(8)
  expect(await value('for (counter of [20, 30]) {}\nread()')).toBe(30)
  expect(await value('counter ||= 1; counter ??= 2; counter &&= 40; read()')).toBe(40)
})

test('functions of other cells see a name that was declared again', async () => {
  await value('let level = 1')
  await value('const show = () => level')
  await value('let level = 2')
  expect(await value('show()')).toBe(2)
})

test('inner names shadow earlier ones', async () => {
  await value('let shadow = "outer"; const list = [1, 2]')
  expect(await value('((shadow: number) => shadow + 1)(1)')).toBe(2)
  expect(await value('{ let shadow = 5; shadow }\nshadow')).toBe('outer')
  expect(await value('(() => { try { throw 3 } catch (shadow) { return shadow } })()')).toBe(3)
  expect(await value('list.map(shadow => shadow * 2)')).toEqual([2, 4])
  expect(await value('shadow: for (const n of list) { if (n === 1) continue shadow }\n({ shadow, list: { shadow: 1 }.shadow })'))
    .toEqual({ shadow: 'outer', list: 1 })
  expect(await value('class Own { shadow = shadow; method() { return this.shadow } static list = list }\n[new Own().method(), Own.list]'))
    .toEqual(['outer', [1, 2]])
  expect(await value('`${shadow} ${typeof shadow}`')).toBe('outer string')
})

test('a plain call of an earlier function has no this', async () => {
  await value('function self(this: unknown) { return this }\nconst tag = function (this: unknown, _: TemplateStringsArray) { return this }')
  expect(await value('[self(), tag`x`]')).toEqual([undefined, undefined])
})

test('top-level await, for await, var in blocks, hoisting', async () => {
  expect(await value('const waited = await Promise.resolve(4)\nwaited')).toBe(4)
  expect(await value('async function* three() { yield 1; yield 2; yield 3 }\nlet sum = 0\nfor await (const n of three()) sum += n\nsum')).toBe(6)
  await value('for (var index = 0; index < 3; index++) { var square = index * index }')
  expect(await value('[index, square]')).toEqual([3, 4])
  expect(await value('early()\nfunction early() { return "hoisted" }')).toBeUndefined()
  expect(await value('early()')).toBe('hoisted')
  await value('const { p: { q = 5 } = {}, ...others } = { r: 1 } as { p?: { q?: number }; r: number }\nconst [head, , ...tail] = [1, 2, 3, 4]')
  expect(await value('[q, others, head, tail]')).toEqual([5, { r: 1 }, 1, [3, 4]])
})

test('using and await using dispose at the end of their cell or block', async () => {
  await value('const disposed: string[] = []\nconst resource = (name: string) => ({ name, [Symbol.dispose]() { disposed.push(name) }, async [Symbol.asyncDispose]() { disposed.push("async " + name) } })')
  expect(await value('{ using a = resource("a"); await using b = resource("b"); disposed.push(a.name + b.name) }\ndisposed.join()')).toBe('ab,async b,a')
  expect(await value('using whole = resource("cell")\nwhole.name')).toBe('cell')
  expect(await value('disposed.at(-1)')).toBe('cell')
})

test('today\'s TypeScript', async () => {
  expect(await value('const palette = { red: [255, 0, 0], green: "#00ff00" } satisfies Record<string, string | number[]>\npalette.green.toUpperCase()')).toBe('#00FF00')
  expect(await value('function tuple<const T extends readonly unknown[]>(values: T) { return values }\nconst pair: readonly ["a", 1] = tuple(["a", 1])\npair.length')).toBe(2)
  expect(await value('const box = <T>(inner: T) => ({ inner }); box(3).inner')).toBe(3)
  expect(await value('class Point { constructor(public x: number, private y = 2) {} get sum() { return this.x + this.y } }\nnew Point(1).sum')).toBe(3)
  expect(await value('const enum Flag { on = 1, off = 0 }\nFlag.on')).toBe(1)
  expect(await value('[Flag.on, Flag["off"]]')).toEqual([1, 0])
  expect(await value('function logged<A extends unknown[], R>(call: (...values: A) => R, context: ClassMethodDecoratorContext) { return (...values: A) => [context.name, call(...values)] as never }\nclass Decorated { @logged go() { return 1 } }\nnew Decorated().go()')).toEqual(['go', 1])
  expect(await value('class Counting { accessor n = 1; static #made = 0; static make() { return ++Counting.#made } }\n[new Counting().n, Counting.make()]')).toEqual([1, 1])
  expect(await value('new Set([1, 2]).union(new Set([3])).size + Object.groupBy([1, 2], n => n % 2 ? "odd" : "even").odd!.length + [3, 1].toSorted()[0]!')).toBe(5)
  expect(await value('function isText(x: unknown) { return typeof x === "string" }\n[1, "a"].filter(isText).map(text => text.length)')).toEqual([1])
})

test('strict, and at ease: implicit any and growing arrays are fine', async () => {
  expect(await value('const found = []\nfor (const n of [1, 2]) found.push(n)\nfound')).toEqual([1, 2])
  expect(await value('found.length')).toBe(2)
  expect(await value('function loose(a, b = 1) { return a[b] }\nloose([1, 2])')).toBe(2)
  expect(await value('try { JSON.parse("{") } catch (error) { error.name }\nconst key: string = "a"; ({ a: 1 })[key]')).toBe(1)
  expect((await notebook.failure('const maybe = [1].find(n => n > 5)\nmaybe.toFixed()')).text).toContain("'maybe' is possibly 'undefined'")
})

test('exports, defaults, directives and names of the wrapper do no harm', async () => {
  await value('"use strict"\nexport const shared = 1\nexport default function named() { return 2 }\nexport { shared as other }\nexport type T9 = string')
  expect(await value('const t9: T9 = "x"; shared + named() + t9')).toBe('3x')
  expect(await value('const exports = 1, require = 2, module = 3\nexports + require + module')).toBe(6)
  expect(await value('let __value = 1; let error = 2; let $ = 3, _ = 4\n__value + error + $ + _')).toBe(10)
  expect(await value('__value = 5; __value')).toBe(5)
})

test('globals can be shadowed and come to no harm', async () => {
  expect(await value('const process = "mine", URL = 1, host = "A", name = "n";\n[process, URL, host, name]')).toEqual(['mine', 1, 'A', 'n'])
  expect(await value('process + host')).toBe('mineA')
  expect(typeof globalThis.process.pid).toBe('number')
})

test('augmentations of globals hold for this cell and later ones', async () => {
  await value('declare global { interface Array<T> { penultimate(): T | undefined } }\nArray.prototype.penultimate = function () { return this.at(-2) };\n[1, 2].penultimate()')
  expect(await value('[1, 2, 3].penultimate()')).toBe(2)
  await value('delete (Array.prototype as any).penultimate')
})

test('names that a failing cell did not come to keep what they were', async () => {
  await value('const kept = "old"; const reached = "old"')
  await notebook.failure('const reached = 2\nthrow new Error("stop")\nconst kept = 3')
  expect(await value('[kept.toUpperCase(), reached + 1]')).toEqual(['OLD', 3])
  await notebook.failure('type Half = 1\nnever()\nfunction never(): number { throw new Error("x") }\nconst unreached = 1')
  expect((await notebook.failure('unreached')).text).toContain("Cannot find name 'unreached'")
})

test('comments that steer the checker', async () => {
  expect(await value('// @ts-expect-error\nconst odd: number = "x"\nodd')).toBe('x')
  expect(await value('const known: any = {}\n// @ts-ignore\nconst text: string = 5\ntext')).toBe(5)
  expect((await notebook.failure('// @ts-expect-error\nconst fine: number = 1')).text).toContain('Unused')
  expect(await value('// @ts-nocheck\nconst whatever: number = "y"; whatever')).toBe('y')
})

test('unicode, carriage returns and a megabyte', async () => {
  expect(await value('const größe = "网络", 𝒳 = "🐳"\r\nconst next = größe + 𝒳\r\nnext')).toBe('网络🐳')
  expect(await value(`const long = "${'x'.repeat(1e6)}"\nlong.length`)).toBe(1e6)
  expect(await value(`const many = [${Array.from({ length: 50_000 }, (_, n) => n).join(',\n')}]\nmany.length`)).toBe(50_000)
})

test('user expressions are evaluated in the notebook, without checks', async () => {
  await value('let answer = 42')
  const signal = new AbortController().signal
  const cell = { write() {}, display() {}, update() {}, clear() {}, ask: async () => '', signal }
  expect(await notebook.interpreter.evaluate('answer + 1', cell)).toMatchObject({ status: 'ok', value: 43, bundle: { 'text/plain': '43' } })
  expect(await notebook.interpreter.evaluate('await Promise.resolve(answer)', cell)).toMatchObject({ status: 'ok', value: 42 })
  expect(await notebook.interpreter.evaluate('nothing.here', cell)).toMatchObject({ status: 'error', name: 'ReferenceError' })
  expect(await notebook.interpreter.evaluate('1 +', cell)).toMatchObject({ status: 'error', name: 'SyntaxError' })
  expect(await value('answer')).toBe(42)
})
