import type { ArpLayer } from '../../api/packets.ts'
import { ipv4Address, mac, truncated, u16, u8 } from './bytes.ts'
import type { Decoder } from './step.ts'

const bytes = 28

/** ARP for IPv4 over Ethernet, RFC 826. */
export const arp: Decoder = (frame, { offset, end }) => {
  const present = Math.min(bytes, end - offset)
  const operation = u16(frame, offset + 6)
  const layer: ArpLayer = {
    layer: 'arp', offset, headerBytes: present,
    operation: operation === 1 ? 'request' : operation === 2 ? 'reply' : operation,
    senderMac: mac(frame, offset + 8), senderAddress: ipv4Address(frame, offset + 14),
    targetMac: mac(frame, offset + 18), targetAddress: ipv4Address(frame, offset + 24),
  }
  if (present < bytes) return { layer: { ...layer, problem: truncated(present, bytes) } }
  if (u16(frame, offset) !== 1 || u16(frame, offset + 2) !== 0x0800 || u8(frame, offset + 4) !== 6 || u8(frame, offset + 5) !== 4) {
    return { layer: { ...layer, problem: 'not Ethernet and IPv4 addresses: the fields are not to be trusted' } }
  }
  return { layer }
}
