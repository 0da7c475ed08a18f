import { describe, expect, it } from 'vitest'
import { parsePing } from '../../../src/observe/parse/ping.ts'
import { spread } from '../../../src/observe/spread.ts'
import { fixture } from './fixture.ts'

const read = (name: string) => parsePing(fixture(`ping/${name}.txt`))

describe('parsePing', () => {
  it('reads the replies of busybox and iputils', () => {
    expect(read('busybox-ok')).toMatchObject({ target: '192.168.111.129', address: '192.168.111.129', transmitted: 3, received: 3, duplicates: 0, errors: [] })
    expect(read('busybox-ok').replies[0]).toEqual({ seq: 0, ttl: 64, ms: 0.069, bytes: 64, from: '192.168.111.129' })
    expect(read('iputils-ok')).toMatchObject({ transmitted: 3, received: 3, errors: [] })
    expect(read('iputils-ok').replies.map(reply => reply.seq)).toEqual([1, 2, 3])
  })

  it.each(['busybox-unreachable', 'iputils-unreachable'])('%s: the error without the name of the call', name => {
    expect(read(name).errors).toEqual([{ text: 'Network is unreachable' }])
    expect(read(name).replies).toEqual([])
  })

  it.each(['busybox-loss', 'iputils-loss'])('%s: all lost', name => {
    expect(read(name)).toMatchObject({ transmitted: 2, received: 0, replies: [] })
  })

  it('reads who reported what', () => {
    expect(read('iputils-loss').errors[0]).toEqual({ from: '192.168.111.128', seq: 1, text: 'Destination Host Unreachable' })
    expect(read('iputils-ttl-exceeded').errors[0]).toEqual({ from: '192.168.111.1', seq: 1, text: 'Time to live exceeded' })
  })

  it('tells a local "message too long" from a router\'s "frag needed"', () => {
    expect(read('iputils-message-too-long').errors[0]).toEqual({ text: 'message too long, mtu=1500', mtu: 1500 })
    expect(read('iputils-frag-needed').errors.slice(0, 2)).toEqual([
      { from: '192.168.111.1', seq: 1, text: 'Frag needed and DF set (mtu = 1400)', mtu: 1400 },
      { text: 'message too long, mtu=1400', mtu: 1400 },
    ])
  })

  it.each(['busybox-duplicates', 'iputils-duplicates'])('%s: duplicates are counted, not taken for replies', name => {
    expect(read(name)).toMatchObject({ transmitted: 3, received: 3, duplicates: 2 })
    expect(read(name).replies).toHaveLength(3)
  })

  it('reads names that are not found', () => {
    expect(read('busybox-bad-address').errors).toEqual([{ text: "bad address 'web'" }])
    expect(read('iputils-bad-address').errors).toEqual([{ text: 'web: Temporary failure in name resolution' }])
  })

  it('reads replies too short to hold a time', () => {
    expect(read('busybox-one-byte').replies[0]).toMatchObject({ bytes: 9, ms: Number.NaN })
  })

  it('reads text that was cut off', () => {
    const text = fixture('ping/busybox-ok.txt')
    for (let length = 0; length < text.length; length += 7) expect(() => parsePing(text.slice(0, length))).not.toThrow()
    expect(parsePing(text.slice(0, text.indexOf('\n---'))).transmitted).toBeUndefined()
  })
})

describe('spread', () => {
  it('gives median and p95 by nearest rank', () => {
    expect(spread(Array.from({ length: 100 }, (_, i) => 100 - i))).toEqual({ min: 1, avg: 50.5, median: 50.5, p95: 95, max: 100 })
    expect(spread([3])).toEqual({ min: 3, avg: 3, median: 3, p95: 3, max: 3 })
    expect(spread([])).toEqual({})
  })
})
