import type { IcmpLayer } from '../../api/packets.ts'
import { ipv4Address, truncated, u16, u8 } from './bytes.ts'
import type { Decoder } from './step.ts'

/** https://www.iana.org/assignments/icmp-parameters */
const names: Record<number, string> = {
  0: 'echo reply', 3: 'destination unreachable', 4: 'source quench', 5: 'redirect', 8: 'echo request', 9: 'router advertisement',
  10: 'router solicitation', 11: 'time exceeded', 12: 'parameter problem', 13: 'timestamp request', 14: 'timestamp reply',
}
const unreachable: Record<number, string> = {
  0: 'net unreachable', 1: 'host unreachable', 2: 'protocol unreachable', 3: 'port unreachable', 4: 'fragmentation needed',
  5: 'source route failed', 9: 'net prohibited', 10: 'host prohibited', 13: 'administratively prohibited',
}
const quoting = new Set([3, 4, 5, 11, 12])

/** ICMP, RFC 792; the MTU of "fragmentation needed", RFC 1191 §4. */
export const icmp: Decoder = (frame, { offset, end }) => {
  const present = Math.min(8, end - offset)
  const type = u8(frame, offset)
  const code = u8(frame, offset + 1)
  const isEcho = type === 0 || type === 8 || type === 13 || type === 14
  const layer: IcmpLayer = {
    layer: 'icmp', version: 4, offset, headerBytes: present, type, code,
    name: (type === 3 && unreachable[code]) || names[type] || `type ${type}`,
    ...(isEcho && { id: u16(frame, offset + 4), seq: u16(frame, offset + 6) }),
    ...(type === 3 && code === 4 && { nextHopMtu: u16(frame, offset + 6) }),
  }
  if (present < 8) return { layer: { ...layer, problem: truncated(present, 8) } }
  const inside = { offset: offset + 8, end }
  if (!quoting.has(type)) return { layer, next: { as: 'payload', ...inside } }
  return { layer, next: { as: 'payload', reason: quoted(frame, inside.offset, end), ...inside } }
}

/** An ICMP error carries the beginning of the packet that caused it. It is no packet on this wire, so it stays payload. */
function quoted(frame: Uint8Array, offset: number, end: number): string {
  if (end - offset < 20) return 'the beginning of the packet that caused it'
  return `the beginning of the packet that caused it: ${ipv4Address(frame, offset + 12)} > ${ipv4Address(frame, offset + 16)}, ${u16(frame, offset + 2)} bytes`
}
