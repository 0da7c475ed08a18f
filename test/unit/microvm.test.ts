import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cpio } from '../../src/lab/backends/microvm/cpio.ts'
import { encodeFrame, type Frame, frameReader, openRequest } from '../../src/lab/backends/microvm/frames.ts'
import { shrinking } from '../../src/lab/backends/microvm/shrink.ts'

describe('frames', () => {
  test('come out as they went in, however the stream is cut', () => {
    const frame = fc.record({ type: fc.constantFrom('D', 'E', 'W', 'X'), channel: fc.nat(0xffffffff), payload: fc.uint8Array({ maxLength: 300 }) })
    fc.assert(fc.property(fc.array(frame, { maxLength: 10 }), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (frames, cuts) => {
      const bytes = Buffer.concat(frames.map(({ type, channel, payload }) => encodeFrame(type, channel, Buffer.from(payload))))
      const seen: Frame[] = []
      const read = frameReader(each => seen.push({ ...each, payload: Buffer.from(each.payload) }))
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = cuts[turn % cuts.length] as number
        read(bytes.subarray(at, at + size))
        at += size
      }
      expect(seen.map(({ type, channel, payload }) => [type, channel, payload.toString('hex')]))
        .toEqual(frames.map(({ type, channel, payload }) => [type, channel, Buffer.from(payload).toString('hex')]))
    }), { seed: 20261124 })
  })

  test('a request keeps every word apart, and refuses what it cannot carry', () => {
    const words = openRequest({ kind: 'exec', process: 7, env: { A: 'x y', B: '' }, words: ['sh', '-c', "echo 'a b'\n"] }).toString().split('\0')
    expect(words).toEqual(['exec', '7', '', '80', '24', '2', 'A=x y', 'B=', 'sh', '-c', "echo 'a b'\n", ''])
    expect(() => openRequest({ kind: 'exec', process: 0, words: ['a\0b'] })).toThrow(/NUL/)
  })
})

test('an initial file system is what cpio reads: headers, names and data on multiples of four', () => {
  const archive = cpio([{ name: 'bin', mode: 0o040755 }, { name: 'bin/x', mode: 0o100755, data: Buffer.from('hello') }])
  expect(archive.length % 4).toBe(0)
  const second = archive.indexOf('070701', 6)
  expect(archive.toString('latin1', second + 6 + 6 * 8, second + 6 + 7 * 8)).toBe('00000005') // size of the data
  expect(archive.toString('latin1', second + 110, second + 115)).toBe('bin/x')
  expect(archive.includes('TRAILER!!!')).toBe(true)
})

test('the guest shrinks only where the room is small, and says so', () => {
  expect(shrinking({ processors: 2, memory: 4e9 })).toEqual({ commands: [], say: [] })
  expect(shrinking({ processors: 1, memory: 4e9 }).commands).toEqual(['echo 0 > /sys/devices/system/cpu/cpu1/online'])
  const small = shrinking({ processors: 1, memory: 1e9 })
  expect(small.commands).toHaveLength(2)
  expect(small.say.join()).toMatch(/1000 MB/)
})
