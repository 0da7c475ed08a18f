import { u16, u8 } from './bytes.ts'

/** The Internet checksum over a range, RFC 1071; 0 when the range holds its own valid checksum. */
export function internetChecksum(data: Uint8Array, offset: number, end: number): number {
  let sum = 0
  for (let at = offset; at + 1 < end; at += 2) sum += u16(data, at)
  if ((end - offset) % 2 === 1) sum += u8(data, end - 1) << 8
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}
