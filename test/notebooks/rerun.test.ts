import { afterEach, describe, expect, test } from 'vitest'
import { claimsOf } from '../../src/claims/catalogue.ts'
import { openChapter, type Chapter, type Ran } from './chapter.ts'

const quick = process.env.WIREBOOK_QUICK !== undefined
const chapters = ['01-none', '02-host', '03-bridge', '04-container', ...quick ? [] : ['05-overlay', '06-macvlan']]

/** They compare two speeds at one moment, and a busy machine can spoil that: of all the runs, one must hold. */
const timed = new Set(['2.5'])

let chapter: Chapter | undefined
afterEach(async () => {
  await chapter?.close()
  chapter = undefined
})

/** What went wrong in a run, for a person to read; empty when all is well. */
function problems(ran: Ran[]): string[] {
  return ran.flatMap(({ cell, error, claims }) => [
    ...error ? [`cell ${cell}\n${error.traceback}`] : [],
    ...claims.filter(({ verdict }) => verdict === 'failed').filter(({ id }) => !timed.has(id)).map(({ id, expected, measured }) => `cell ${cell}\nclaim ${id} failed: expected ${expected}, measured ${measured}`),
  ])
}

const claimed = (ran: Ran[]) => [...new Set(ran.flatMap(({ claims }) => claims.map(({ id }) => id)))]

describe.each(chapters)('%s', name => {
  test('each cell twice in a row, then the whole chapter again without a restart: no error, every claim holds', { timeout: 300_000 }, async () => {
    chapter = await openChapter(name)
    const twice: Ran[] = []
    for (const index of chapter.cells.keys()) twice.push(await chapter.run(index), await chapter.run(index))
    expect(problems(twice)).toEqual([])
    expect(claimed(twice)).toEqual(expect.arrayContaining(claimsOf(name)))
    const again: Ran[] = []
    for (const index of chapter.cells.keys()) again.push(await chapter.run(index))
    expect(problems(again)).toEqual([])
    expect(claimed(again)).toEqual(expect.arrayContaining(claimsOf(name)))
    const held = new Set([...twice, ...again].flatMap(({ claims }) => claims.filter(({ verdict }) => verdict !== 'failed').map(({ id }) => id)))
    expect(claimsOf(name).filter(id => timed.has(id) && !held.has(id))).toEqual([])
  })

  test('from the last cell to the first: whatever misses something says what, and what to do', { timeout: 300_000 }, async () => {
    chapter = await openChapter(name)
    const errors: NonNullable<Ran['error']>[] = []
    for (const index of [...chapter.cells.keys()].reverse()) {
      const { error } = await chapter.run(index)
      if (error) errors.push(error)
    }
    expect(errors.length).toBeGreaterThan(0)
    expect(errors.filter(({ traceback }) => !traceback.includes('→')).map(({ traceback }) => traceback)).toEqual([])
    const unknown = errors.filter(({ message }) => /^TS(2304|2552|18004)/.test(message))
    for (const { traceback } of unknown) expect(traceback).toContain('run that cell first')
  })
})
