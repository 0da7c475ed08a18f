/** How long the lab, its helpers and the chapters take. */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunReport } from '../src/claims/report.ts'
import type { BridgeModel } from '../src/api/models.ts'
import { createNotebook } from '../src/index.ts'
import { startLab } from '../src/lab/choose.ts'
import { topology } from '../src/lab/topology.ts'
import { connectOutput } from '../src/output.ts'
import { median, percentile, type BenchResult } from './bench.ts'

const starts = 7
const runs = 7
const chapters = ['01-none', '02-host', '03-bridge', '04-container', '05-overlay', '06-macvlan', '07-ipvlan']

export default async function bench(progress: (text: string) => void): Promise<BenchResult> {
  const who = userInfo().uid === 0 ? 'root' : 'an ordinary user'
  progress(`starting ${starts} labs`)
  const up = await labStarts()
  progress('running containers')
  const containers = await containerStarts()
  progress(`running ${chapters.join(', ')}`)
  const book = await chapterRuns()
  return {
    title: `The lab, as ${who}`,
    rows: [
      row('lab up: from the call to both engines answering', 's', up.map(ms => ms / 1000)),
      row("a container with a helper: bridge.run('busybox')", 's', containers.helper.map(ms => ms / 1000)),
      row('the same with the docker command: docker run -d', 's', containers.command.map(ms => ms / 1000)),
      row('a command in it with a helper: bbox.run', 'ms', containers.helperExec),
      row('the same with the docker command: docker exec', 'ms', containers.commandExec),
      ...book.report.chapters.map(({ chapter, seconds }) => row(`chapter ${chapter}`, 's', [seconds])),
      row('wirebook run, these seven chapters, everything included', 's', [book.seconds]),
    ],
    notes: [`Docker ${book.report.engine}, ${book.report.backend} backend (chapter 7 in the microvm where the kernel has no IPvlan), ${starts} lab starts, ${runs} containers.`],
  }
}

function row(what: string, unit: string, sample: number[]): Record<string, string> {
  const figure = (value: number) => `${value.toFixed(unit === 'ms' ? 0 : 2)} ${unit}`
  return { 'what': what, 'median': figure(median(sample)), 'p95': sample.length > 1 ? figure(percentile(sample, 95)) : '' }
}

async function labStarts(): Promise<number[]> {
  const sample = []
  for (let i = 0; i < starts; i++) {
    const lab = await startLab(topology())
    sample.push(lab.startMs)
    await lab.stop()
  }
  return sample
}

async function containerStarts() {
  connectOutput(() => silent)
  const notebook = createNotebook()
  const bridge = notebook.globals.bridge as BridgeModel
  const sample = { helper: [] as number[], command: [] as number[], helperExec: [] as number[], commandExec: [] as number[] }
  try {
    await notebook.lab.start()
    const { A } = notebook.lab
    await (await bridge.run('busybox', { name: 'bench' })).remove() // brings the image in
    const docker = (...words: string[]) => A.run(['docker', ...words], { print: false })
    for (let i = 0; i < runs; i++) {
      const [helper, box] = await timed(() => bridge.run('busybox', { name: 'bench' }))
      const [helperExec] = await timed(() => box.run(['true'], { print: false }))
      await box.remove()
      const [command] = await timed(() => docker('run', '-d', '--rm', '--name', 'byhand', 'busybox', 'sleep', '1000'))
      const [commandExec] = await timed(() => docker('exec', 'byhand', 'true'))
      await docker('rm', '-f', 'byhand')
      sample.helper.push(helper)
      sample.helperExec.push(helperExec)
      sample.command.push(command)
      sample.commandExec.push(commandExec)
    }
    return sample
  } finally {
    await notebook.shutdown()
    connectOutput(() => undefined)
  }
}

const silent = {
  write: () => {},
  display: () => {},
  update: () => {},
  clear: () => {},
  ask: async () => '',
  signal: new AbortController().signal,
}

/** ms and the result. */
async function timed<T>(work: () => Promise<T>): Promise<[number, T]> {
  const began = performance.now()
  const result = await work()
  return [performance.now() - began, result]
}

async function chapterRuns(): Promise<{ seconds: number; report: RunReport }> {
  const folder = await mkdtemp(join(tmpdir(), 'wirebook-bench-'))
  const json = join(folder, 'report.json')
  const wirebook = fileURLToPath(new URL('../wirebook', import.meta.url))
  try {
    const [ms, status] = await timed(() => new Promise<number | null>((resolve, reject) => {
      spawn(wirebook, ['run', ...chapters, '--quiet', '--json', json, '--output', folder], { stdio: ['ignore', 'ignore', 'inherit'] })
        .once('error', reject).once('close', resolve)
    }))
    if (status !== 0) throw new Error(`wirebook run ${chapters.join(' ')} ended with status ${status}`)
    return { seconds: ms / 1000, report: JSON.parse(await readFile(json, 'utf8')) as RunReport }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
