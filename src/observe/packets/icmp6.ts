import type { IcmpLayer } from '../../api/packets.ts'
import { truncated, u16, u32, u8 } from './bytes.ts'
import type { Decoder } from './step.ts'

/** https://www.iana.org/assignments/icmpv6-parameters */
const names: Record<number, string> = {
  1: 'destination unreachable', 2: 'packet too big', 3: 'time exceeded', 4: 'parameter problem', 128: 'echo request', 129: 'echo reply',
  130: 'multicast listener query', 131: 'multicast listener report', 132: 'multicast listener done', 133: 'router solicitation',
  134: 'router advertisement', 135: 'neighbor solicitation', 136: 'neighbor advertisement', 137: 'redirect', 143: 'multicast listener report v2',
}

/** ICMPv6, RFC 4443; neighbour discovery is named, its options stay payload. */
export const icmp6: Decoder = (frame, { offset, end }) => {
  const present = Math.min(8, end - offset)
  const type = u8(frame, offset)
  const layer: IcmpLayer = {
    layer: 'icmp', version: 6, offset, headerBytes: present, type, code: u8(frame, offset + 1), name: names[type] ?? `type ${type}`,
    ...((type === 128 || type === 129) && { id: u16(frame, offset + 4), seq: u16(frame, offset + 6) }),
    ...(type === 2 && { nextHopMtu: u32(frame, offset + 4) }),
  }
  if (present < 8) return { layer: { ...layer, problem: truncated(present, 8) } }
  return { layer, next: { as: 'payload', offset: offset + 8, end, ...(type < 128 && { reason: 'the beginning of the packet that caused it' }) } }
}
