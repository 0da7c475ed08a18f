import type { UdpLayer } from '../../api/packets.ts'
import { truncated, u16 } from './bytes.ts'
import type { Decoder } from './step.ts'

/** The port that IANA assigned to VXLAN, RFC 7348 §5. */
export const vxlanPort = 4789

/** UDP, RFC 768. `bytes` is the length field: header and payload. */
export const udp: Decoder = (frame, { offset, end }) => {
  const present = end - offset
  const bytes = u16(frame, offset + 4)
  const layer: UdpLayer = {
    layer: 'udp', offset, headerBytes: Math.min(8, present),
    sourcePort: u16(frame, offset), destinationPort: u16(frame, offset + 2), bytes, checksum: u16(frame, offset + 6),
  }
  if (present < 8) return { layer: { ...layer, problem: truncated(present, 8) } }
  if (bytes !== 0 && bytes < 8) return { layer: { ...layer, problem: `length ${bytes}: at least 8 bytes are needed` } }
  if (bytes > present) layer.problem = truncated(present, bytes)
  const inside = { offset: offset + 8, end: bytes === 0 ? end : Math.min(end, offset + bytes) }
  return { layer, next: { as: layer.destinationPort === vxlanPort ? 'vxlan' : 'payload', ...inside } }
}
