import type { Layer } from '../../api/packets.ts'
import { arp } from './arp.ts'
import { hex, u16, u8 } from './bytes.ts'
import { ethernet } from './ethernet.ts'
import { icmp } from './icmp.ts'
import { icmp6 } from './icmp6.ts'
import { ipv4 } from './ipv4.ts'
import { ipv6 } from './ipv6.ts'
import type { Decoder, Next } from './step.ts'
import { tcp } from './tcp.ts'
import { udp } from './udp.ts'
import { vxlan } from './vxlan.ts'

/** Layers per frame at most: VXLAN in VXLAN in VXLAN ends here, as a payload that says so. */
const deepest = 32

const byEtherType: Record<number, Decoder> = { 0x0800: ipv4, 0x0806: arp, 0x86dd: ipv6 }
const byProtocol: Record<number, Decoder> = { 1: icmp, 4: ipv4, 6: tcp, 17: udp, 41: ipv6, 58: icmp6 }

/**
 * Decodes a captured frame from the outside in. Never throws: hostile or cut-off bytes give layers with a `problem`.
 * `linkType` is the capture file's: https://www.tcpdump.org/linktypes.html
 */
export function decodeFrame(frame: Uint8Array, linkType = 1): Layer[] {
  const layers: Layer[] = []
  let next: Next | undefined = outermost(frame, linkType)
  while (next) {
    const decoder: Decoder | undefined = layers.length < deepest ? decoderOf(next) : undefined
    if (!decoder) {
      const bytes = next.end - next.offset
      const reason = next.as === 'payload' ? next.reason : layers.length < deepest ? unknown(next) : `more than ${deepest} layers`
      if (bytes > 0) layers.push({ layer: 'payload', offset: next.offset, headerBytes: bytes, bytes, ...(reason && { reason }) })
      break
    }
    const step = decoder(frame, next)
    layers.push(step.layer)
    next = step.next
  }
  return layers
}

function decoderOf(next: Next): Decoder | undefined {
  if (next.as === 'etherType') return byEtherType[next.number]
  if (next.as === 'ipProtocol') return byProtocol[next.number]
  return { ethernet, vxlan, payload: undefined }[next.as]
}

function outermost(frame: Uint8Array, linkType: number): Next {
  const end = frame.length
  switch (linkType) {
    case 1: return { as: 'ethernet', offset: 0, end }
    case 12: case 101: return { as: 'etherType', number: u8(frame, 0) >> 4 === 6 ? 0x86dd : 0x0800, offset: 0, end } // raw IP
    case 113: return { as: 'etherType', number: u16(frame, 14), offset: Math.min(16, end), end } // Linux "any", version 1
    case 276: return { as: 'etherType', number: u16(frame, 0), offset: Math.min(20, end), end } // and version 2
    default: return { as: 'payload', reason: `link type ${linkType} is not decoded`, offset: 0, end }
  }
}

function unknown(next: Next): string {
  if (next.as === 'etherType') return `EtherType 0x${hex(next.number, 4)} is not decoded`
  if (next.as === 'ipProtocol') return `IP protocol ${next.number} is not decoded`
  return 'not decoded'
}
