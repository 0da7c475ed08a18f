/** The kernel's end of the compiler: starts its process, asks it, and starts it again should it die. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Reply, Request } from './protocol.ts'
import { snapshotPath, startBuildingSnapshot } from './snapshot.ts'

export interface Compiler {
  /** Resolves when it has answered for the first time. */
  readonly ready: Promise<void>
  ask<K extends Request['kind']>(request: Extract<Request, { kind: K }>): Promise<Reply<K>>
  /** Ends the process at once and starts another with the same cells: for a request that takes too long. */
  restart(): void
  /** Process id, for measurements. */
  readonly pid: number | undefined
  close(): Promise<void>
}

/** One that starts when a request comes, once more after each death, with the cells that it had. */
export function startCompiler(globals: string | undefined, cwd: string): Compiler {
  const linked: { code: string; names: string[] }[] = []
  let code = ''
  let closed = false
  let quiet: NodeJS.Timeout | undefined
  let process = launch(globals)
  const begin = () => {
    const entered = process.ask({ kind: 'enter', cwd })
    if (linked.length) void process.ask({ kind: 'restore', cells: linked }).catch(() => {})
    return entered
  }
  const remember = (request: Request) => {
    if (request.kind === 'compile') code = request.code
    if (request.kind === 'link') linked.push({ code, names: request.names })
  }
  const ready = begin().then(() => {})
  ready.catch(() => {})

  return {
    ready,
    get pid() { return process.child.pid },
    async ask(request) {
      if (closed) throw new Error('The interpreter is disposed.')
      if (process.ended()) {
        process = launch(globals)
        begin().catch(() => {})
      }
      remember(request)
      clearTimeout(quiet)
      quiet = setTimeout(() => { if (!process.ended()) process.ask({ kind: 'rest' }).catch(() => {}) }, idleAfter)
      quiet.unref()
      return process.ask(request) as never
    },
    restart() {
      process.child.kill('SIGKILL')
      process = launch(globals)
      begin().catch(() => {})
    },
    async close() {
      closed = true
      clearTimeout(quiet)
      await process.close()
    },
  }
}

/** ms without a request after which the compiler may use the time for itself. */
const idleAfter = 400

interface Running {
  child: ChildProcess
  ask(request: Request): Promise<unknown>
  ended(): boolean
  close(): Promise<void>
}

function launch(globals: string | undefined): Running {
  const snapshot = snapshotPath(globals)
  const found = existsSync(snapshot)
  const child = found
    ? spawn(process.execPath, [...lean, '--snapshot-blob', snapshot], options)
    : spawn(process.execPath, [...lean, '--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'main.ts'), globals ?? ''], options)
  const waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = []
  const exited = new Promise<void>(resolve => child.once('close', () => resolve()))
  let ended = false
  let received: Buffer = Buffer.alloc(0)
  const fail = (reason: string) => {
    ended = true
    for (const { reject } of waiting.splice(0)) reject(new Error(`The TypeScript compiler's process ended: ${reason}.`))
  }
  child.once('error', error => fail(error.message))
  child.once('exit', (status, signal) => fail(signal ?? `exit status ${status}`))
  child.stdin!.on('error', () => {})
  child.stdout!.on('data', (chunk: Buffer) => {
    received = received.length ? Buffer.concat([received, chunk]) : chunk
    while (received.length >= 4) {
      const length = received.readUInt32LE()
      if (received.length < 4 + length) break
      const reply = JSON.parse(received.toString('utf8', 4, 4 + length)) as { value?: unknown; failed?: string }
      received = received.subarray(4 + length)
      const { resolve, reject } = waiting.shift()!
      if (reply.failed === undefined) resolve(reply.value)
      else reject(new Error(`The TypeScript compiler failed: ${reply.failed}`))
    }
    keepAlive(child, waiting.length > 0)
  })
  child.unref()
  keepAlive(child, false)
  // Whoever comes next starts fast.
  if (!found) startBuildingSnapshot(globals)

  return {
    child,
    ended: () => ended,
    ask: request => new Promise((resolve, reject) => {
      if (ended) return reject(new Error("The TypeScript compiler's process has ended."))
      waiting.push({ resolve, reject })
      keepAlive(child, true)
      const body = Buffer.from(JSON.stringify(request), 'utf8')
      const head = Buffer.allocUnsafe(4)
      head.writeUInt32LE(body.length)
      child.stdin!.write(Buffer.concat([head, body]))
    }),
    async close() {
      child.stdin!.end()
      const late = setTimeout(() => child.kill('SIGKILL'), 1000)
      await exited
      clearTimeout(late)
    },
  }
}

const options = {
  stdio: ['pipe', 'pipe', 'inherit'] as ['pipe', 'pipe', 'inherit'],
  env: {
    ...process.env, NODE_OPTIONS: '',
    // Large buffers, such as the one that the snapshot file is read into, go back to the system when freed. mallopt(3)
    MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072',
  },
}
/** Small rather than fast at peak: a cell is short work, and a second process is memory. */
const lean = ['--single-threaded', '--max-semi-space-size=1', '--expose-gc']

/** A compiler that nobody waits for does not keep the kernel from ending. */
function keepAlive(child: ChildProcess, wanted: boolean): void {
  const pipe = child.stdout as unknown as { ref(): void; unref(): void }
  const input = child.stdin as unknown as { ref(): void; unref(): void }
  for (const end of [pipe, input]) {
    if (wanted) end.ref()
    else end.unref()
  }
}
