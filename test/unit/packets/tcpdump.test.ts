import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { Layer } from '../../../src/api/packets.ts'
import { readPcap } from '../../../src/observe/packets/pcap.ts'
import { writePcap } from '../../../src/observe/packets/write-pcap.ts'
import { bytes, ethernet, ipv4, mixedBytes, udp, vxlan } from './frames.ts'

/** One line a packet; an inner packet is on a line of its own there. */
function tcpdump(pcap: Uint8Array): string[] {
  const text = execFileSync('tcpdump', ['-nnn', '-r', '-', '-tt'], { input: pcap, stdio: ['pipe', 'pipe', 'ignore'] }).toString()
  return text.replaceAll(/\n(?=IP|ARP)/g, ' ').trimEnd().split('\n').map(line => line.replace(/^[\d.]+ /, ''))
}

/** Both lines without what only one of them tells: TCP's options and numbers, the words for an ICMP error, a fragment's length. */
const plain = (line: string) => line
  .replace(/(Flags \[[^\]]+\]).*length (\d+).*$/, '$1 length $2')
  .replace(/ICMP (?!echo).*length (\d+)/, 'ICMP error, length $1')
  .replace(/(ICMP6, \w+ \w+).*length (\d+).*/, '$1, length $2')
  .replace(/(ip-proto-\d+), length \d+/, '$1')

describe('against tcpdump', () => {
  it('says the same of a real capture', () => {
    expect(readPcap(mixedBytes).packets.map(packet => plain(packet.summary))).toEqual(tcpdump(mixedBytes).map(plain))
  })

  it('says the same of a VLAN in VXLAN', () => {
    const frame = ethernet('0800', ipv4(17, udp(4789, vxlan(4097, ethernet('0800', ipv4(1, bytes('0800 f7ff 0000 0000')))))))
    const pcap = writePcap([{ data: frame }])
    expect(readPcap(pcap).packets.map(packet => packet.summary)).toEqual(tcpdump(pcap))
  })

  it('finds the same ttl, id, length and flags as tcpdump -v', () => {
    const text = execFileSync('tcpdump', ['-nnn', '-v', '-r', '-'], { input: mixedBytes, stdio: ['pipe', 'pipe', 'ignore'] }).toString()
    const said = [...text.matchAll(/IP \(tos [^,]+, ttl (\d+), id (\d+), offset (\d+), flags \[([^\]]*)\], proto \w+ \((\d+)\), length (\d+)/g)]
      .map(([, ttl, id, offset, flags, protocol, length]) => ({ ttl: Number(ttl), id: Number(id), fragmentOffset: Number(offset), dontFragment: flags === 'DF', moreFragments: flags === '+', protocol: Number(protocol), totalBytes: Number(length) }))
    const found = readPcap(mixedBytes).packets.flatMap(packet => packet.layers.filter((layer: Layer) => layer.layer === 'ipv4'))
      .map(({ ttl, id, fragmentOffset, dontFragment, moreFragments, protocol, totalBytes }) => ({ ttl, id, fragmentOffset, dontFragment, moreFragments, protocol, totalBytes }))
    // tcpdump also prints the packets that ICMP errors quote; here they stay payload.
    expect(found.length).toBeGreaterThan(30)
    for (const packet of found) expect(said).toContainEqual(packet)
  })
})
