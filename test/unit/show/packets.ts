import type { Layer, Packet } from '../../../src/api/packets.ts'

const packet = (originalBytes: number, layers: Layer[], summary = ''): Packet => ({ time: 0, originalBytes, data: new Uint8Array(originalBytes), layers, summary })
const ipv4 = (offset: number, source: string, destination: string, totalBytes: number, protocol: number, dontFragment = false): Layer => ({
  layer: 'ipv4', offset, headerBytes: 20, source, destination, ttl: 64, protocol, id: 34769, totalBytes, dontFragment, moreFragments: false, fragmentOffset: 0, checksumValid: true,
})

/** The tutorial's own capture: an ICMP echo request in VXLAN, 134 bytes of outer IP packet. */
export const vxlanPacket = packet(148, [
  { layer: 'ethernet', offset: 0, headerBytes: 14, source: '00:0c:29:49:39:91', destination: '00:0c:29:8a:01:02', etherType: 0x800 },
  ipv4(14, '192.168.111.128', '192.168.111.129', 134, 17),
  { layer: 'udp', offset: 34, headerBytes: 8, sourcePort: 42627, destinationPort: 4789, bytes: 114, checksum: 0x60d6 },
  { layer: 'vxlan', offset: 42, headerBytes: 8, vni: 4097, flags: 8 },
  { layer: 'ethernet', offset: 50, headerBytes: 14, source: '02:42:0a:00:01:21', destination: '02:42:0a:00:01:20', etherType: 0x800 },
  ipv4(64, '10.0.1.33', '10.0.1.32', 84, 1, true),
  { layer: 'icmp', offset: 84, headerBytes: 8, version: 4, type: 8, code: 0, name: 'echo request', id: 23, seq: 0 },
  { layer: 'payload', offset: 92, headerBytes: 0, bytes: 56 },
])

export const arpPacket = packet(42, [
  { layer: 'ethernet', offset: 0, headerBytes: 14, source: '00:0c:29:49:39:91', destination: 'ff:ff:ff:ff:ff:ff', etherType: 0x806 },
  { layer: 'arp', offset: 14, headerBytes: 28, operation: 'request', senderMac: '00:0c:29:49:39:91', senderAddress: '192.168.111.128', targetMac: '00:00:00:00:00:00', targetAddress: '192.168.111.129', problem: 'truncated: 12 of 28 bytes' },
])
