import type { Packet } from '../../api/packets.ts'
import { decodeFrame } from './decode-frame.ts'
import { summary } from './summary.ts'

/** Records longer than this are taken for a broken file: tcpdump's own largest snapshot length, bytes. */
const longestRecord = 262_144

export interface PcapFile {
  linkType: number
  packets: Packet[]
  /** Why reading stopped before the end of the file, if it did. */
  problem?: string
}

/**
 * Reads a capture file in the libpcap format, either byte order, microseconds or nanoseconds:
 * https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-03.html
 */
export function readPcap(bytes: Uint8Array): PcapFile {
  if (bytes.length === 0) return { linkType: 1, packets: [], problem: 'empty: not even a file header' }
  if (bytes.length < 24) return { linkType: 1, packets: [], problem: `truncated: ${bytes.length} of 24 bytes of the file header` }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const format = formatOf(view)
  if (!format) return { linkType: 1, packets: [], problem: `not a libpcap file: it begins with 0x${view.getUint32(0).toString(16)}` }
  const { littleEndian, perSecond } = format
  // The upper bits may hold the length of a frame check sequence.
  const linkType = view.getUint32(20, littleEndian) & 0xffff
  const packets: Packet[] = []
  let at = 24
  while (at < bytes.length) {
    if (at + 16 > bytes.length) return { linkType, packets, problem: `truncated: ${bytes.length - at} of 16 bytes of record ${packets.length + 1}'s header` }
    const captured = view.getUint32(at + 8, littleEndian)
    const originalBytes = view.getUint32(at + 12, littleEndian)
    if (captured > longestRecord) return { linkType, packets, problem: `record ${packets.length + 1} claims ${captured} bytes` }
    if (at + 16 + captured > bytes.length) return { linkType, packets, problem: `truncated: ${bytes.length - at - 16} of ${captured} bytes of record ${packets.length + 1}` }
    const data = bytes.subarray(at + 16, at + 16 + captured)
    const layers = decodeFrame(data, linkType)
    packets.push({
      time: view.getUint32(at, littleEndian) + view.getUint32(at + 4, littleEndian) / perSecond,
      originalBytes, data, layers, summary: summary(layers),
    })
    at += 16 + captured
  }
  return { linkType, packets }
}

function formatOf(view: DataView): { littleEndian: boolean; perSecond: number } | undefined {
  for (const littleEndian of [true, false]) {
    const magic = view.getUint32(0, littleEndian)
    if (magic === 0xa1b2c3d4) return { littleEndian, perSecond: 1e6 }
    if (magic === 0xa1b23c4d) return { littleEndian, perSecond: 1e9 }
  }
  return undefined
}
