import type { NetworkNode } from '../api/lab.ts'
import type { PathMtu } from '../api/measure.ts'
import { WirebookError } from '../error.ts'
import { interruption } from '../lab/collect.ts'
import { output } from '../output.ts'
import { printed } from '../printed.ts'
import { follow } from './follow.ts'
import { searchCommand } from './probe.ts'
import { spawnInNetwork } from './spawn.ts'
import { targetOf } from './target.ts'

/** IPv4 header without options and ICMP header, bytes. */
const headers = 20 + 8
/** The largest IPv4 packet: its length field has 16 bits. */
const largest = 65_535

/**
 * Finds the largest IP packet that goes unfragmented from a node to another: echo requests with DF, by binary search.
 * `max` is the largest packet that is tried, bytes. Throws when the target does not answer at all.
 */
export async function pathMtu(from: NetworkNode, to: NetworkNode | string, options: { max?: number; print?: boolean } = {}): Promise<PathMtu> {
  const { max = largest, print = true } = options
  if (!(Number.isInteger(max) && max > headers && max <= largest)) {
    throw new WirebookError(`pathMtu: max must be a whole number of bytes from ${headers + 1} to ${largest}, not ${max}.`)
  }
  const target = targetOf(to, 'pathMtu')
  if (!target.numeric) throw new WirebookError(`pathMtu: "${target.address}" is a name; an address is needed.`, { remedy: 'Pass the machine or container itself, or its address.' })
  const probes: Probe[] = []
  let best: number | undefined
  let pending = ''
  const read = (line: string) => {
    const [word, size, words = '', who] = line.split('\t')
    if (word === 'best') best = Number(size)
    if (word !== 'probe') return
    probes.push({ payload: Number(size), words, ...(who && { who }) })
    if (print) output().write(`${String(Number(size)).padStart(5)} + ${headers} bytes, DF: ${words === 'reply' ? 'passes' : `${words}${who ? `, says ${who}` : ''}`}\n`)
  }
  const process = await spawnInNetwork(from, searchCommand({ target: target.address, low: 0, high: max - headers + 1, timeout: 1, tries: 3 }))
  const what = `the path MTU search from ${from.name} to ${target.name}`
  const { exitCode, stderr } = await follow(process, {
    limit: 120, what,
    onText(text, stream) {
      if (stream === 'stderr') return
      const lines = (pending + text).split('\n')
      pending = lines.pop()!
      lines.forEach(read)
    },
  })
  if (output().signal.aborted) throw interruption(output().signal)
  if (best === undefined) throw unanswered(from, target.address, exitCode, stderr, probes)
  const result = resultOf(from.name, target.address, best, probes)
  const text = `path MTU ${result.mtu}: ${result.payload} bytes of payload + 8 ICMP + 20 IPv4. One byte more: ${result.above.error}`
  if (print) output().write(`${text}\n`)
  return printed(result, print, text)
}

interface Probe { payload: number; words: string; who?: string }

function resultOf(from: string, to: string, best: number, probes: Probe[]): PathMtu {
  const above = probes.find(probe => probe.payload === best + 1)
  // A local error names the own interface's MTU, which is no next hop's.
  const nextHopMtu = above?.who === undefined ? undefined : /mtu ?= ?(\d+)/.exec(above.words)?.[1]
  return {
    from, to, mtu: best + headers, payload: best,
    above: {
      payload: best + 1,
      error: above?.words ?? 'not tried: this is the largest packet that was asked for',
      ...(nextHopMtu !== undefined && { nextHopMtu: Number(nextHopMtu) }),
      ...(above?.who && { reportedBy: above.who }),
    },
    probes: probes.map(({ payload, words }) => ({ payload, passed: words === 'reply' })),
  }
}

function unanswered(from: NetworkNode, to: string, exitCode: number, stderr: string, probes: Probe[]): WirebookError {
  const said = probes.at(-1)?.words ?? stderr.replaceAll(/^ping: (connect: )?/gm, '').trim()
  if (exitCode === 127 || /not found|No such file/.test(stderr)) {
    return new WirebookError(`The machine of ${from.name} has no perl, which sends the probes.`, { remedy: 'Install the package perl-base.' })
  }
  return new WirebookError(`${from.name}: ${to} does not answer even the smallest echo request: ${said || `exit status ${exitCode}`}.`, { remedy: 'Check that it is reachable first: await ping(from, to).' })
}
