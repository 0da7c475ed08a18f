import { mac, truncated, u16 } from './bytes.ts'
import type { Decoder } from './step.ts'

const vlanTypes = new Set([0x8100, 0x88a8])

/** Ethernet II, with 802.1Q and 802.1ad tags; `vlan` is the innermost tag's. IEEE 802.3 §3, 802.1Q §9. */
export const ethernet: Decoder = (frame, { offset, end }) => {
  const present = end - offset
  let typeAt = offset + 12
  let vlan: number | undefined
  let tags = 0
  while (vlanTypes.has(u16(frame, typeAt)) && typeAt + 6 <= end && tags < 4) {
    vlan = u16(frame, typeAt + 2) & 0xfff
    typeAt += 4
    tags++
  }
  const headerBytes = Math.min(present, typeAt + 2 - offset)
  const etherType = u16(frame, typeAt)
  const layer = {
    layer: 'ethernet' as const, offset, headerBytes,
    destination: mac(frame, offset), source: mac(frame, offset + 6), etherType,
    ...(vlan !== undefined && { vlan }),
  }
  if (present < 14) return { layer: { ...layer, problem: truncated(present, 14) } }
  const inside = { offset: typeAt + 2, end }
  // Below 0x600 the field is a length (802.3), not a type.
  if (etherType < 0x600) return { layer, next: { as: 'payload', reason: 'an IEEE 802.3 length field, no EtherType', ...inside } }
  return { layer, next: { as: 'etherType', number: etherType, ...inside } }
}
