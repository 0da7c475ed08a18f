/**
 * Text from the main thread to the wire thread through shared memory. A cell that prints in a tight loop never lets its
 * event loop turn, yet its first line must show at once, its last must not be held back, and memory must stay bounded:
 * the writer copies into the ring and waits where it is full; the reader takes what is there when it likes.
 *
 * A record is 12 bytes (length, cell, stream) and its UTF-8 text, padded to 4 bytes. Lengths are bytes.
 */
const capacity = 8 * 1024 * 1024
const headerBytes = 12
/** The most text in one record. */
const largestRecord = 256 * 1024
/** In place of a length: the rest of the ring is unused, go on at its beginning. */
const wrapMark = -1

/** Places in the control words. Positions count bytes since the start, modulo 2³². */
export const words = { written: 0, read: 1, notified: 2, pendingKilobytes: 3, acknowledged: 4, interrupts: 5, posted: 6, count: 8 } as const

/** States of `notified`: nothing told, told that there is text, told that the ring fills up. */
const quiet = 0
const told = 1
const urgent = 2

export interface RingMemory {
  control: SharedArrayBuffer
  text: SharedArrayBuffer
}

export function createRing(): RingMemory {
  return { control: new SharedArrayBuffer(words.count * 4), text: new SharedArrayBuffer(capacity) }
}

export interface RingWriter {
  write(cell: number, stream: 0 | 1, text: string): void
  /** Where the ring stands: what is sent otherwise goes after the text before this position. */
  readonly position: number
}

/** `notify` tells the reader that there is text to fetch. */
export function ringWriter(memory: RingMemory, notify: () => void): RingWriter {
  const control = new Int32Array(memory.control)
  const view = new DataView(memory.text)
  const bytes = new Uint8Array(memory.text)
  const encoder = new TextEncoder()
  const load = (word: number) => Atomics.load(control, word)
  const used = () => (load(words.written) - load(words.read)) | 0

  /** Waits until this many bytes are free. */
  const awaitRoom = (size: number) => {
    while (capacity - used() < size) {
      const read = load(words.read)
      if (capacity - used() >= size) return
      announce(urgent)
      Atomics.wait(control, words.read, read, 1000)
    }
  }

  const announce = (state: number) => {
    if (load(words.notified) >= state) return
    Atomics.store(control, words.notified, state)
    notify()
  }

  const writeSome = (cell: number, stream: number, text: string): number => {
    let start = load(words.written) >>> 0
    let offset = start % capacity
    const wanted = Math.min(text.length * 3, largestRecord)
    // A character takes up to 3 bytes for each UTF-16 unit; a record never wraps around the end.
    if (capacity - offset < headerBytes + wanted) {
      const rest = capacity - offset
      awaitRoom(rest)
      if (rest >= 4) view.setInt32(offset, wrapMark, true)
      start = (start + rest) >>> 0
      Atomics.store(control, words.written, start | 0)
      offset = 0
    }
    awaitRoom(headerBytes + wanted + 4)
    const { read, written } = encoder.encodeInto(text, bytes.subarray(offset + headerBytes, offset + headerBytes + wanted))
    view.setInt32(offset, written, true)
    view.setUint32(offset + 4, cell, true)
    view.setUint32(offset + 8, stream, true)
    Atomics.store(control, words.written, (start + headerBytes + padded(written)) | 0)
    return read
  }

  return {
    write(cell, stream, text) {
      let rest = text
      while (rest !== '') {
        const read = writeSome(cell, stream, rest)
        if (read === rest.length) break
        rest = rest.slice(read)
      }
      announce(used() > capacity / 4 ? urgent : told)
    },
    get position() {
      return load(words.written)
    },
  }
}

export interface TextRecord { cell: number; stream: number; text: string }

export interface RingReader {
  /** The next record's text joined with those after it of the same cell and stream, up to `position` and about `limit` bytes. */
  next(position: number, limit: number): TextRecord | undefined
  /** Where the writer stands now. */
  readonly written: number
  /** How many broadcasts were posted beside the ring; one that was posted before some text may arrive after it. */
  readonly posted: number
  readonly read: number
  /** From here on the writer tells of new text again. */
  listen(): void
  /** Whether the writer waits, or soon will. */
  readonly pressing: boolean
}

export function ringReader(memory: RingMemory): RingReader {
  const control = new Int32Array(memory.control)
  const view = new DataView(memory.text)
  const bytes = Buffer.from(memory.text)
  const decode = (from: number, to: number) => bytes.toString('utf8', from, to)

  const peek = (position: number): { offset: number; length: number; cell: number; stream: number } | undefined => {
    let read = Atomics.load(control, words.read) >>> 0
    if (((position - read) | 0) <= 0) return undefined
    let offset = read % capacity
    if (capacity - offset < headerBytes || view.getInt32(offset, true) === wrapMark) {
      read = (read + capacity - offset) >>> 0
      advance(read)
      if (((position - read) | 0) <= 0) return undefined
      offset = 0
    }
    return { offset, length: view.getInt32(offset, true), cell: view.getUint32(offset + 4, true), stream: view.getUint32(offset + 8, true) }
  }

  const advance = (read: number) => {
    Atomics.store(control, words.read, read | 0)
    Atomics.notify(control, words.read)
  }

  return {
    next(position, limit) {
      const first = peek(position)
      if (!first) return undefined
      const texts: string[] = []
      let size = 0
      for (let record: typeof first | undefined = first; record; record = peek(position)) {
        if (record.cell !== first.cell || record.stream !== first.stream || size + record.length > limit && size > 0) break
        texts.push(decode(record.offset + headerBytes, record.offset + headerBytes + record.length))
        size += record.length
        advance((Atomics.load(control, words.read) + headerBytes + padded(record.length)) >>> 0)
      }
      return { cell: first.cell, stream: first.stream, text: texts.join('') }
    },
    get written() {
      return Atomics.load(control, words.written)
    },
    get read() {
      return Atomics.load(control, words.read)
    },
    get posted() {
      return Atomics.load(control, words.posted)
    },
    listen: () => void Atomics.store(control, words.notified, quiet),
    get pressing() {
      return Atomics.load(control, words.notified) === urgent
    },
  }
}

const padded = (length: number) => (length + 3) & ~3
