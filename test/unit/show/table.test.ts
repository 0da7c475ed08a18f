import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeMarkup } from '../../../src/show/escape.ts'
import { table } from '../../../src/show/table.ts'
import { isNumeric, tableText } from '../../../src/show/table-text.ts'
import { cutToWidth, textWidth } from '../../../src/show/text-width.ts'

test('aligns columns, numbers to the right', () => {
  const { text } = table([{ model: 'bridge', mtu: 1500, macs: true }, { model: 'overlay', mtu: 1450 }], { title: 'Models' })
  expect(text).toBe([
    'Models', '',
    'model     mtu  macs',
    '───────  ────  ────',
    'bridge   1500  yes',
    'overlay  1450  –',
  ].join('\n'))
})

test('Chinese takes two columns', () => {
  expect(textWidth('网桥 docker0')).toBe(12)
  expect(textWidth('é👍🏽e\u0301')).toBe(4)
  expect(cutToWidth('容器网络', 6)).toBe('容器…')
  const lines = table([{ 名称: '网桥', a: 'x' }, { 名称: 'ipvlan', a: 'y' }]).text.split('\n')
  expect(lines).toEqual(['名称    a', '──────  ─', '网桥    x', 'ipvlan  y'])
})

test('a capture is a row a packet', () => {
  const packet = (time: number, summary: string) => ({ time, originalBytes: 98, data: new Uint8Array(), layers: [], summary })
  const captured = { interface: 'ens33', filter: '', dropped: 0, packets: [packet(1700000000.5, 'ICMP echo request'), packet(1700000000.500735, 'ICMP echo reply')], text: () => '', pcap: new Uint8Array(), save: async () => '' }
  expect(table(captured).text.split('\n').slice(2)).toEqual(['1  0.000000     98  ICMP echo request', '2  0.000735     98  ICMP echo reply'])
  expect(table({ ...captured, packets: [] }).text).toBe('(no rows)')
})

test('what is no table is an error that says what to give', () => {
  expect(() => table([{ a: 1 }], { columns: ['b'] })).toThrow('No row has the column "b".\n→ The rows have a.')
  expect(() => table(['a'] as never)).toThrow('list of rows')
  expect(() => table(undefined as never)).toThrow('list of rows')
})

test('any cell is text in the HTML', () => {
  fc.assert(fc.property(fc.array(fc.record({ 'a<b': fc.string({ unit: 'binary' }), c: fc.string() })), rows => {
    const html = String(table(rows).bundle['text/html'])
    expect(html.replace(/<\/?(table|thead|tbody|tr|th|td)( scope="col")?( style="[^"<>]*")?( colspan="\d+")?>/g, '')).not.toMatch(/[<>]/)
  }))
})

test('nothing that XML forbids is left', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => {
    expect(escapeMarkup(text)).toMatch(/^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u)
  }))
  expect(escapeMarkup('a\u0000\ud800<')).toBe('a\ufffd\ufffd&lt;')
})

test('a table fits the width where it can', () => {
  const words = fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string({ maxLength: 60 })), { minLength: 1 })
  fc.assert(fc.property(words, rows => {
    for (const line of tableText(['first', 'second'], rows, { width: 30 }).split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(30)
  }))
})

test('numbers stand at the right, addresses at the left', () => {
  expect(isNumeric(['1.5', '1,000', '12 %', '–'])).toBe(true)
  expect(isNumeric(['10.0.1.3', '10.0.1.4'])).toBe(false)
})
