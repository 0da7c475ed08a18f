import { describe, expect, it } from 'vitest'
import { readPcap } from '../../../src/observe/packets/pcap.ts'
import { writePcap } from '../../../src/observe/packets/write-pcap.ts'
import { bytes, mixed, mixedBytes } from './frames.ts'

describe('capture files', () => {
  it('are read back as they were written', () => {
    const written = writePcap(mixed)
    const again = readPcap(written)
    expect(again.problem).toBeUndefined()
    expect(again.packets.map(({ summary, originalBytes }) => ({ summary, originalBytes }))).toEqual(mixed.map(({ summary, originalBytes }) => ({ summary, originalBytes })))
    expect(again.packets[0]?.time).toBeCloseTo(mixed[0]!.time, 5)
    expect(Buffer.from(written.subarray(24)).equals(Buffer.from(mixedBytes.subarray(24)))).toBe(true)
  })

  it('may be big-endian, or count nanoseconds', () => {
    const header = 'a1b2 c3d4 0002 0004 00000000 00000000 00040000 00000001'
    const record = '00000002 0007a120 00000001 0000003c ff'
    expect(readPcap(bytes(header + record)).packets[0]).toMatchObject({ time: 2.5, originalBytes: 60 })
    expect(readPcap(bytes(`a1b2 3c4d ${header.slice(10)} 00000002 1dcd6500 00000001 0000003c ff`)).packets[0]).toMatchObject({ time: 2.5 })
  })

  it('that end too early say where', () => {
    expect(readPcap(new Uint8Array()).problem).toBe('empty: not even a file header')
    expect(readPcap(mixedBytes.subarray(0, 30)).problem).toBe("truncated: 6 of 16 bytes of record 1's header")
    expect(readPcap(mixedBytes.subarray(0, 50)).problem).toBe('truncated: 10 of 42 bytes of record 1')
    expect(readPcap(bytes('0a0d0d0a'.repeat(6))).problem).toContain('not a libpcap file')
  })
})
