import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFrame } from '../../../src/observe/packets/decode-frame.ts'
import { readPcap } from '../../../src/observe/packets/pcap.ts'
import { summary } from '../../../src/observe/packets/summary.ts'
import { mixed, mixedBytes } from './frames.ts'

/** What must hold for any bytes at all. */
function holds(frame: Uint8Array, linkType?: number): void {
  const layers = decodeFrame(frame, linkType)
  expect(layers.length).toBeLessThanOrEqual(33)
  let end = 0
  for (const layer of layers) {
    expect(layer.headerBytes).toBeGreaterThanOrEqual(0)
    expect(layer.offset).toBeGreaterThanOrEqual(end)
    end = layer.offset + layer.headerBytes
    expect(end).toBeLessThanOrEqual(frame.length)
  }
  expect(summary(layers)).toBeTypeOf('string')
}

const frames = mixed.map(packet => packet.data)

describe('hostile packets', () => {
  it('decodes any bytes to layers inside the frame, and never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(1, 101, 113, 276, 12, 9999), holds), { numRuns: 2000, seed: 7 })
  })

  it('decodes real frames of which some bytes were changed', () => {
    const changed = fc.tuple(fc.constantFrom(...frames), fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 12 })).map(([frame, changes]) => {
      const copy = frame.slice()
      for (const [at, value] of changes) if (at < copy.length) copy[at] = value
      return copy
    })
    fc.assert(fc.property(changed, frame => holds(frame)), { numRuns: 3000, seed: 7 })
  })

  it('decodes real frames that were cut off anywhere', () => {
    for (const frame of new Set(frames)) for (let length = 0; length <= Math.min(frame.length, 120); length++) holds(frame.subarray(0, length))
  })

  it('reads any bytes as a capture file, or says what is wrong', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      const { packets, problem } = readPcap(bytes)
      if (packets.length === 0 && bytes.length !== 24) expect(problem).toBeTypeOf('string')
    }), { numRuns: 1000, seed: 7 })
    fc.assert(fc.property(fc.nat(mixedBytes.length - 1), length => {
      const { packets } = readPcap(mixedBytes.subarray(0, length))
      expect(packets.length).toBeLessThanOrEqual(mixed.length)
    }), { numRuns: 200, seed: 7 })
  })
})
