import type { NetworkNode } from '../api/lab.ts'
import { WirebookError } from '../error.ts'
import type { LabProcess } from '../lab/backend.ts'
import { output } from '../output.ts'
import { deadline } from './deadline.ts'
import { follow } from './follow.ts'
import { parseIperf3, type Iperf3Result } from './parse/iperf3.ts'
import { spawnInNetwork } from './spawn.ts'
import { targetOf } from './target.ts'

const firstPort = 5201
const ports = 20
/** Seconds for the server to listen, and for what the client adds to the measurement. */
const patience = 15

export interface MeasurementOptions { seconds?: number; address?: string; print?: boolean }

/** Runs an iperf3 server in one node's network and a client in another's, once, on a port that is free. */
export async function iperf3(from: NetworkNode, to: NetworkNode, what: string, clientWords: string[], options: MeasurementOptions): Promise<Iperf3Result> {
  const { seconds = 2, address, print = true } = options
  // iperf3 cuts a fraction off, and takes 0 for "without end".
  if (!(Number.isInteger(seconds) && seconds >= 1 && seconds <= 600)) throw new WirebookError(`${what}: seconds must be a whole number from 1 to 600, not ${seconds}.`)
  const target = targetOf(address ?? to, what)
  const { server, port } = await listen(to, what)
  const { signal } = output()
  const end = () => server.kill('SIGKILL')
  signal.addEventListener('abort', end, { once: true })
  try {
    if (print) output().write(`iperf3 from ${from.name} to ${to.name} (${target.address}), ${seconds} s …\n`)
    const client = await spawnInNetwork(from, ['iperf3', '-c', target.address, '-p', String(port), '-t', String(seconds), '-J', '--connect-timeout', '5000', ...clientWords])
    const { stdout, stderr, exitCode } = await follow(client, { limit: seconds + patience, what: `iperf3 from ${from.name} to ${to.name}` })
    if (stdout.length === 0) throw new WirebookError(`iperf3 on ${from.name} ended with exit status ${exitCode}: ${stderr.trim() || 'it printed nothing'}`)
    return parseIperf3(stdout.toString())
  } catch (error) {
    throw error instanceof WirebookError && /unable to connect|Connection (refused|timed out)|No route|unreachable|timeout/i.test(error.message)
      ? new WirebookError(`${what}: ${from.name} does not reach ${to.name} at ${target.address}: ${error.message}`, { remedy: 'Check with ping(from, to) first, or give the address to use: { address }.', cause: error })
      : error
  } finally {
    signal.removeEventListener('abort', end)
    server.kill('SIGKILL')
    await Promise.race([server.exit.catch(() => {}), deadline(patience)])
  }
}

async function listen(to: NetworkNode, what: string): Promise<{ server: LabProcess; port: number }> {
  let said = ''
  for (let port = firstPort; port < firstPort + ports; port++) {
    const server = await spawnInNetwork(to, ['iperf3', '-s', '-1', '-p', String(port), '--forceflush'])
    said = ''
    const listening = new Promise<boolean>(resolve => {
      const read = (chunk: Buffer) => {
        said += chunk.toString()
        if (/Server listening on/.test(said)) resolve(true)
      }
      server.stdout.on('data', read)
      server.stderr.on('data', read)
      server.exit.then(() => resolve(false), () => resolve(false))
    })
    server.stdin.on('error', () => {}) // it reads none
    server.stdin.end()
    const outcome = await Promise.race([listening, deadline(patience).then(() => 'late' as const)])
    if (outcome === true) return { server, port }
    server.kill('SIGKILL')
    if (outcome === 'late') throw new WirebookError(`${what}: iperf3 on ${to.name} did not listen within ${patience} s. It printed: ${said.trim()}`)
    if (!/in use/i.test(said)) break
  }
  if (/not found|No such file/i.test(said)) throw new WirebookError(`The machine of ${to.name} has no iperf3.`, { remedy: 'Install the package iperf3; `./wirebook doctor` says how.' })
  throw new WirebookError(`${what}: iperf3 cannot listen on ${to.name}: ${said.trim() || 'it printed nothing'}`)
}
