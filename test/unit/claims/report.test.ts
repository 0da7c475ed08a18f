import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { claimBundle, claimMimeType, verdicts, type ClaimRecord } from '../../../src/claims/card.ts'
import { catalogue, chapters as book, claimsOf, findClaim } from '../../../src/claims/catalogue.ts'
import { collectClaims } from '../../../src/claims/collect.ts'
import { setLanguage } from '../../../src/claims/language.ts'
import { missingClaims, passed, reportJson, reportMarkdown, reportTable, tally, type ChapterReport } from '../../../src/claims/report.ts'
import { textWidth } from '../../../src/show/text-width.ts'

beforeEach(() => setLanguage('en'))

const record = (id: string, changes: Partial<ClaimRecord> = {}): ClaimRecord =>
  ({ id, says: findClaim(id).says.en, expected: 'same', measured: 'same', verdict: 'reproduced', chapter: findClaim(id).chapter, ...changes })
const chapter = (changes: Partial<ChapterReport> = {}): ChapterReport =>
  ({ chapter: '04-container', seconds: 3.14, claims: ['4.1', '4.2', '4.3', '4.4'].map(id => record(id)), error: null, ...changes })

test('the catalogue has each chapter in both languages, each id once', () => {
  expect(new Set(catalogue.map(claim => claim.id)).size).toBe(catalogue.length)
  const counts = book.map(name => claimsOf(name).length)
  expect(counts).toEqual([0, 3, 5, 8, 4, 10, 7, 9, 0])
  for (const { says } of catalogue) {
    expect(says.en).toMatch(/^[\x20-\x7e–…]+$/)
    expect(says.zh).toMatch(/\p{Script=Han}/u)
  }
  expect(catalogue.filter(claim => claim.starred).map(claim => claim.id)).toEqual(['1.3', '3.8', '4.4', '5.8', '5.9', '5.10', '6.7'])
})

test('a chapter is known by name and by path', () => {
  expect(claimsOf('04-container')).toEqual(['4.1', '4.2', '4.3', '4.4'])
  expect(claimsOf('notebooks/zh/04-container.ipynb')).toEqual(claimsOf('04-container'))
  expect(claimsOf('my-own')).toEqual([])
})

test('claims go into a notebook and come out of it', () => {
  const verdict = fc.constantFrom(...Object.keys(verdicts) as ClaimRecord['verdict'][])
  const claims = fc.array(fc.tuple(fc.constantFrom(...catalogue), verdict, fc.string(), fc.string(), fc.option(fc.string({ minLength: 1 }), { nil: undefined })))
  fc.assert(fc.property(claims, made => {
    const records = made.map(([{ id }, verdict, expected, measured, reason]) => record(id, { verdict, expected, measured, ...(reason && { reason }) }))
    const cells = records.map(each => ({
      cell_type: 'code',
      outputs: [{ output_type: 'stream', name: 'stdout', text: 'ping' }, { output_type: 'display_data', data: claimBundle(each, 'en'), metadata: {} }],
    }))
    const notebook = JSON.stringify({ nbformat: 4, cells: [{ cell_type: 'markdown', source: '' }, ...cells] })
    expect(collectClaims(notebook)).toEqual(records)
  }), { numRuns: 50 })
})

test('a notebook that is none, or a claim that is none, is an error that says where', () => {
  expect(() => collectClaims('{')).toThrow('not JSON')
  expect(() => collectClaims('[]')).toThrow('no list of cells')
  const with_ = (data: unknown) => ({ cells: [{ cell_type: 'code', outputs: [{ output_type: 'display_data', data: { [claimMimeType]: data } }] }] })
  expect(() => collectClaims(with_({ id: '1.1' }))).toThrow('cell 1 lacks says, expected, measured, verdict, chapter')
  expect(() => collectClaims(with_({ ...record('1.1'), verdict: 'fine' }))).toThrow('unknown verdict "fine"')
  expect(collectClaims(with_(JSON.stringify(record('1.1'))))).toEqual([record('1.1')])
})

test('what is missing is known, and does not pass', () => {
  const partial = chapter({ claims: [record('4.1'), record('4.3')] })
  expect(missingClaims(partial)).toEqual(['4.2', '4.4'])
  expect(passed([chapter()])).toBe(true)
  expect(passed([partial])).toBe(false)
  expect(passed([chapter({ error: 'cell 3: no such container' })])).toBe(false)
  expect(passed([chapter({ claims: chapter().claims.map((each, index) => index ? each : { ...each, verdict: 'failed' }) })])).toBe(false)
  expect(tally([partial])).toEqual({ reproduced: 2, differs: 0, corrected: 0, failed: 0, missing: 2 })
})

test('the JSON is the one that the design gives', () => {
  const report = reportJson({ engine: '20.10.24', backend: 'namespaces', chapters: [chapter({ claims: [record('4.2')] })] })
  expect(report).toEqual({
    engine: '20.10.24', backend: 'namespaces', chapters: [{
      chapter: '04-container', seconds: 3.1, error: null,
      claims: [{ id: '4.2', says: findClaim('4.2').says.en, expected: 'same', measured: 'same', verdict: 'reproduced' }],
    }],
  })
})

test('the table names every claim, its remark, what is missing and the error, and fits its width', () => {
  const claims = [record('4.1', { verdict: 'differs', reason: 'this engine draws random MACs', measured: '2a:9f:11:00:00:07' }), record('4.2')]
  const text = reportTable([chapter({ claims, error: 'cell 7: web is not running\nstart it' })], { width: 80 })
  expect(text).toContain('≈ differs')
  expect(text).toContain('4.1  because: this engine draws random MACs')
  expect(text).toMatch(/✗ not made +4\.3/)
  expect(text).toContain('✗ cell 7: web is not running\n    start it')
  expect(text).toContain('2 claims: 1 reproduced, 1 differs, 0 corrected, 0 failed, 2 not made; stopped by an error: 04-container; 3.1 s')
  for (const line of text.split('\n').slice(1, 7)) expect(textWidth(line)).toBeLessThanOrEqual(80)
  expect(reportTable([chapter()], { colour: true })).toContain('\u001b[32m✓ reproduced\u001b[0m')
})

test('the Markdown has one table row a claim, whatever is in it', () => {
  const text = reportMarkdown([chapter({ claims: [record('4.2', { measured: 'a|b\nc <i>' })] })])
  expect(text).toContain(String.raw`a\|b c \<i\>`)
  expect(text.split('\n').filter(line => line.startsWith('|'))).toHaveLength(2 + 4)
})
