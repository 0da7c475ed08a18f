/** A Jupyter client for tests: real sockets, real signatures, every wait with a deadline. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Dealer, Request as RequestSocket, Subscriber } from 'zeromq'
import { decode, encode } from '../../kernel/wire/framing.ts'
import type { Parts } from '../../kernel/wire/framing.ts'
import type { Connection } from '../../kernel/wire/connection.ts'
import type { Message } from '../../kernel/wire/messages.ts'

const repository = new URL('../../', import.meta.url).pathname

// The content is read as the protocol has it; a test asserts each field that it reads.
export type Received = Omit<Message, 'content'> & { content: any; topic: string }

export interface KernelOptions {
  transport?: 'tcp' | 'ipc'
  key?: string
  env?: Record<string, string>
  /** The command; `{connection_file}` is filled in, and added where it is missing. */
  command?: string[]
  /** Whether to read what is broadcast. Default true; a measurement may want to read it by itself. */
  listen?: boolean
  cwd?: string
  /** ms until it must have answered. Default 60 s, for machines that do much else. */
  startTimeout?: number
}

export interface Finished {
  reply: Received
  /** What came on iopub for this request, in order, the two statuses included. */
  iopub: Received[]
  /** Joined text of a stream. */
  text(stream?: 'stdout' | 'stderr'): string
  of(type: string): Received[]
}

export interface Client {
  readonly connection: Connection
  readonly process: ChildProcess
  /** ms from its start to its first answer. */
  startMs: number
  readonly exited: Promise<number | null>
  readonly stderr: () => string
  /** Sends a request and gives its message id. */
  send(channel: 'shell' | 'control', type: string, content?: object, options?: { metadata?: object; buffers?: Uint8Array[] }): Promise<string>
  /** Sends frames as they are. */
  sendRaw(channel: 'shell' | 'control' | 'stdin', frames: (Buffer | string | Uint8Array)[]): Promise<void>
  reply(id: string, timeout?: number): Promise<Received>
  /** The first broadcast, past or to come, that fits. */
  broadcast(fits: (message: Received) => boolean, what: string, timeout?: number): Promise<Received>
  /** Waits for the reply and for idle. */
  finish(id: string, timeout?: number): Promise<Finished>
  execute(code: string, options?: object, timeout?: number): Promise<Finished>
  request(type: string, content?: object, channel?: 'shell' | 'control', timeout?: number): Promise<Received>
  inputRequest(timeout?: number): Promise<Received>
  answer(request: Received, value: string): Promise<void>
  interrupt(): Promise<Received>
  heartbeat(timeout?: number): Promise<void>
  readonly broadcasts: Received[]
  sign(type: string, content: object, header?: object): (Buffer | string | Uint8Array)[]
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts a kernel and connects to it. */
export async function startKernel(options: KernelOptions = {}): Promise<Client> {
  const { transport = 'tcp', key = crypto.randomUUID(), env = {}, cwd } = options
  const folder = mkdtempSync(join(tmpdir(), 'wirebook-kernel-'))
  const ports = transport === 'tcp' ? await freePorts(5) : [1, 2, 3, 4, 5]
  const [shell_port = 0, iopub_port = 0, stdin_port = 0, control_port = 0, hb_port = 0] = ports
  const ip = transport === 'tcp' ? '127.0.0.1' : join(folder, 'kernel')
  const connection: Connection = { transport, ip, key, shell_port, iopub_port, stdin_port, control_port, hb_port }
  const file = join(folder, 'connection.json')
  writeFileSync(file, JSON.stringify({ ...connection, signature_scheme: 'hmac-sha256', kernel_name: 'wirebook' }), { mode: 0o600 })
  const command = options.command ?? [process.execPath, '--no-force-async-hooks-checks', '--disable-warning=ExperimentalWarning', join(repository, 'kernel/main.ts')]
  const words = command.map(word => word.replace('{connection_file}', file))
  if (!command.some(word => word.includes('{connection_file}'))) words.push(file)
  const start = performance.now()
  const child = spawn(words[0] as string, words.slice(1), {
    env: { ...process.env, JPY_PARENT_PID: String(process.pid), WIREBOOK_PRELUDE: 'none', WIREBOOK_HISTORY: 'none', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd && { cwd }),
  })
  let log = ''
  child.stderr?.on('data', data => log += String(data))
  child.stdout?.on('data', data => log += String(data))
  const exited = new Promise<number | null>(resolve => child.once('exit', resolve))
  const client = connect(connection, child, exited, () => log, () => rmSync(folder, { recursive: true, force: true }), options.listen)
  try {
    await answered(client, options.startTimeout)
    client.startMs = performance.now() - start
    if (options.listen !== false) await subscribed(client)
  } catch (error) {
    await client.stop()
    throw new Error(`the kernel did not answer; it wrote: ${log}`, { cause: error })
  }
  return client
}

/** As jupyter_client does, asks again: a kernel that has only some of its sockets may lose the first question. */
async function answered(client: Client, timeout = 60_000): Promise<void> {
  const end = performance.now() + timeout
  for (;;) {
    const failure = await client.request('kernel_info_request', {}, 'shell', 500).then(() => undefined, (error: unknown) => error)
    if (!failure) return
    if (performance.now() > end || client.process.exitCode !== null) throw failure
  }
}

/** A kernel that does not welcome its subscribers is asked until one of its answers has come through iopub too. */
async function subscribed(client: Client): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const heard = client.broadcast(() => true, 'broadcast', 100).then(() => true, () => false)
    if (await heard) return
    await client.request('kernel_info_request')
  }
  throw new Error('nothing was broadcast')
}

function connect(
  connection: Connection, child: ChildProcess, exited: Promise<number | null>, stderr: () => string, clean: () => void, listen = true,
): Client {
  const { key } = connection
  const session = crypto.randomUUID()
  const at = (port: number) => connection.transport === 'tcp' ? `tcp://${connection.ip}:${port}` : `ipc://${connection.ip}-${port}`
  const options = { routingId: session, linger: 0, reconnectInterval: 5 }
  const sockets = {
    shell: new Dealer(options),
    control: new Dealer(options),
    stdin: new Dealer(options),
  }
  const iopub = new Subscriber({ linger: 0, reconnectInterval: 5, receiveHighWaterMark: 100_000 })
  const replies: Received[] = []
  const inputs: Received[] = []
  const broadcasts: Received[] = []
  const waiting = new Set<() => void>()
  let stopped = false
  let turned = 0

  sockets.shell.connect(at(connection.shell_port))
  sockets.control.connect(at(connection.control_port))
  sockets.stdin.connect(at(connection.stdin_port))
  if (listen) {
    iopub.connect(at(connection.iopub_port))
    iopub.subscribe()
  }

  const collect = async (socket: AsyncIterable<Buffer[]>, into: Received[]) => {
    try {
      for await (const frames of socket) {
        const { identities, message } = decode(frames, key)
        into.push({ ...message, topic: String(identities[0] ?? '') })
        for (const look of [...waiting]) look()
        // A flood of messages that are there already would keep everything else from its turn.
        if (performance.now() - turned > 5) {
          await new Promise(setImmediate)
          turned = performance.now()
        }
      }
    } catch (error) {
      if (!stopped) throw error
    }
  }
  void collect(sockets.shell, replies)
  void collect(sockets.control, replies)
  void collect(sockets.stdin, inputs)
  if (listen) void collect(iopub, broadcasts)

  const until = <Value>(find: () => Value | undefined, what: string, timeout = 30_000): Promise<Value> => new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      waiting.delete(look)
      reject(new Error(`no ${what} within ${timeout} ms; the kernel wrote: ${stderr()}; last broadcasts: ${broadcasts.slice(-5).map(message => `${message.header.msg_type} ${JSON.stringify(message.content).slice(0, 200)}`).join('; ')}`))
    }, timeout)
    const look = () => {
      const value = find()
      if (value === undefined) return
      clearTimeout(timer)
      waiting.delete(look)
      resolve(value)
    }
    waiting.add(look)
    look()
  })

  const parentId = (message: Received) => (message.parent_header as { msg_id?: string }).msg_id
  const header = (type: string) => ({
    msg_id: crypto.randomUUID(), session, username: 'test', date: new Date().toISOString(), msg_type: type, version: '5.4',
  })
  const json = (value: unknown) => Buffer.from(JSON.stringify(value))

  const client: Client = {
    connection,
    process: child,
    exited,
    stderr,
    broadcasts,
    startMs: 0,
    sign: (type, content, extra = {}) => encode([], [json({ ...header(type), ...extra }), json({}), json({}), json(content)] as Parts, key),
    async send(channel, type, content = {}, { metadata = {}, buffers = [] } = {}) {
      const head = header(type)
      await sockets[channel].send(encode([], [json(head), json({}), json(metadata), json(content)], key, buffers))
      return head.msg_id
    },
    sendRaw: (channel, frames) => sockets[channel].send(frames),
    reply: (id, timeout) => until(() => replies.find(message => parentId(message) === id), `reply to ${id}`, timeout),
    broadcast(fits, what, timeout) {
      let seen = 0
      return until(() => {
        while (seen < broadcasts.length) {
          const message = broadcasts[seen++] as Received
          if (fits(message)) return message
        }
        return undefined
      }, what, timeout)
    },
    async finish(id, timeout) {
      const reply = await client.reply(id, timeout)
      await client.broadcast(message => parentId(message) === id && message.content.execution_state === 'idle', 'idle', timeout)
      const iopub = broadcasts.filter(message => parentId(message) === id)
      const of = (type: string) => iopub.filter(message => message.header.msg_type === type)
      return { reply, iopub, of, text: (stream = 'stdout') => of('stream').filter(message => message.content.name === stream).map(message => message.content.text).join('') }
    },
    execute: async (code, options = {}, timeout) =>
      client.finish(await client.send('shell', 'execute_request', { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: true, stop_on_error: true, ...options }), timeout),
    request: async (type, content = {}, channel = 'shell', timeout) => client.reply(await client.send(channel, type, content), timeout),
    inputRequest: timeout => until(() => inputs.shift(), 'input_request', timeout),
    async answer(request, value) {
      await sockets.stdin.send(encode([], [json(header('input_reply')), json(request.header), json({}), json({ value })], key))
    },
    interrupt: () => client.request('interrupt_request', {}, 'control'),
    async heartbeat(timeout = 2000) {
      const socket = new RequestSocket({ linger: 0, receiveTimeout: timeout, sendTimeout: timeout })
      socket.connect(at(connection.hb_port))
      try {
        await socket.send('ping')
        await socket.receive()
      } finally {
        socket.close()
      }
    },
    async stop() {
      stopped = true
      if (child.exitCode === null && child.signalCode === null) {
        await sockets.control.send(client.sign('shutdown_request', { restart: false })).catch(() => {})
        const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
        await exited
        clearTimeout(timer)
      }
      for (const socket of [...Object.values(sockets), iopub]) socket.close()
      clean()
    },
    [Symbol.asyncDispose]: () => client.stop(),
  }
  return client
}

/** Ports that nobody listens on at this moment. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => resolve(server))
  })))
  const ports = servers.map(server => (server.address() as { port: number }).port)
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return ports
}
