/** The kernel's end of the compiler: starts its process, asks it, and starts it again should it die. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Answer, Reply, Request } from './protocol.ts'
import { discardSnapshot, hasSnapshot, snapshotPath, startBuildingSnapshot, type SnapshotKind } from './snapshot.ts'

export interface Compiler {
  /** Resolves when it has answered for the first time. */
  readonly ready: Promise<void>
  ask<K extends Request['kind']>(request: Extract<Request, { kind: K }>): Promise<Reply<K>>
  /** Gives up what it works on now, if that takes longer than this: another process takes over with the same cells. */
  giveUp(ms: number): void
  close(): Promise<void>
}

/** ms without a request after which the compiler may use the time for itself. */
const idleAfter = 400

interface Asked { request: Request; resolve(value: unknown): void; reject(error: Error): void }

export function startCompiler(globals: string | undefined, cwd: string): Compiler {
  /** Cells that ran, for a process that takes over. */
  const cells: { code: string; names: string[] }[] = []
  let code = ''
  let closed = false
  let quiet: NodeJS.Timeout | undefined
  /** Sent and not answered, oldest first. */
  let waiting: Asked[] = []
  let running: Running | undefined
  let kind: SnapshotKind = 'light'

  const begin = (): Running => {
    const process = launch(globals, kind, answered, ended)
    waiting.unshift(
      { request: { kind: 'enter', cwd, nodeTypesElsewhere: process.nodeTypesElsewhere }, resolve() {}, reject() {} },
      ...cells.length ? [{ request: { kind: 'restore', cells: [...cells] } satisfies Request, resolve() {}, reject() {} }] : [],
    )
    for (const { request } of waiting) process.send(request)
    return process
  }
  const answered = (process: Running, answer: Answer) => {
    if (process !== running) return
    process.answers = true
    if ('move' in answer) {
      kind = 'node'
      void process.close()
      dropBookkeeping()
      running = begin()
      return running.keepAlive(true)
    }
    const { resolve, reject } = waiting.shift()!
    if ('value' in answer) resolve(answer.value)
    else reject(new Error(`The TypeScript compiler failed: ${answer.failed}`))
    process.keepAlive(waiting.length > 0)
  }
  /** The request that it worked on is to blame; those behind it are asked again. */
  const ended = (process: Running, reason: string) => {
    if (process !== running) return
    running = undefined
    if (process.snapshot && !process.answers && !closed && reason !== 'SIGKILL') {
      // Node refuses a snapshot of another processor or a damaged one; without it the compiler only starts later.
      discardSnapshot(process.snapshot)
      dropBookkeeping()
      if (waiting.length) running = begin()
      running?.keepAlive(true)
      return
    }
    const first = waiting.shift()
    dropBookkeeping()
    first?.reject(new Error(`The TypeScript compiler's process ended: ${reason}.`))
    if (waiting.length && first && !['enter', 'restore'].includes(first.request.kind)) running = begin()
    else for (const { reject } of waiting.splice(0)) reject(new Error(`The TypeScript compiler's process ended: ${reason}.`))
  }
  /** What a new process is told in any case, or need not know. */
  const dropBookkeeping = () => {
    const bookkeeping = new Set(['enter', 'restore', 'link', 'rest'])
    for (const { request, resolve } of waiting) if (bookkeeping.has(request.kind)) resolve(null)
    waiting = waiting.filter(({ request }) => !bookkeeping.has(request.kind))
  }
  const ask = (request: Request) => new Promise<unknown>((resolve, reject) => {
    if (closed) return reject(new Error('The interpreter is disposed.'))
    running ??= begin()
    waiting.push({ request, resolve, reject })
    running.send(request)
    running.keepAlive(true)
  })
  const remember = (request: Request) => {
    if (request.kind === 'compile') code = request.code
    if (request.kind === 'link') cells.push({ code, names: request.names })
  }
  const ready = ask({ kind: 'rest' }).then(() => {})
  ready.catch(() => {})

  return {
    ready,
    ask(request) {
      remember(request)
      clearTimeout(quiet)
      quiet = setTimeout(() => { if (running) ask({ kind: 'rest' }).catch(() => {}) }, idleAfter).unref()
      return ask(request) as never
    },
    giveUp(ms) {
      const [current] = waiting
      if (!current) return
      const process = running
      setTimeout(() => { if (waiting[0] === current && process === running) process?.kill() }, ms)
    },
    async close() {
      closed = true
      clearTimeout(quiet)
      await running?.close()
    },
  }
}

interface Running {
  /** The snapshot that it was started from. */
  snapshot: string | undefined
  /** Whether it has answered anything. */
  answers: boolean
  /** Whether a process with Node's types could take over from this one. */
  nodeTypesElsewhere: boolean
  send(request: Request): void
  /** Whether Node should wait for its answers. */
  keepAlive(wanted: boolean): void
  kill(): void
  close(): Promise<void>
}

function launch(
  globals: string | undefined,
  kind: SnapshotKind,
  answered: (process: Running, answer: Answer) => void,
  ended: (process: Running, reason: string) => void,
): Running {
  const snapshot = snapshotPath(globals, kind)
  const prepared = hasSnapshot(snapshot)
  const program = prepared
    ? ['--snapshot-blob', snapshot]
    : ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'main.ts'), globals ?? '']
  const child = spawn(process.execPath, [...lean, ...program], options)
  // Whoever comes next starts fast.
  if (!prepared) startBuildingSnapshot(globals)
  const gone = new Promise<void>(resolve => child.once('close', () => resolve()))
  let received: Buffer = Buffer.alloc(0)

  const running: Running = {
    snapshot: prepared ? snapshot : undefined,
    answers: false,
    nodeTypesElsewhere: kind === 'light' && hasSnapshot(snapshotPath(globals, 'node')),
    send(request) {
      const body = Buffer.from(JSON.stringify(request), 'utf8')
      const head = Buffer.allocUnsafe(4)
      head.writeUInt32LE(body.length)
      child.stdin.write(Buffer.concat([head, body]))
    },
    keepAlive(wanted) {
      for (const end of [child.stdout, child.stdin] as unknown as { ref(): void; unref(): void }[]) {
        if (wanted) end.ref()
        else end.unref()
      }
    },
    kill: () => void child.kill('SIGKILL'),
    async close() {
      child.stdin.end()
      const late = setTimeout(() => child.kill('SIGKILL'), 1000)
      await gone
      clearTimeout(late)
    },
  }
  child.once('error', error => ended(running, error.message))
  child.once('exit', (status, signal) => ended(running, signal ?? `exit status ${status}`))
  child.stdin.on('error', () => {}) // its end is told by 'exit'
  child.stdout.on('data', (chunk: Buffer) => {
    received = received.length ? Buffer.concat([received, chunk]) : chunk
    while (received.length >= 4) {
      const length = received.readUInt32LE()
      if (received.length < 4 + length) break
      const answer = JSON.parse(received.toString('utf8', 4, 4 + length)) as Answer
      received = received.subarray(4 + length)
      answered(running, answer)
    }
  })
  child.unref()
  running.keepAlive(false)
  return running
}

const options = {
  stdio: ['pipe', 'pipe', 'inherit'] as ['pipe', 'pipe', 'inherit'],
  env: {
    ...process.env, NODE_OPTIONS: '',
    // Large buffers, such as the one that the snapshot file is read into, go back to the system when freed. mallopt(3)
    MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072',
  },
}
/** Small rather than fast at peak: a cell is short work, and a second process is memory. Only code is optimised aside. */
const lean = ['--single-threaded-gc', '--max-semi-space-size=1', '--expose-gc']
