/** The kernel beside tslab and Deno's kernel, the same cells through the same client, one after the other. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Subscriber } from 'zeromq'
import { address } from '../kernel/wire/connection.ts'
import { kernelSpec } from '../kernel/spec.ts'
import { startKernel } from '../test/kernel/client.ts'
import type { Client, KernelOptions } from '../test/kernel/client.ts'
import { markdown, median, percentile } from './bench.ts'
import type { Bench } from './bench.ts'

const starts = 7
const warmCells = 100
const streamed = 100_000_000
/** ms without a byte after which no more is expected. */
const quiet = 5_000

interface Peer { name: string; options: KernelOptions; helper?: string }

/** ms, bytes and bytes a second as they were measured; undefined where a kernel cannot do it. */
interface Measured {
  start: number
  firstCell: number
  warm: number
  warm95: number
  helper: number | undefined
  stream: number | undefined
  streamMemory: number | undefined
  lines: number | undefined
  memory: number
  resident: number
}

const root = fileURLToPath(new URL('../', import.meta.url))

const bench: Bench = async progress => {
  const results: Record<string, Measured> = {}
  for (const peer of peers()) {
    results[peer.name] = await measure(peer, text => progress(`${peer.name}: ${text}`))
    progress(`${peer.name}: ${JSON.stringify(results[peer.name])}`)
  }
  const row = (measure: string, target: string, show: (result: Measured) => string) =>
    ({ measure, target, ...Object.fromEntries(Object.entries(results).map(([name, result]) => [name, show(result)])) })
  return {
    title: 'Kernel',
    rows: [
      row('start to kernel_info_reply, median', '≤ 0.15 s', ({ start }) => seconds(start)),
      row('start to first cell done, median', '≤ 0.5 s', ({ firstCell }) => seconds(firstCell)),
      row('warm cell, median / p95', '≤ 5 / 15 ms', ({ warm, warm95 }) => `${warm.toFixed(1)} / ${warm95.toFixed(1)} ms`),
      row('first cell that uses a helper (lab not up yet)', '≤ 1.0 s', ({ helper }) => helper === undefined ? '–' : seconds(helper)),
      row('100 MB by console.log, 1 MB each', '≥ 100 MB/s', ({ stream }) => rate(stream)),
      row('the same in lines of 100 bytes', '', ({ lines }) => rate(lines)),
      row('memory that the stream adds at most', 'bounded', ({ streamMemory }) => megabytes(streamMemory)),
      row('memory after 100 cells, all processes (PSS)', '≤ 150 MB', ({ memory }) => megabytes(memory)),
      row('the same with shared pages counted in each (RSS)', '', ({ resident }) => megabytes(resident)),
    ],
    notes: [
      `${starts} starts, ${warmCells} warm cells. Wirebook and tslab check types, Deno does not.`,
    ],
  }
}

export default bench

function peers(): Peer[] {
  const deno = readdirSync(join(root, 'node_modules/@deno'), { withFileTypes: true })
    .map(folder => join(root, 'node_modules/@deno', folder.name, 'deno')).find(existsSync)
  return [
    { name: 'Wirebook', options: { command: kernelSpec().argv, env: wirebookEnvironment() }, helper: 'await lab.A.links()' },
    { name: 'tslab', options: { command: [process.execPath, join(root, 'node_modules/tslab/bin/tslab'), 'kernel', '--config-path={connection_file}'] } },
    ...deno ? [{ name: 'Deno', options: { command: [deno, 'jupyter', '--kernel', '--conn', '{connection_file}'] } }] : [],
  ]
}

/** As the kernelspec has it: with the lab's names. */
function wirebookEnvironment(): Record<string, string> {
  const cache = kernelSpec().env.NODE_COMPILE_CACHE ?? ''
  return { WIREBOOK_PRELUDE: '', NODE_COMPILE_CACHE: cache.replace('${HOME}', process.env.HOME ?? '') }
}

async function measure({ options, helper }: Peer, progress: (text: string) => void): Promise<Measured> {
  progress('starts')
  await (await startKernel(options)).stop() // fills the caches that any second start has
  const startTimes: number[] = []
  const firstCells: number[] = []
  for (let i = 0; i < starts; i++) {
    const kernel = await startKernel({ ...options, listen: false })
    startTimes.push(kernel.startMs)
    await kernel.stop()
    firstCells.push(await firstCell(options))
  }

  progress('warm cells')
  const kernel = await startKernel(options)
  const warm: number[] = []
  for (let i = 0; i < warmCells + 10; i++) {
    const begin = performance.now()
    await kernel.execute(`const value${i}: number = ${i}\nvalue${i} + 1`, {}, 30_000)
    if (i >= 10) warm.push(performance.now() - begin)
  }
  const memory = memoryOf(kernel.process.pid as number)
  const resident = memoryOf(kernel.process.pid as number, 'Rss')
  await kernel.stop()

  return {
    start: median(startTimes),
    firstCell: median(firstCells),
    warm: median(warm),
    warm95: percentile(warm, 95),
    memory,
    resident,
    helper: helper === undefined ? undefined : await helperCell(options, helper, progress),
    ...await streams(options, progress),
  }
}

/** ms from the start of the process to the first cell's idle. */
async function firstCell(options: KernelOptions): Promise<number> {
  const begin = performance.now()
  await using kernel = await startKernel(options)
  const done = await kernel.execute('const first: number = 1\nfirst + 1', {}, 30_000)
  if (done.reply.content.status !== 'ok') throw new Error(`the first cell failed: ${JSON.stringify(done.reply.content)}`)
  return performance.now() - begin
}

async function helperCell(options: KernelOptions, code: string, progress: (text: string) => void): Promise<number | undefined> {
  progress('first helper')
  await using kernel = await startKernel(options)
  await kernel.execute('1', {}, 30_000)
  const begin = performance.now()
  const done = await kernel.execute(code, {}, 60_000)
  if (done.reply.content.status === 'ok') return performance.now() - begin
  progress(`the helper's cell failed: ${done.reply.content.evalue}`)
  return undefined
}

async function streams(options: KernelOptions, progress: (text: string) => void): Promise<Pick<Measured, 'stream' | 'lines' | 'streamMemory'>> {
  progress('100 MB in pieces')
  const pieces = await stream(options, 'const piece = "x".repeat(999_999); for (let i = 0; i < 100; i++) console.log(piece)')
  progress('100 MB in lines')
  const lines = await stream(options, 'const text = "x".repeat(99); for (let i = 0; i < 1_000_000; i++) console.log(text)')
  return { stream: pieces?.rate, lines: lines?.rate, streamMemory: pieces?.memory }
}

/** Bytes a second from the request to the last byte at a subscriber that does nothing but count, and the memory added. */
async function stream(options: KernelOptions, code: string): Promise<{ rate: number; memory: number } | undefined> {
  await using kernel = await startKernel({ ...options, listen: false })
  const counter = countBytes(kernel, streamed)
  try {
    const run = async (text: string) => kernel.reply(await kernel.send('shell', 'execute_request', { code: text }), 30_000)
    await run('0')
    const pid = kernel.process.pid as number
    const before = memoryOf(pid)
    let most = before
    const watch = setInterval(() => most = Math.max(most, memoryOf(pid)), 50)
    const begin = performance.now()
    const reply = await run(code).catch(() => undefined)
    const end = reply?.content.status === 'ok' ? await counter.done : undefined
    clearInterval(watch)
    return end === undefined ? undefined : { rate: streamed / ((end - begin) / 1000), memory: most - before }
  } finally {
    counter.close()
  }
}

/** Resolves with the time at which so many bytes of stream text have come; undefined when they stop coming before. */
function countBytes(kernel: Client, bytes: number): { done: Promise<number | undefined>; close(): void } {
  const socket = new Subscriber({ linger: 0, reconnectInterval: 5, receiveHighWaterMark: 100_000 })
  socket.connect(address(kernel.connection, 'iopub_port'))
  socket.subscribe()
  let closed = false
  const done = new Promise<number | undefined>((resolve, reject) => {
    let count = 0
    let timer = setTimeout(resolve, 40_000, undefined)
    const read = async () => {
      for await (const frames of socket) {
        const content = frames.at(-1)
        if (!content?.subarray(0, 40).includes('"stdout"') && !content?.subarray(-40).includes('"stdout"')) continue
        count += content.length
        clearTimeout(timer)
        if (count >= bytes) return resolve(performance.now())
        timer = setTimeout(resolve, quiet, undefined)
      }
    }
    read().catch(error => { if (!closed) reject(error) })
  })
  return {
    done,
    close() {
      closed = true
      socket.close()
    },
  }
}

/** Bytes of a process and its descendants; shared pages count in proportion (Pss), or fully in each (Rss): proc_pid_smaps(5). */
function memoryOf(pid: number, kind: 'Pss' | 'Rss' = 'Pss'): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  const kilobytes = Number(new RegExp(`^${kind}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1])
  return kilobytes * 1024 + children.reduce((sum, child) => sum + memoryOf(child, kind), 0)
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`
const megabytes = (bytes: number | undefined) => bytes === undefined ? '–' : `${Math.round(bytes / 1e6)} MB`
const rate = (bytes: number | undefined) => bytes === undefined ? 'not all came' : `${Math.round(bytes / 1e6)} MB/s`

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const result = await bench(text => process.stderr.write(`  … ${text}\n`))
  process.stdout.write(process.argv.includes('--json') ? `${JSON.stringify(result, null, 2)}\n` : `${markdown(result)}\n`)
}
