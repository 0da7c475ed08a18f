import type { Writable } from 'zeromq'

type Frames = (Buffer | string | Uint8Array)[]

/** Sends messages through a socket one after the other: a socket of zeromq takes one at a time. */
export function outbox(socket: Writable, failed: (error: Error) => void): (frames: Frames) => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  return frames => last = last.then(() => socket.send(frames)).catch(failed)
}
