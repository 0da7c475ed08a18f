import type { Ipv6Layer } from '../../api/packets.ts'
import { ipv6Address, truncated, u16, u8 } from './bytes.ts'
import type { Decoder } from './step.ts'

/** Hop-by-hop, routing, fragment, destination options: RFC 8200 §4. */
const extensions = new Set([0, 43, 44, 60])
const fragmentHeader = 44

/** IPv6, RFC 8200. Extension headers count as part of the header; `nextHeader` is what follows them. */
export const ipv6: Decoder = (frame, { offset, end }) => {
  const present = end - offset
  const payloadBytes = u16(frame, offset + 4)
  const layer: Ipv6Layer = {
    layer: 'ipv6', offset, headerBytes: Math.min(40, present),
    source: ipv6Address(frame, offset + 8), destination: ipv6Address(frame, offset + 24),
    hopLimit: u8(frame, offset + 7), nextHeader: u8(frame, offset + 6), payloadBytes,
  }
  if (present < 40) return { layer: { ...layer, problem: truncated(present, 40) } }
  const version = u8(frame, offset) >> 4
  if (version !== 6) return { layer: { ...layer, problem: `version ${version} in an IPv6 header` } }
  const inside = { offset: offset + 40, end: Math.min(end, offset + 40 + payloadBytes) }
  if (payloadBytes === 0) inside.end = end // a jumbogram or a card's segmentation
  else if (payloadBytes + 40 > present) layer.problem = truncated(present, payloadBytes + 40)
  let fragmentOffset = 0
  for (let count = 0; extensions.has(layer.nextHeader) && count < 8; count++) {
    const isFragment = layer.nextHeader === fragmentHeader
    const bytes = isFragment ? 8 : (u8(frame, inside.offset + 1) + 1) * 8
    if (inside.offset + bytes > inside.end) {
      return { layer: { ...layer, problem: `extension header ${layer.nextHeader} ${truncated(inside.end - inside.offset, bytes)}` } }
    }
    if (isFragment) fragmentOffset = u16(frame, inside.offset + 2) & 0xfff8
    layer.nextHeader = u8(frame, inside.offset)
    layer.headerBytes += bytes
    inside.offset += bytes
  }
  if (fragmentOffset > 0) return { layer, next: { as: 'payload', reason: `a fragment's bytes from ${fragmentOffset} on`, ...inside } }
  return { layer, next: { as: 'ipProtocol', number: layer.nextHeader, ...inside } }
}
