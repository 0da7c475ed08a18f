/** The main thread's end of the wire: requests come in order, answers and broadcasts go out. */
import { MessageChannel, SHARE_ENV, Worker } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { Connection } from './connection.ts'
import { log } from './log.ts'
import type { Broadcasts } from './messages.ts'
import type { FromThread, Request, ToThread } from './port.ts'
import { createRing, ringWriter, words } from './text-ring.ts'

export type { Request } from './port.ts'

export interface WireEvents {
  request(request: Request): void
  inputReply(value: string): void
  /** `terminated`: JavaScript was cut short, so whatever was awaiting on this thread may never go on. */
  interrupt(terminated: boolean): void
  shutdown(restart: boolean): void
}

export interface Wire {
  /** Starts to hand over requests; those that came before have waited. */
  listen(events: WireEvents): void
  /** Text of a cell's stream. Waits, holding the whole thread, while more is under way than memory should hold. */
  write(request: number, stream: 'stdout' | 'stderr', text: string): void
  publish<Type extends keyof Broadcasts>(
    request: number | undefined, type: Type, content: Broadcasts[Type],
    options?: { metadata?: Record<string, unknown>; buffers?: Uint8Array[] },
  ): void
  reply(request: number, type: string, content: object, metadata?: Record<string, unknown>): void
  requestInput(request: number, prompt: string, password: boolean): void
  /** No more answers for this request. */
  done(request: number): void
  /** No more output for it either. */
  forget(request: number): void
  /** Resolves when every request that had reached the kernel by now has been handed over. */
  fence(): Promise<void>
  interrupt(): void
  /** Sends what is under way and closes the sockets. */
  close(): Promise<void>
}

/** The most that is under way between the threads besides text. */
const mostKilobytes = 64 * 1024
/** What a message counts beyond its content, so that small ones are bounded in number too. */
const overheadKilobytes = 32

/** Starts the wire thread, which opens the sockets. */
export function startWire(connection: Connection): Wire {
  const ring = createRing()
  const control = new Int32Array(ring.control)
  const { port1: port, port2 } = new MessageChannel()
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: { connection, ring, port: port2 },
    transferList: [port2],
    env: SHARE_ENV,
  })
  worker.on('error', error => {
    // Without its sockets the kernel serves nobody. An orderly exit would wait for the thread that is no more.
    log(`the thread of the sockets failed, so the kernel ends: ${error.stack}`, { always: true })
    process.kill(process.pid, 'SIGKILL')
  })
  const fences = new Map<number, () => void>()
  let lastFence = 0
  let closed: (() => void) | undefined
  const post = (message: ToThread) => port.postMessage(message)
  const text = ringWriter(ring, () => post({ kind: 'text' }))

  return {
    listen: events => listen(port, events, control, fences, () => closed?.()),
    write: (request, stream, content) => text.write(request, stream === 'stderr' ? 1 : 0, content),
    publish(request, type, content, { metadata, buffers } = {}) {
      const json = JSON.stringify(content)
      const size = json.length + (buffers ?? []).reduce((sum, buffer) => sum + buffer.byteLength, 0)
      const kilobytes = overheadKilobytes + Math.ceil(size / 1024)
      awaitRoom(control)
      Atomics.add(control, words.pendingKilobytes, kilobytes)
      Atomics.add(control, words.posted, 1)
      post({
        kind: 'publish', after: text.position, request, type, content: json, kilobytes,
        ...(metadata && { metadata: JSON.stringify(metadata) }),
        ...(buffers && { buffers }),
      })
    },
    reply: (request, type, content, metadata) =>
      post({ kind: 'reply', request, type, content: JSON.stringify(content), ...(metadata && { metadata }) }),
    requestInput: (request, prompt, password) => post({ kind: 'input_request', request, prompt, password }),
    done: request => post({ kind: 'done', request }),
    forget: request => post({ kind: 'forget', request, after: text.position }),
    fence: () => new Promise(resolve => {
      const fence = ++lastFence
      fences.set(fence, resolve)
      post({ kind: 'fence', fence })
    }),
    interrupt: () => post({ kind: 'interrupt' }),
    close: () => new Promise(resolve => {
      closed = resolve
      post({ kind: 'close' })
    }),
  }
}

function awaitRoom(control: Int32Array): void {
  for (;;) {
    const kilobytes = Atomics.load(control, words.pendingKilobytes)
    if (kilobytes < mostKilobytes) return
    Atomics.wait(control, words.pendingKilobytes, kilobytes, 1000)
  }
}

function listen(
  port: MessagePort, events: WireEvents, control: Int32Array, fences: Map<number, () => void>, closed: () => void,
): void {
  port.on('message', (message: FromThread) => {
    switch (message.kind) {
      case 'request':
        return events.request(message)
      case 'input_reply':
        return events.inputReply(message.value)
      case 'interrupt':
        Atomics.store(control, words.acknowledged, message.interrupt)
        return events.interrupt(message.terminated)
      case 'fence':
        fences.get(message.fence)?.()
        return void fences.delete(message.fence)
      case 'shutdown':
        return events.shutdown(message.restart)
      case 'closed':
        return closed()
    }
  })
}
