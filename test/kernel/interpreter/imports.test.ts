import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kernelRoot, openNotebook, type Notebook } from './notebook.ts'

let notebook: Notebook
let touched = 1_700_000_000
const write = (path: string, text: string) => {
  const file = join(notebook.folder, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
  // Two versions within one tick of the clock are still two.
  utimesSync(file, touched, touched++)
}

beforeAll(() => {
  notebook = openNotebook()
  write('node_modules/esm-only/package.json', '{ "name": "esm-only", "type": "module", "exports": { ".": { "types": "./index.d.ts", "import": "./index.js" } } }')
  write('node_modules/esm-only/index.js', 'export const greet = name => `hello ${name}`\nexport default class Box { open() { return "opened" } }\n')
  write('node_modules/esm-only/index.d.ts', 'export declare function greet(name: string): string\nexport interface Wish { text: string }\nexport default class Box { open(): string }\n')
  write('node_modules/old-style/package.json', '{ "name": "old-style", "main": "main.js" }')
  write('node_modules/old-style/main.js', 'const api = { late: () => "found" }\nfor (const name of ["one", "two"]) api[name] = () => name\nmodule.exports = api\n')
})
afterAll(() => notebook.close())
const value = (code: string) => notebook.value(code)

test('ES modules: named, default, namespace, types', async () => {
  expect(await value('import Box, { greet, type Wish } from "esm-only"\nimport * as all from "esm-only"\nconst wish: Wish = { text: greet("you") };\n[wish.text, new Box().open(), Object.keys(all).length]')).toEqual(['hello you', 'opened', 2])
  expect(await value('greet("again") + new Box().open()')).toBe('hello againopened')
  expect((await notebook.failure('greet(5)')).text).toContain("'number' is not assignable to parameter of type 'string'")
  expect(await value('import type { Wish as W } from "esm-only"\nimport { type Wish as X } from "esm-only"\nconst w: W = { text: "a" } satisfies X\nw.text')).toBe('a')
  expect(await value('const later: W = { text: "b" } satisfies X\nlater.text')).toBe('b')
  expect((await notebook.failure('const wrong: W = { text: 5 }')).text).toContain("'number' is not assignable to type 'string'")
})

test('CommonJS, also exports that Node does not foresee', async () => {
  expect(await value('import old, { late, two } from "old-style"\n[old.late(), late(), two()]')).toEqual(['found', 'found', 'two'])
  expect((await notebook.failure('import { nowhere } from "old-style"\nnowhere()')).message).toContain("has no export named 'nowhere'")
})

test('Node\'s modules have their full types', async () => {
  expect(await value('import { readFileSync as read } from "node:fs"\nimport path from "path"\npath.basename(read("/etc/hostname", "utf8") && "/a/b")')).toBe('b')
  expect((await notebook.failure('read(true)')).text).toContain('is not assignable to parameter of type')
  expect(await value('setTimeout(() => {}, 0).hasRef()')).toBe(true)
  expect(await value('const os = await import("node:os")\nos.EOL')).toBe('\n')
})

test('files beside the notebook, read again when they change', async () => {
  write('helper.ts', 'export const version: number = 1\nexport type Kind = "a" | "b"\n')
  expect(await value('import { version, type Kind } from "./helper.ts"\nconst kind: Kind = "a"\nversion')).toBe(1)
  write('helper.ts', 'export const version: string = "two"\n')
  expect(await value('import { version } from "./helper.ts"\nversion.toUpperCase()')).toBe('TWO')
  write('data.json', '{ "mtu": 1450 }')
  expect(await value('import data from "./data.json" with { type: "json" }\ndata.mtu + 50')).toBe(1500)
  expect(await value('(await import("./helper.ts")).version')).toBe('two')
})

test('what is missing says so, and is found once it is there', async () => {
  expect((await notebook.failure('import { x } from "not-there-yet"\nx')).text).toContain("Cannot find module 'not-there-yet'")
  write('node_modules/not-there-yet/package.json', '{ "name": "not-there-yet", "type": "module", "exports": "./i.js", "types": "i.d.ts" }')
  write('node_modules/not-there-yet/i.js', 'export const x = 5\n')
  write('node_modules/not-there-yet/i.d.ts', 'export declare const x: number\n')
  expect(await value('import { x } from "not-there-yet"\nx')).toBe(5)
})

test('import.meta and require', async () => {
  expect(await value('import.meta.dirname')).toBe(notebook.folder)
  expect(await value('import.meta.resolve("esm-only")')).toMatch(/esm-only\/index\.js$/)
  expect(await value('require("old-style").late()')).toBe('found')
})

test('earlier cells keep their types when a later one imports', async () => {
  await value('const before = { text: "x" }; class Earlier { n = 1 }')
  await value('import { tmpdir } from "node:os"')
  expect((await notebook.failure('before.missing')).text).toContain("Property 'missing' does not exist")
  expect(await value('const e: Earlier = new Earlier()\ne.n + before.text + typeof tmpdir')).toBe('1xfunction')
})

test('the globals\' own packages: dockerode with its types', async () => {
  const repository = openNotebook({ folder: join(kernelRoot, 'notebooks') })
  try {
    expect(await repository.value('import Docker from "dockerode"\nconst docker: Docker = new Docker()\ntypeof docker.listContainers')).toBe('function')
    expect(await repository.value('import { compile } from "vega-lite"\ntypeof compile')).toBe('function')
    expect((await repository.failure('async () => (await docker.listContainers())[0].Nome')).text).toContain("'Nome' does not exist")
  } finally {
    await repository.close()
  }
})
