import { readFileSync } from 'node:fs'
import { internetChecksum } from '../../../src/observe/packets/checksum.ts'
import { readPcap } from '../../../src/observe/packets/pcap.ts'

/** The real capture: ARP, VXLAN, fragments, TCP, ICMP errors, IPv6, IPv4 options. */
export const mixedBytes = new Uint8Array(readFileSync(new URL('../../fixtures/pcap/mixed.pcap', import.meta.url)))
export const mixed = readPcap(mixedBytes).packets

/** Bytes from hexadecimal text; spaces are for people. */
export function bytes(text: string): Uint8Array {
  return Uint8Array.from(text.replace(/\s+/g, '').match(/../g) ?? [], pair => Number.parseInt(pair, 16))
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

const macs = '02 42 0a 00 01 20 02 42 0a 00 01 21'
export const ethernet = (etherType: string, inside: Uint8Array, tags = '') => concat(bytes(`${macs} ${tags} ${etherType}`), inside)

/** An IPv4 packet with a right checksum. */
export function ipv4(protocol: number, inside: Uint8Array, { options = new Uint8Array(), fragment = 0 } = {}): Uint8Array {
  const header = new Uint8Array(20 + options.length)
  const view = new DataView(header.buffer)
  header[0] = 0x40 | (header.length / 4)
  view.setUint16(2, header.length + inside.length)
  view.setUint16(4, 1)
  view.setUint16(6, fragment)
  header[8] = 64
  header[9] = protocol
  header.set([10, 0, 1, 33], 12)
  header.set([10, 0, 1, 32], 16)
  header.set(options, 20)
  view.setUint16(10, internetChecksum(header, 0, header.length))
  return concat(header, inside)
}

export function udp(destinationPort: number, inside: Uint8Array): Uint8Array {
  const header = new Uint8Array(8)
  const view = new DataView(header.buffer)
  view.setUint16(0, 40000)
  view.setUint16(2, destinationPort)
  view.setUint16(4, 8 + inside.length)
  return concat(header, inside)
}

export const vxlan = (vni: number, inside: Uint8Array, flags = 0x08) =>
  concat(bytes(`${flags.toString(16).padStart(2, '0')} 000000 ${vni.toString(16).padStart(6, '0')} 00`), inside)
