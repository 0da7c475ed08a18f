/** Reading network byte order (big-endian) from a frame. The caller checks lengths first; beyond the end, zeros are read. */

export const u8 = (data: Uint8Array, at: number): number => data[at] ?? 0
export const u16 = (data: Uint8Array, at: number): number => (u8(data, at) << 8) | u8(data, at + 1)
export const u32 = (data: Uint8Array, at: number): number => u16(data, at) * 0x10000 + u16(data, at + 2)

/** `02:42:ac:11:00:02` */
export function mac(data: Uint8Array, at: number): string {
  return Array.from({ length: 6 }, (_, i) => hex(u8(data, at + i), 2)).join(':')
}

/** `172.17.0.2` */
export function ipv4Address(data: Uint8Array, at: number): string {
  return [0, 1, 2, 3].map(i => u8(data, at + i)).join('.')
}

/** `fe80::42:acff:fe11:2`: the longest run of zeros shortened, RFC 5952. */
export function ipv6Address(data: Uint8Array, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => u16(data, at + 2 * i))
  let best = { start: 0, length: 0 }
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (start + length < 8 && groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  const text = (from: number, to: number) => groups.slice(from, to).map(group => group.toString(16)).join(':')
  if (best.length < 2) return text(0, 8)
  return `${text(0, best.start)}::${text(best.start + best.length, 8)}`
}

export const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

/** `truncated: 12 of 20 bytes` */
export const truncated = (present: number, wanted: number): string => `truncated: ${Math.max(0, present)} of ${wanted} bytes`
