import type { XPublisher } from 'zeromq'
import type { Header } from './messages.ts'
import type { Forget, Publish } from './port.ts'
import type { RingReader } from './text-ring.ts'
import { turns } from './turn.ts'

/** ms that text is gathered before the next stream message. The first text after a pause goes at once. */
const batch = 30
/** Bytes of text in one stream message at most. */
const largestStream = 1024 * 1024
/** ms to wait for a subscriber that reads nothing, before output is dropped for it rather than held back for all. */
const patience = 5000
/** ms between looks whether a full subscriber has room. */
const look = 1
/** ms after which a subscriber that was given up on gets another chance. */
const retry = 1000

type Frames = (Buffer | string | Uint8Array)[]

export interface Publishing {
  enqueue(message: Publish | Forget): void
  /** For messages that are complete already. */
  enqueueFrames(frames: Frames): void
  /** The ring has text. */
  textReady(): void
  /** Resolves when all that was enqueued or in the ring has been handed to the socket. */
  flushed(): Promise<void>
}

interface Port {
  encode(topic: string, type: string, parent: Header | undefined, content: Buffer, metadata: Buffer, buffers?: Uint8Array[]): Frames
  parentOf(request: number): Header | undefined
  /** Nothing more comes for this request. */
  forget(request: number): void
  /** A message that counted so much is out. */
  sent(kilobytes: number): void
  log(text: string): void
}

/**
 * Sends broadcasts in their order, text from the ring among them. Each send waits until the subscribers have room, and
 * while it waits the ring fills and then holds its writer: so memory is bounded and nothing is lost.
 */
export function publisher(socket: XPublisher, ring: RingReader, port: Port): Publishing {
  const turn = turns()
  const outgoing: (Publish | Forget | Frames)[] = []
  const empty = Buffer.from('{}')
  let running: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let lastText = -Infinity
  /** A subscriber has been given up on for the moment. */
  let lagging = false
  /** Broadcasts from the main thread, modulo 2³². */
  let received = 0
  socket.sendTimeout = 0

  /**
   * Waits for the slowest subscriber. libzmq does not tell when an XPUB socket has room again (it always says that it
   * has), so this looks again and again.
   */
  const send = async (frames: Frames): Promise<void> => {
    const since = performance.now()
    for (;;) {
      try {
        await socket.send(frames)
        if (lagging && socket.noDrop) lagging = false
        break
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      }
      if (lagging || performance.now() - since > patience) {
        if (!lagging) port.log(`a subscriber has read nothing for ${patience / 1000} s; output is dropped for it`)
        lagging = true
        socket.noDrop = false
        setTimeout(() => { socket.noDrop = true }, retry)
      } else {
        await new Promise(resolve => setTimeout(resolve, look))
      }
    }
    await turn()
  }

  const sendText = async (position: number): Promise<void> => {
    for (let record = ring.next(position, largestStream); record; record = ring.next(position, largestStream)) {
      const name = record.stream === 1 ? 'stderr' : 'stdout'
      const content = Buffer.from(JSON.stringify({ name, text: record.text }))
      lastText = performance.now()
      await send(port.encode(`stream.${name}`, 'stream', port.parentOf(record.cell), content, empty))
    }
  }

  const drain = async (): Promise<void> => {
    do {
      ring.listen()
      for (let message = outgoing.shift(); message; message = outgoing.shift()) {
        if (Array.isArray(message)) {
          await send(message)
          continue
        }
        await sendText(message.after)
        if (message.kind === 'forget') {
          port.forget(message.request)
          continue
        }
        const { type, content, metadata, buffers, request, kilobytes } = message
        const parent = request === undefined ? undefined : port.parentOf(request)
        const frames = port.encode(type, type, parent, Buffer.from(content), metadata ? Buffer.from(metadata) : empty, buffers)
        await send(frames)
        if (kilobytes > 0) port.sent(kilobytes)
      }
      // Text that follows a broadcast which is still on its way from the main thread waits for it.
      const written = ring.written
      if (ring.posted === received) await sendText(written)
    } while (outgoing.length > 0)
  }

  const run = (): void => {
    clearTimeout(timer)
    timer = undefined
    running ??= drain().catch(error => port.log(`output was lost: ${(error as Error).stack}`)).finally(() => {
      running = undefined
      if (outgoing.length > 0) run()
      // Where a broadcast is still on its way, its coming starts the next run.
      else if (ring.written !== ring.read && ring.posted === received) soon()
    })
  }

  /** Text that came shortly after other text waits, so that a loop of short lines becomes few messages. */
  const soon = (): void => {
    if (running || timer) return
    const wait = batch - (performance.now() - lastText)
    if (wait <= 0 || ring.pressing) run()
    else timer = setTimeout(run, wait)
  }

  return {
    enqueue(message) {
      if (message.kind === 'publish' && message.kilobytes > 0) received = (received + 1) | 0
      outgoing.push(message)
      run()
    },
    enqueueFrames(frames) {
      outgoing.push(frames)
      run()
    },
    textReady() {
      if (ring.pressing) run()
      else soon()
    },
    async flushed() {
      run()
      while (running) await running
    },
  }
}
