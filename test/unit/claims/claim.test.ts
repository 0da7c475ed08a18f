import { afterEach, beforeEach, expect, test } from 'vitest'
import { claim, judge } from '../../../src/claims/claim.ts'
import { claimMimeType } from '../../../src/claims/card.ts'
import { setLanguage } from '../../../src/claims/language.ts'
import { connectOutput, displaySymbol, type MimeBundle } from '../../../src/output.ts'

let displayed: MimeBundle[]

beforeEach(() => {
  displayed = []
  setLanguage('en')
  connectOutput(() => ({
    write: () => {},
    display: bundle => void displayed.push(bundle),
    update: () => {},
    clear: () => {},
    ask: async () => '',
    signal: new AbortController().signal,
  }))
})
afterEach(() => connectOutput(() => undefined))

test.each([
  ['equal values', { expected: { ttl: 64 }, measured: { ttl: 64 } }, 'reproduced'],
  ['unequal values', { expected: 63, measured: 64 }, 'failed'],
  ['unequal values with a reason only', { expected: 63, measured: 64, reason: 'sealed' }, 'failed'],
  ['unequal values of a relation that holds', { expected: 53, measured: 64, holds: true, reason: 'the sealed internet' }, 'differs'],
  ['equal values with a reason', { expected: 53, measured: 53, holds: true, reason: 'the sealed internet' }, 'reproduced'],
  ['a relation that holds, no reason', { expected: '≥ 4.2', measured: '6.18', holds: true }, 'reproduced'],
  ['a relation that does not hold, though equal', { expected: 1, measured: 1, holds: false }, 'failed'],
  ['a correction', { expected: '192.168.110.10', measured: '192.168.111.10', corrected: '192.168.111.10' }, 'corrected'],
  ['a correction that holds', { expected: 'promiscuous', measured: 'works without', holds: true, corrected: 'not needed' }, 'corrected'],
  ['a correction that the experiment refutes', { expected: 'a', measured: 'b', corrected: 'c' }, 'failed'],
  ['a correction with a reason', { expected: 'a', measured: 'b', holds: true, corrected: 'b', reason: 'r' }, 'corrected'],
] as const)('%s', (_, evidence, verdict) => {
  expect(judge(evidence)).toBe(verdict)
})

test('shows the verdict at once, once, as html, text and record', () => {
  const made = claim('4.2', { expected: { mac: '02:42:ac:11:00:02', same: true }, measured: { mac: '02:42:ac:11:00:02', same: true } })
  expect(displayed).toHaveLength(1)
  expect(made[displaySymbol]()).toEqual({})
  const [bundle] = displayed
  expect(bundle).toBe(made.bundle)
  expect(bundle![claimMimeType]).toEqual({
    id: '4.2', chapter: '04-container', says: 'Both containers have the same IP and the same MAC', verdict: 'reproduced',
    expected: 'mac: 02:42:ac:11:00:02, same: yes', measured: 'mac: 02:42:ac:11:00:02, same: yes',
  })
  expect(made.text).toBe([
    '✓ reproduced  4.2  Both containers have the same IP and the same MAC',
    '    expected: mac: 02:42:ac:11:00:02, same: yes',
    '    measured: mac: 02:42:ac:11:00:02, same: yes',
  ].join('\n'))
  expect(bundle!['text/html']).toContain('✓ reproduced')
})

test('speaks Chinese when asked', () => {
  setLanguage('zh')
  expect(claim('2.3', { expected: 'ttl 53', measured: 'ttl 64', holds: true, reason: '封闭的互联网' }).text).toBe(
    '≈ 有差异  2.3  从容器内 ping 8.8.8.8 一切正常\n    教程: ttl 53\n    实测: ttl 64\n    原因: 封闭的互联网')
  expect(() => setLanguage('fr' as never)).toThrow("Use 'en' or 'zh'")
})

test('names the claims of the chapter when the id is unknown', () => {
  expect(() => claim('4.9', { expected: 1, measured: 1 })).toThrow('Chapter 4 has the claims 4.1, 4.2, 4.3, 4.4.')
  expect(() => claim('', { expected: 1, measured: 1 })).toThrow('chapter.number')
  expect(() => claim('12.1', { expected: 1, measured: 1 })).toThrow('1 to 7')
  expect(displayed).toEqual([])
})

test('markup in evidence is text', () => {
  const { bundle } = claim('1.1', { expected: '<img src=x onerror=alert(1)>', measured: '"><script>', holds: true, reason: '<b>' })
  expect(bundle['text/html']).not.toMatch(/<(img|script)|<b>&lt;\/b>/)
  expect(bundle['text/html']).toContain('&lt;img src=x onerror=alert(1)&gt;')
})
