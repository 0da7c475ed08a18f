import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allChapters, chaptersNamed } from '../../src/cli/run/chapters.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirebook-chapters-'))
  const notebook = (...code: string[]) => JSON.stringify({ cells: code.map(source => ({ cell_type: 'code', source })) })
  writeFileSync(join(folder, '02-host.ipynb'), notebook('await lab.start()'))
  writeFileSync(join(folder, '01-none.ipynb'), notebook('1'))
  writeFileSync(join(folder, '07-ipvlan.ipynb'), notebook("await lab.start({ topology: 'ipvlan',\n  needs: ['ipvlan', \"netem\"] })", "needs: ['ipvlan']"))
  writeFileSync(join(folder, 'notes.txt'), 'no notebook')
})
afterAll(() => rmSync(folder, { recursive: true }))

const names = (words: string[]) => chaptersNamed(words, 'en', folder).map(({ name }) => name)

test('a chapter is meant by its name, its number or its topic, in the order given, once', () => {
  expect(names(['07-ipvlan', '1', 'host', '02', '7'])).toEqual(['07-ipvlan', '01-none', '02-host'])
})

test('none named means all, in the book’s order', () => {
  expect(names([])).toEqual(['01-none', '02-host', '07-ipvlan'])
})

test('a notebook anywhere is meant by its path', () => {
  expect(names([join(folder, '02-host.ipynb')])).toEqual(['02-host'])
})

test('an unknown one says which there are', () => {
  expect(() => names(['overlay'])).toThrow('there is no chapter "overlay": the chapters are 01-none, 02-host, 07-ipvlan')
})

test('what a chapter needs is read from its cells', () => {
  expect(allChapters(folder).map(({ needs }) => needs)).toEqual([[], [], ['ipvlan', 'netem']])
})
