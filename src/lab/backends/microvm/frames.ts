/**
 * The frames of the one byte stream between the owner and the guest's agent (guest/agent.pl): length of what follows
 * (32 bits, big-endian), type (one letter), channel (32 bits), payload.
 *
 * | type | from  | meaning, payload |
 * |------|-------|------------------|
 * | H | both  | hello. Owner: clock (seconds, nanoseconds, 32 bits each) and random bytes. Guest: its name |
 * | Q | both  | be quiet: before a snapshot all channels are dropped, and the guest answers |
 * | O | owner | open: words ended by NUL, see `openRequest` |
 * | D | both  | data. From the guest the first byte says which stream: 1 output, 2 errors |
 * | E | both  | end of a stream; from the guest with the stream's byte |
 * | W | both  | so many bytes have been taken (32 bits): the other side may send as many more |
 * | S | owner | signal (8 bits) to the channel's process group |
 * | R | owner | the terminal's new size: columns, rows (16 bits each) |
 * | C | owner | forget the channel, end its process |
 * | X | guest | ended: exit status (8 bits) |
 * | F | guest | could not be opened: why |
 */
export interface Frame {
  type: string
  channel: number
  payload: Buffer
}

/** Bytes that may be under way on one channel in one direction before the other side has taken some. */
export const windowSize = 262_144

export function encodeFrame(type: string, channel: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(9)
  header.writeUInt32BE(5 + payload.length, 0)
  header.write(type, 4, 'latin1')
  header.writeUInt32BE(channel, 5)
  return Buffer.concat([header, payload])
}

/** Cuts a byte stream into frames; what comes in may be split anywhere. */
export function frameReader(onFrame: (frame: Frame) => void): (data: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return data => {
    rest = rest.length === 0 ? data : Buffer.concat([rest, data])
    let at = 0
    while (rest.length - at >= 9) {
      const length = rest.readUInt32BE(at)
      if (rest.length - at < 4 + length) break
      onFrame({
        type: rest.toString('latin1', at + 4, at + 5),
        channel: rest.readUInt32BE(at + 5),
        payload: rest.subarray(at + 9, at + 4 + length),
      })
      at += 4 + length
    }
    rest = rest.subarray(at)
  }
}

export interface OpenRequest {
  kind: 'exec' | 'pty' | 'unix'
  /** Process whose namespaces are entered; 0 for the guest's own. */
  process: number
  cwd?: string
  columns?: number
  rows?: number
  env?: Record<string, string>
  /** The program and its arguments; for `unix` the socket's path. */
  words: string[]
}

export function openRequest(request: OpenRequest): Buffer {
  const variables = Object.entries(request.env ?? {}).map(([name, value]) => `${name}=${value}`)
  const words = [request.kind, request.process, request.cwd ?? '', request.columns ?? 80, request.rows ?? 24,
    variables.length, ...variables, ...request.words].map(String)
  const bad = words.find(word => word.includes('\0'))
  if (bad !== undefined) throw new TypeError(`a program's argument cannot hold a NUL character: ${JSON.stringify(bad)}`)
  return Buffer.from(`${words.join('\0')}\0`)
}
