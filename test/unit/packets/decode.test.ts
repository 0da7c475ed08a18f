import { describe, expect, it } from 'vitest'
import type { Layer } from '../../../src/api/packets.ts'
import { decodeFrame } from '../../../src/observe/packets/decode-frame.ts'
import { summary } from '../../../src/observe/packets/summary.ts'
import { bytes, concat, ethernet, ipv4, mixed, udp, vxlan } from './frames.ts'

const names = (layers: Layer[]) => layers.map(layer => layer.layer)
const text = (words: string) => new TextEncoder().encode(words)

describe('a real capture', () => {
  it('shows the ping in VXLAN layer by layer: 14+20+8+8+14+20+8+56 bytes', () => {
    const echo = mixed.find(packet => packet.summary.includes('VXLAN') && packet.summary.includes('ICMP echo request'))!
    expect(names(echo.layers)).toEqual(['ethernet', 'ipv4', 'udp', 'vxlan', 'ethernet', 'ipv4', 'icmp', 'payload'])
    expect(echo.layers.map(layer => layer.headerBytes)).toEqual([14, 20, 8, 8, 14, 20, 8, 56])
    expect(echo.layers.map(layer => layer.offset)).toEqual([0, 14, 34, 42, 50, 64, 84, 92])
    expect(echo.originalBytes).toBe(14 + 134)
    const [, outer, udpLayer, vxlanLayer, , inner, icmp] = echo.layers
    expect(outer).toMatchObject({ source: '192.168.111.128', destination: '192.168.111.129', totalBytes: 134, ttl: 64, checksumValid: true })
    expect(udpLayer).toMatchObject({ destinationPort: 4789, bytes: 114 })
    expect(vxlanLayer).toMatchObject({ vni: 4097, flags: 8 })
    expect(inner).toMatchObject({ source: '10.0.1.33', destination: '10.0.1.32', totalBytes: 84, dontFragment: true })
    expect(icmp).toMatchObject({ name: 'echo request', type: 8, seq: 0 })
  })

  it('decodes every packet without a problem, its layers covering the frame', () => {
    for (const { layers, data, summary } of mixed) {
      expect(layers.filter(layer => layer.problem), summary).toEqual([])
      expect(layers.reduce((sum, layer) => sum + layer.headerBytes, 0), summary).toBe(data.length)
    }
  })

  it('tells fragments, ICMP errors with their MTU, TCP flags and IPv4 options', () => {
    const find = (part: string) => mixed.find(packet => packet.summary.includes(part))!
    expect(find('ip-proto-1').layers.at(-1)).toMatchObject({ layer: 'payload', bytes: 1480, reason: "a fragment's bytes from 1480 on" })
    const needed = find('fragmentation needed').layers.find(layer => layer.layer === 'icmp')
    expect(needed).toMatchObject({ type: 3, code: 4, nextHopMtu: 1400 })
    expect(find('fragmentation needed').layers.at(-1)).toMatchObject({ reason: expect.stringContaining('192.168.111.129 > 10.7.0.2, 1500 bytes') })
    expect(find('Flags [S.]').layers.find(layer => layer.layer === 'tcp')).toMatchObject({ flags: ['SYN', 'ACK'], headerBytes: 40 })
    expect(mixed.some(packet => packet.layers.some(layer => layer.layer === 'ipv4' && layer.headerBytes === 60))).toBe(true)
    expect(find('time exceeded').summary).toContain('192.168.111.1 > 192.168.111.129')
  })
})

describe('decodeFrame', () => {
  it('reads 802.1Q and 802.1ad tags', () => {
    const [layer, inner] = decodeFrame(ethernet('0800', ipv4(17, udp(53, text('hi'))), '8100 000a'))
    expect(layer).toMatchObject({ headerBytes: 18, vlan: 10, etherType: 0x0800 })
    expect(inner).toMatchObject({ layer: 'ipv4', offset: 18 })
    expect(decodeFrame(ethernet('0800', ipv4(17, udp(53, text('hi'))), '88a8 0064 8100 000a'))[0]).toMatchObject({ headerBytes: 22, vlan: 10 })
  })

  it('leaves padding after an IP packet out', () => {
    const layers = decodeFrame(concat(ethernet('0800', ipv4(17, udp(53, text('hi')))), new Uint8Array(16)))
    expect(layers.at(-1)).toMatchObject({ layer: 'payload', bytes: 2 })
  })

  it('reads IPv6 extension headers as part of the header', () => {
    const inside = udp(53, text('hello'))
    const packet = concat(bytes(`60000000 ${(8 + inside.length).toString(16).padStart(4, '0')} 00 40`), bytes('fe80 0000 0000 0000 0042 0aff fe00 0121 ff02 0000 0000 0000 0000 0000 0000 0002'), bytes('11 00 0104 0000 0000'), inside)
    const layers = decodeFrame(ethernet('86dd', packet))
    expect(layers[1]).toMatchObject({ layer: 'ipv6', headerBytes: 48, nextHeader: 17, source: 'fe80::42:aff:fe00:121', destination: 'ff02::2' })
    expect(layers[2]).toMatchObject({ layer: 'udp', destinationPort: 53 })
  })

  it('says what is wrong with what is cut off or false', () => {
    const problem = (frame: Uint8Array) => decodeFrame(frame).find(layer => layer.problem)?.problem
    expect(problem(new Uint8Array(5))).toBe('truncated: 5 of 14 bytes')
    expect(problem(ethernet('0800', ipv4(1, bytes('0800')).subarray(0, 12)))).toBe('truncated: 12 of 20 bytes')
    expect(problem(ethernet('0800', bytes(`65${'00'.repeat(30)}`)))).toBe('version 6 in an IPv4 header')
    expect(problem(ethernet('0800', bytes(`41${'00'.repeat(30)}`)))).toBe('header length 4: at least 20 bytes are needed')
    expect(problem(ethernet('0806', bytes('0001 0800 0604')))).toBe('truncated: 6 of 28 bytes')
    expect(problem(ethernet('0800', ipv4(17, udp(4789, vxlan(1, text('x'), 0x00)))))).toBe('flag I is not set: no valid VNI')
    expect(problem(ethernet('0800', ipv4(6, bytes('0050 0051'))))).toBe('truncated: 4 of 20 bytes')
    expect(problem(ethernet('0800', ipv4(17, bytes('0050 0051 0003 0000'))))).toBe('length 3: at least 8 bytes are needed')
  })

  it('notices a wrong IPv4 checksum', () => {
    const frame = ethernet('0800', ipv4(17, udp(53, text('hi'))))
    expect(decodeFrame(frame)[1]).toMatchObject({ checksumValid: true })
    frame[22] = 63
    expect(decodeFrame(frame)[1]).toMatchObject({ checksumValid: false, ttl: 63 })
  })

  it('ends somewhere in VXLAN in VXLAN in VXLAN', () => {
    let frame = ethernet('0800', ipv4(1, bytes('0800')))
    for (let depth = 0; depth < 40; depth++) frame = ethernet('0800', ipv4(17, udp(4789, vxlan(depth, frame))))
    const layers = decodeFrame(frame)
    expect(layers).toHaveLength(33)
    expect(layers.at(-1)).toMatchObject({ layer: 'payload', reason: 'more than 32 layers' })
    expect(summary(layers).length).toBeLessThan(5000)
  })

  it('names what it does not decode', () => {
    expect(decodeFrame(ethernet('88cc', text('lldp'))).at(-1)).toMatchObject({ reason: 'EtherType 0x88cc is not decoded' })
    expect(decodeFrame(ethernet('0800', ipv4(89, text('ospf')))).at(-1)).toMatchObject({ reason: 'IP protocol 89 is not decoded' })
    expect(decodeFrame(text('x'), 147)).toEqual([{ layer: 'payload', offset: 0, headerBytes: 1, bytes: 1, reason: 'link type 147 is not decoded' }])
  })

  it('reads frames that a capture on "any" begins', () => {
    const packet = ipv4(17, udp(53, text('hi')))
    expect(names(decodeFrame(packet, 101))).toEqual(['ipv4', 'udp', 'payload'])
    expect(names(decodeFrame(concat(bytes('0000 0001 0006 020000000001 0000 0800'), packet), 113))).toEqual(['ipv4', 'udp', 'payload'])
    expect(names(decodeFrame(concat(bytes('0800 0000 00000001 0001 00 06 0200000000010000'), packet), 276))).toEqual(['ipv4', 'udp', 'payload'])
  })
})
