import type { NetworkNode } from '../api/lab.ts'
import type { PingOptions, PingResult } from '../api/measure.ts'
import { WirebookError } from '../error.ts'
import { output } from '../output.ts'
import { printed } from '../printed.ts'
import { follow } from './follow.ts'
import { parsePing } from './parse/ping.ts'
import { probeCommand } from './probe.ts'
import { spawnInNetwork, spawnInside } from './spawn.ts'
import { spread } from './spread.ts'
import { targetOf, type Target } from './target.ts'

/**
 * Sends ICMP echo requests from a node and prints the replies as they come. An address is pinged by the machine's ping in the
 * node's network namespace, so that images without one can be measured; a name is pinged inside the node, whose resolver
 * knows it. No reply is a result, not an error. An interrupted ping returns what it had.
 */
export async function ping(from: NetworkNode, to: NetworkNode | string, options: PingOptions = {}): Promise<PingResult> {
  const { count = 4, interval = 0.2, size = 56, dontFragment = false, ttl, timeout = 1, print = true } = options
  check('count', count, 1, 100_000, true)
  check('interval', interval, 0.001, 3600)
  check('size', size, 0, 65_507, true)
  check('timeout', timeout, 0.001, 3600)
  if (ttl !== undefined) check('ttl', ttl, 1, 255, true)
  const target = targetOf(to, 'ping')
  const words = ['-c', String(count), '-i', String(interval), '-s', String(size), '-W', String(Math.ceil(timeout)), ...(ttl === undefined ? [] : ['-t', String(ttl)])]
  const command = dontFragment
    ? probeCommand({ target: target.address, count, interval, sizes: [size], timeout, ttl })
    : ['sh', '-c', 'if command -v busybox >/dev/null 2>&1; then exec busybox ping "$@"; else exec ping "$@"; fi', 'ping', ...words, target.address]
  const process = target.numeric || dontFragment ? await spawnInNetwork(from, command) : await spawnInside(from, ['ping', ...words, target.address])
  const followed = await follow(process, {
    onText: print ? (text, stream) => output().write(text, stream) : undefined,
    limit: count * interval + timeout * (dontFragment ? count : 1) + 30, what: `ping ${target.address} on ${from.name}`, partial: true,
  })
  if (followed.exitCode > 1 && !/^PING |ping: /m.test(followed.text)) throw noPing(from, target, followed.text)
  return printed(resultOf(from.name, target, followed.text, followed.interrupted), print, followed.text.trimEnd())
}

function resultOf(from: string, target: Target, text: string, interrupted: boolean): PingResult {
  const found = parsePing(text)
  const received = found.received ?? found.replies.length
  const transmitted = found.transmitted ?? found.replies.length
  const times = found.replies.map(reply => reply.ms).filter(Number.isFinite)
  const error = found.errors.at(0)?.text
  return {
    from, target: target.address, transmitted, received,
    lossPercent: transmitted === 0 ? 100 : ((transmitted - received) / transmitted) * 100,
    replies: found.replies, duplicates: found.duplicates, ...spread(times),
    ...(error !== undefined && { error }), ...(interrupted && { interrupted }), text: text.trimEnd(),
  }
}

function noPing(from: NetworkNode, target: Target, text: string): WirebookError {
  if (target.numeric) return new WirebookError(`${from.name}: ping could not run: ${text.trim()}`, { remedy: 'Install busybox-static on the machine; `./wirebook doctor` says how.' })
  return new WirebookError(`${from.name} has no ping of its own to look up the name "${target.address}": ${text.trim()}`, { remedy: 'Ping the address, or ping from a busybox container.' })
}

function check(name: string, value: number, least: number, most: number, whole = false): void {
  if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value))) return
  throw new WirebookError(`ping: ${name} must be ${whole ? 'a whole number' : 'a number'} from ${least} to ${most}, not ${value}.`)
}
