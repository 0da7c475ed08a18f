/**
 * The wire thread: owns the sockets, so that heartbeat, control and output go on whatever a cell does to the main thread.
 * It speaks to `wire.ts` on the main thread through a message port and the text ring.
 */
import { Worker, workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { Reply, Router, XPublisher } from 'zeromq'
import { address } from './connection.ts'
import type { Connection } from './connection.ts'
import { decode, encode, MalformedMessage } from './framing.ts'
import type { Parts } from './framing.ts'
import { interrupter } from './interrupter.ts'
import { kernelInfo } from './kernel-info.ts'
import { log } from './log.ts'
import { protocolVersion } from './messages.ts'
import type { Channel, Header, Message } from './messages.ts'
import type { FromThread, ToThread } from './port.ts'
import { outbox } from './outbox.ts'
import { publisher } from './publisher.ts'
import { replayGuard } from './replay-guard.ts'
import { ringReader, words } from './text-ring.ts'
import type { RingMemory } from './text-ring.ts'
import { turns } from './turn.ts'

const { connection, ring: memory, port } = workerData as { connection: Connection; ring: RingMemory; port: MessagePort }

/** A request that main has not finished with, or that late output may still name as its parent. */
interface Pending { header: Header; identities: Buffer[]; channel: Channel; bytes: number }

/** The most requests, and bytes of requests, that wait in memory; further ones wait in the sockets. */
const mostWaiting = { requests: 2000, bytes: 128 * 1024 * 1024 }
/** ms that main has for an orderly end. */
const shutdownDeadline = 2500

// zeromq warns that an option of an open socket waits for the next one; libzmq takes those that are set here at once.
process.removeAllListeners('warning')
process.on('warning', warning => {
  if (!warning.message.startsWith('Socket option will not take effect')) log(warning.message)
})

const { key } = connection
const control32 = new Int32Array(memory.control)
const session = crypto.randomUUID()
let messages = 0
let requests = 0
const pending = new Map<number, Pending>()
const waiting = { requests: 0, bytes: 0, resume: [] as (() => void)[] }
const replayed = replayGuard()

const shell = new Router({ linger: 500 })
const control = new Router({ linger: 500 })
const stdin = new Router({ linger: 500 })
const heartbeat = new Reply({ linger: 0 })
const iopub = new XPublisher({ linger: 500, sendHighWaterMark: 256, noDrop: true, verbosity: 'allSubs' })

const outboxes = { shell: outbox(shell, logUnsent), control: outbox(control, logUnsent), stdin: outbox(stdin, logUnsent) }

const publishing = publisher(iopub, ringReader(memory), {
  encode: (topic, type, parent, content, metadata, buffers) =>
    encode([topic], [json(header(type, parent)), json(parent ?? {}), metadata, content], key, buffers),
  parentOf: request => pending.get(request)?.header,
  forget: request => void pending.delete(request),
  sent: kilobytes => {
    Atomics.sub(control32, words.pendingKilobytes, kilobytes)
    Atomics.notify(control32, words.pendingKilobytes)
  },
  log,
})

const interrupt = interrupter(control32, message => tell(message), log)

try {
  await Promise.all([
    shell.bind(address(connection, 'shell_port')),
    control.bind(address(connection, 'control_port')),
    stdin.bind(address(connection, 'stdin_port')),
    heartbeat.bind(address(connection, 'hb_port')),
    iopub.bind(address(connection, 'iopub_port')),
  ])
} catch (cause) {
  const { ip, transport, shell_port } = connection
  throw new Error(`a socket at ${transport}://${ip} (shell: ${shell_port}) cannot be opened: ${(cause as Error).message}. Is another kernel using it?`, { cause })
}

publish(undefined, 'status', { execution_state: 'starting' })
port.on('message', receiveFromMain)
void echoHeartbeats()
void welcomeSubscribers()
void receive('control', control)
void receive('shell', shell)
void receiveInput()
watchParent()
setTimeout(watchSigint, 1000)

function header(type: string, parent?: Header): Header {
  return {
    msg_id: `${session}_${process.pid}_${messages++}`,
    session,
    username: parent?.username ?? 'kernel',
    date: new Date().toISOString(),
    msg_type: type,
    version: protocolVersion,
  }
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

function tell(message: FromThread): void {
  port.postMessage(message)
}

function publish(request: number | undefined, type: string, content: object): void {
  publishing.enqueue({ kind: 'publish', after: Atomics.load(control32, words.written), request, type, content: JSON.stringify(content), kilobytes: 0 })
}

async function echoHeartbeats(): Promise<void> {
  for await (const frames of heartbeat) await heartbeat.send(frames)
}

/** Says to each new subscriber that its subscription stands: https://jupyter.org/enhancement-proposals/65-jupyter-xpub/ */
async function welcomeSubscribers(): Promise<void> {
  for await (const [frame] of iopub) {
    if (frame?.[0] !== 1) continue
    const topic = frame.subarray(1)
    const parts: Parts = [json(header('iopub_welcome')), json({}), json({}), json({ subscription: topic.toString() })]
    publishing.enqueueFrames(encode(topic.length > 0 ? [topic] : ['iopub_welcome'], parts, key))
  }
}

async function receive(channel: Channel, socket: Router): Promise<void> {
  const turn = turns()
  for await (const frames of socket) {
    await turn()
    const received = read(frames)
    if (!received) continue
    const { identities, message } = received
    const request = ++requests
    const bytes = frames.reduce((sum, frame) => sum + frame.length, 0)
    pending.set(request, { header: message.header, identities, channel, bytes })
    if (await answerHere(channel, request, message)) {
      publishing.enqueue({ kind: 'forget', request, after: Atomics.load(control32, words.written) })
      continue
    }
    waiting.requests++
    waiting.bytes += bytes
    const { header: { msg_type: type, session: client }, content, metadata } = message
    tell({ kind: 'request', request, channel, type, client, content, metadata, buffers: message.buffers.map(buffer => Uint8Array.from(buffer)) })
    if (channel === 'shell') await roomForMore()
  }
}

async function roomForMore(): Promise<void> {
  while (waiting.requests >= mostWaiting.requests || waiting.bytes >= mostWaiting.bytes) {
    await new Promise<void>(resolve => waiting.resume.push(resolve))
  }
}

/** Nothing that is malformed, unsigned or replayed gets further than this. */
function read(frames: Buffer[]): ReturnType<typeof decode> | undefined {
  try {
    const received = decode(frames, key)
    if (!replayed(received.signature)) return received
    log(`a replayed ${received.message.header.msg_type} was ignored`)
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error
    log(`a message was ignored: ${error.message}`)
  }
  return undefined
}

/** What needs no cell is answered from this thread, so it works while a cell spins. */
async function answerHere(channel: Channel, request: number, message: Message): Promise<boolean> {
  const type = message.header.msg_type
  if (channel === 'control' && type === 'interrupt_request') {
    await answer(request, 'interrupt_reply', { status: 'ok' })
    interrupt()
    return true
  }
  if (type === 'shutdown_request') {
    const restart = message.content.restart === true
    const content = { status: 'ok', restart }
    publish(request, 'status', { execution_state: 'busy' })
    publish(request, 'shutdown_reply', content)
    await reply(request, 'shutdown_reply', content)
    publish(request, 'status', { execution_state: 'idle' })
    await publishing.flushed()
    shutdown(restart)
    return true
  }
  if (type === 'kernel_info_request' && (channel === 'control' || waiting.requests === 0)) {
    await answer(request, 'kernel_info_reply', kernelInfo)
    return true
  }
  if (type === 'connect_request') {
    const { shell_port, iopub_port, stdin_port, control_port, hb_port } = connection
    await answer(request, 'connect_reply', { status: 'ok', shell_port, iopub_port, stdin_port, control_port, hb_port })
    return true
  }
  return false
}

async function answer(request: number, type: string, content: object): Promise<void> {
  publish(request, 'status', { execution_state: 'busy' })
  await reply(request, type, content)
  publish(request, 'status', { execution_state: 'idle' })
}

async function reply(request: number, type: string, content: object | string, metadata: object = {}): Promise<void> {
  const asked = pending.get(request)
  if (!asked) return
  const parts: Parts = [
    json(header(type, asked.header)),
    json(asked.header),
    json(metadata),
    typeof content === 'string' ? Buffer.from(content) : json(content),
  ]
  await outboxes[asked.channel](encode(asked.identities, parts, key))
}

/** A client may go away before its answer: that is no failure of the kernel. */
function logUnsent(error: Error): void {
  log(`an answer could not be sent: ${error.message}`)
}

/** The reply to an input_request is for the one who asks now; the main thread knows who that is. */
async function receiveInput(): Promise<void> {
  for await (const frames of stdin) {
    const received = read(frames)
    if (received?.message.header.msg_type !== 'input_reply') continue
    const { value } = received.message.content
    tell({ kind: 'input_reply', value: typeof value === 'string' ? value : '' })
  }
}

function receiveFromMain(message: ToThread): void {
  switch (message.kind) {
    case 'publish':
    case 'forget':
      return publishing.enqueue(message)
    case 'text':
      return publishing.textReady()
    case 'reply':
      return void reply(message.request, message.type, message.content, message.metadata)
    case 'input_request':
      return void askInput(message.request, message.prompt, message.password)
    case 'done':
      return finished(message.request)
    case 'fence':
      return fence(message.fence)
    case 'interrupt':
      return interrupt()
    case 'close':
      return void publishing.flushed().then(close)
  }
}

async function askInput(request: number, prompt: string, password: boolean): Promise<void> {
  const asked = pending.get(request)
  if (!asked) return
  const parts: Parts = [json(header('input_request', asked.header)), json(asked.header), json({}), json({ prompt, password })]
  await outboxes.stdin(encode(asked.identities, parts, key))
}

function finished(request: number): void {
  waiting.requests--
  waiting.bytes -= pending.get(request)?.bytes ?? 0
  for (const resume of waiting.resume.splice(0)) resume()
}

/** Comes back when all that lay in the sockets at this moment has been told to main. */
function fence(fence: number): void {
  setImmediate(() => setImmediate(() => tell({ kind: 'fence', fence })))
}

/** Main ends in an orderly way if it can; a cell that spins is stopped first; at the deadline the process ends as it is. */
function shutdown(restart: boolean): void {
  tell({ kind: 'shutdown', restart })
  interrupt()
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), shutdownDeadline)
}

function close(): void {
  for (const socket of [shell, control, stdin, heartbeat, iopub]) socket.close()
  tell({ kind: 'closed' })
}

/** Not before the first cell has had its chance: a thread more costs some ms. Until then main hears the signal itself. */
function watchSigint(): void {
  const watch = new Worker(new URL('./sigint.ts', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 } })
  watch.on('message', interrupt)
  watch.on('error', error => log(`SIGINT is heard only while no cell spins: ${error.message}`))
  watch.unref()
}

/** A kernel whose front end is gone ends: https://jupyter-client.readthedocs.io/en/stable/kernels.html (JPY_PARENT_PID) */
function watchParent(): void {
  if (!process.env.JPY_PARENT_PID) return
  const parent = process.ppid
  // It may have died before this line.
  const gone = () => process.ppid !== parent || (parent === 1 && process.env.JPY_PARENT_PID !== '1')
  setInterval(() => {
    if (gone()) shutdown(false)
  }, 1000).unref()
}
