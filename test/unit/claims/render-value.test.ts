import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderValue } from '../../../src/claims/render-value.ts'

const circular: Record<string, unknown> = { name: 'a' }
circular.self = circular

test.each([
  ['lo', 'lo'],
  ['', '(empty)'],
  [' two\n lines ', 'two lines'],
  [65536, '65536'],
  [0.123456, '0.1235'],
  [true, 'yes'],
  [undefined, 'nothing'],
  [[], 'none'],
  [{}, 'none'],
  [['lo', 'eth0'], 'lo, eth0'],
  [{ mtu: 1450, addresses: ['10.0.1.2/24', '10.0.1.3/24'], link: { name: 'eth0', up: true } }, 'mtu: 1450, addresses: [10.0.1.2/24, 10.0.1.3/24], link: {name: eth0, up: yes}'],
  [new Set([1, 2]), '1, 2'],
  [new Map([['A', 1]]), 'A: 1'],
  [new Error('no route'), 'no route'],
  [circular, 'name: a, self: (itself)'],
])('%o', (value, text) => {
  expect(renderValue(value)).toBe(text)
})

test('any value is one line, within its limit', () => {
  fc.assert(fc.property(fc.anything({ withDate: true, withMap: true, withSet: true }), value => {
    const text = renderValue(value, 60)
    expect(text).not.toContain('\n')
    expect([...text].length).toBeLessThanOrEqual(60)
  }))
})
