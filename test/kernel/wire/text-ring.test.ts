import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRing, ringReader, ringWriter } from '../../../kernel/wire/text-ring.ts'

describe('the text ring', () => {
  test('gives back what was written, whatever it is, around its end many times', () => {
    const memory = createRing()
    const writer = ringWriter(memory, () => {})
    const reader = ringReader(memory)
    fc.assert(fc.property(
      fc.array(fc.record({ cell: fc.nat(5), stream: fc.constantFrom(0 as const, 1 as const), text: fc.string({ unit: 'grapheme', maxLength: 200 }), times: fc.integer({ min: 1, max: 500 }) }), { maxLength: 8 }),
      writes => {
        const written = new Map<string, string>()
        for (const { cell, stream, text, times } of writes) {
          const whole = text.repeat(times)
          writer.write(cell, stream, whole)
          written.set(`${cell} ${stream}`, (written.get(`${cell} ${stream}`) ?? '') + whole)
        }
        const read = new Map<string, string>()
        for (let record = reader.next(reader.written, 1e6); record; record = reader.next(reader.written, 1e6)) {
          const key = `${record.cell} ${record.stream}`
          read.set(key, (read.get(key) ?? '') + record.text)
        }
        for (const [key, text] of written) expect(read.get(key) ?? '').toBe(text)
      },
    ), { seed: 20260101, numRuns: 300 })
  })

  test('text before a position comes without the text after it', () => {
    const memory = createRing()
    const writer = ringWriter(memory, () => {})
    const reader = ringReader(memory)
    writer.write(1, 0, 'before')
    const { position } = writer
    writer.write(1, 0, 'after')
    expect(reader.next(position, 1e6)?.text).toBe('before')
    expect(reader.next(position, 1e6)).toBeUndefined()
    expect(reader.next(reader.written, 1e6)?.text).toBe('after')
  })

  test('tells of new text once until it is listened to again', () => {
    const memory = createRing()
    let told = 0
    const writer = ringWriter(memory, () => told++)
    writer.write(1, 0, 'a')
    writer.write(1, 0, 'b')
    expect(told).toBe(1)
    ringReader(memory).listen()
    writer.write(1, 0, 'c')
    expect(told).toBe(2)
  })
})
