import { spawnSync } from 'node:child_process'
import { topology as makeTopology, topologyNames } from '../lab/topology.ts'
import type { RunningLab } from '../lab/backend.ts'
import { backendName, oneOf, readArguments, wholeNumber } from './arguments.ts'
import { UsageError } from './failure.ts'
import { whileRunning } from './signals.ts'

const options = {
  backend: { type: 'string' },
  topology: { type: 'string', default: 'tutorial' },
  hosts: { type: 'string' },
} as const

/** `wirebook shell`: a lab of one's own and a shell on one of its machines; both end together. */
export default async function shell(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options, { atMost: 1 })
  const backend = backendName(values.backend)
  const hosts = values.hosts === undefined ? undefined : wholeNumber('--hosts', values.hosts, { min: 1, max: 250 })
  const topology = makeTopology({ name: oneOf('--topology', values.topology, topologyNames), hosts })
  const names = topology.machines.map(({ name }) => name)
  const machine = names.find(name => name.toLowerCase() === (positionals[0] ?? 'A').toLowerCase())
  if (machine === undefined) throw new UsageError(`there is no machine "${positionals[0]}": the lab has ${names.join(', ')}`)

  let status = 0
  const interrupted = await whileRunning(async signal => {
    const { startLab } = await import('../lab/choose.ts')
    const lab = await startLab(topology, { backend, signal, progress: text => process.stderr.write(`${text}\n`) })
    try {
      const { preload } = await import('../lab/images/preload.ts')
      const images = preload(lab).catch((error: Error) => process.stderr.write(`wirebook: ${error.message}\n`))
      process.stderr.write(`lab up in ${(lab.startMs / 1000).toFixed(2)} s (${lab.backend}, Docker ${lab.engine}): ${
        topology.machines.map(({ name, address }) => `${name} ${address.split('/')[0]}`).join(', ')
      }\n${lab.note ? `${lab.note}\n` : ''}This is ${machine}. The lab ends with this shell.\n`)
      await images
      void lab.ended.then(reason => process.stderr.write(`\r\nthe lab ended: ${reason}\r\n`))
      status = await (process.stdin.isTTY ? attach(lab, machine, signal) : feed(lab, machine, signal))
    } finally {
      await lab.stop()
    }
  })
  return interrupted ? 130 : status
}

/** Joins this process's terminal to a shell in the lab until that ends; its exit status. */
async function attach(lab: RunningLab, machine: string, signal: AbortSignal): Promise<number> {
  const { stdin, stdout } = process
  const terminal = lab.terminal(machine, ['bash', '-i'], { ...windowSize(), env: { TERM: process.env.TERM ?? 'xterm' } })
  const end = () => terminal.kill('SIGHUP')
  const resize = () => terminal.resize(windowSize().columns, windowSize().rows)
  const type = (text: string) => terminal.write(text)
  signal.addEventListener('abort', end, { once: true })
  terminal.onData(text => stdout.write(text))
  stdin.setRawMode(true)
  // Node's raw mode still turns a line feed into a new line on output, which the inner terminal has done already.
  spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] })
  stdin.setEncoding('utf8').on('data', type)
  stdout.on('resize', resize)
  try {
    return await terminal.exit
  } finally {
    signal.removeEventListener('abort', end)
    stdout.off('resize', resize)
    stdin.off('data', type).pause()
    stdin.setRawMode(false)
  }
}

/** Without a terminal: a shell that reads its commands from standard input. */
async function feed(lab: RunningLab, machine: string, signal: AbortSignal): Promise<number> {
  const shell = lab.exec(machine, ['bash'])
  const end = () => shell.kill('SIGTERM')
  signal.addEventListener('abort', end, { once: true })
  process.stdin.pipe(shell.stdin)
  shell.stdin.on('error', () => {}) // a shell that has ended reads no more
  shell.stdout.pipe(process.stdout, { end: false })
  shell.stderr.pipe(process.stderr, { end: false })
  try {
    return await shell.exit
  } finally {
    signal.removeEventListener('abort', end)
    process.stdin.unpipe(shell.stdin).pause()
  }
}

function windowSize(): { columns: number; rows: number } {
  return { columns: process.stdout.columns || 100, rows: process.stdout.rows || 30 }
}
