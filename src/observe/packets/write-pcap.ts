/** Writes frames as a capture file (libpcap format, Ethernet, microseconds) that tcpdump and Wireshark open. */
export function writePcap(frames: { time?: number; data: Uint8Array; originalBytes?: number }[], linkType = 1): Uint8Array {
  const size = frames.reduce((sum, frame) => sum + 16 + frame.data.length, 24)
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  const words = (at: number, ...values: number[]) => values.forEach((value, i) => view.setUint32(at + 4 * i, value, true))
  words(0, 0xa1b2c3d4, 0x00040002, 0, 0, 262_144, linkType)
  let at = 24
  for (const { time = 0, data, originalBytes = data.length } of frames) {
    const seconds = Math.floor(time)
    words(at, seconds, Math.round((time - seconds) * 1e6), data.length, originalBytes)
    bytes.set(data, at + 16)
    at += 16 + data.length
  }
  return bytes
}
