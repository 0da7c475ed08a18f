import type { Ipv4Layer } from '../../api/packets.ts'
import { ipv4Address, truncated, u16, u8 } from './bytes.ts'
import { internetChecksum } from './checksum.ts'
import type { Decoder } from './step.ts'

/** IPv4, RFC 791: options are part of the header; what is beyond the total length is padding and left out. */
export const ipv4: Decoder = (frame, { offset, end }) => {
  const present = end - offset
  const declared = (u8(frame, offset) & 0x0f) * 4
  const headerBytes = Math.min(present, Math.max(20, declared))
  const totalBytes = u16(frame, offset + 2)
  const flags = u16(frame, offset + 6)
  const layer: Ipv4Layer = {
    layer: 'ipv4', offset, headerBytes,
    source: ipv4Address(frame, offset + 12), destination: ipv4Address(frame, offset + 16),
    ttl: u8(frame, offset + 8), protocol: u8(frame, offset + 9), id: u16(frame, offset + 4), totalBytes,
    dontFragment: (flags & 0x4000) !== 0, moreFragments: (flags & 0x2000) !== 0, fragmentOffset: (flags & 0x1fff) * 8,
    checksumValid: headerBytes >= 20 && internetChecksum(frame, offset, offset + headerBytes) === 0,
  }
  if (present < 20) return { layer: { ...layer, problem: truncated(present, 20) } }
  const version = u8(frame, offset) >> 4
  if (version !== 4) return { layer: { ...layer, problem: `version ${version} in an IPv4 header` } }
  if (declared < 20) return { layer: { ...layer, problem: `header length ${declared}: at least 20 bytes are needed` } }
  if (present < declared) return { layer: { ...layer, problem: truncated(present, declared) } }
  const inside = { offset: offset + declared, end: Math.min(end, offset + totalBytes) }
  // Total length 0 is what a card that segments for the kernel (TSO) lets a capture see: then the frame's end decides.
  if (totalBytes === 0) inside.end = end
  else if (totalBytes < declared) return { layer: { ...layer, problem: `total length ${totalBytes} is less than the header's ${declared}` } }
  else if (totalBytes > present) layer.problem = truncated(present, totalBytes)
  if (layer.fragmentOffset > 0) {
    return { layer, next: { as: 'payload', reason: `a fragment's bytes from ${layer.fragmentOffset} on`, ...inside } }
  }
  return { layer, next: { as: 'ipProtocol', number: layer.protocol, ...inside } }
}
