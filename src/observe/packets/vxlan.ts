import type { VxlanLayer } from '../../api/packets.ts'
import { truncated, u16, u8 } from './bytes.ts'
import type { Decoder } from './step.ts'

/** The flag I: the VNI is valid. */
const flagI = 0x08

/** VXLAN, RFC 7348 §5: 8 bytes, then a whole Ethernet frame. */
export const vxlan: Decoder = (frame, { offset, end }) => {
  const present = Math.min(8, end - offset)
  const flags = u8(frame, offset)
  const layer: VxlanLayer = {
    layer: 'vxlan', offset, headerBytes: present, flags, vni: u16(frame, offset + 4) * 256 + u8(frame, offset + 6),
  }
  if (present < 8) return { layer: { ...layer, problem: truncated(present, 8) } }
  const inside = { offset: offset + 8, end }
  if (!(flags & flagI)) {
    return { layer: { ...layer, problem: 'flag I is not set: no valid VNI' }, next: { as: 'payload', reason: 'not VXLAN as RFC 7348 has it', ...inside } }
  }
  return { layer, next: { as: 'ethernet', ...inside } }
}
