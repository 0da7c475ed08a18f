/**
 * An archive in cpio's "newc" form, which the kernel unpacks as its initial file system:
 * https://docs.kernel.org/driver-api/early-userspace/buffer-format.html
 */
export function cpio(entries: CpioEntry[]): Buffer {
  const parts: Buffer[] = []
  for (const [index, entry] of [...entries, { name: 'TRAILER!!!', mode: 0 }].entries()) {
    const data = 'data' in entry && entry.data ? entry.data : Buffer.alloc(0)
    const name = Buffer.from(`${entry.name}\0`)
    const [major, minor] = 'device' in entry && entry.device ? entry.device : [0, 0]
    const fields = [index + 1, entry.mode, 0, 0, 1, 0, data.length, 0, 0, major, minor, name.length, 0]
    const header = Buffer.from(`070701${fields.map(value => value.toString(16).padStart(8, '0')).join('')}`)
    parts.push(padded(Buffer.concat([header, name])), padded(data))
  }
  return Buffer.concat(parts)
}

export interface CpioEntry {
  /** Path without a leading slash. */
  name: string
  /** Type and permissions as stat(2) has them. */
  mode: number
  data?: Buffer
  /** Major and minor number of a device node. */
  device?: [number, number]
}

function padded(data: Buffer): Buffer {
  const rest = data.length % 4
  return rest === 0 ? data : Buffer.concat([data, Buffer.alloc(4 - rest)])
}
