import type { TcpLayer } from '../../api/packets.ts'
import { truncated, u16, u32, u8 } from './bytes.ts'
import type { Decoder } from './step.ts'

const flagNames = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR']

/** TCP, RFC 9293: options are part of the header; sequence numbers as they are on the wire, not relative. */
export const tcp: Decoder = (frame, { offset, end }) => {
  const present = end - offset
  const declared = (u8(frame, offset + 12) >> 4) * 4
  const bits = u8(frame, offset + 13)
  const layer: TcpLayer = {
    layer: 'tcp', offset, headerBytes: Math.min(present, Math.max(20, declared)),
    sourcePort: u16(frame, offset), destinationPort: u16(frame, offset + 2), seq: u32(frame, offset + 4), ack: u32(frame, offset + 8),
    flags: flagNames.filter((_, bit) => bits & (1 << bit)), window: u16(frame, offset + 14),
  }
  if (present < 20) return { layer: { ...layer, problem: truncated(present, 20) } }
  if (declared < 20) return { layer: { ...layer, problem: `header length ${declared}: at least 20 bytes are needed` } }
  if (present < declared) return { layer: { ...layer, problem: truncated(present, declared) } }
  return { layer, next: { as: 'payload', offset: offset + declared, end } }
}
