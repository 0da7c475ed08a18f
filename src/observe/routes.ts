import type { Route } from '../api/facts.ts'
import { WirebookError } from '../error.ts'

/** The route table from `ip route`: iproute2's text or JSON (`ip -json route`), or busybox's text. */
export function parseRoutes(text: string): Route[] {
  return /^\s*\[/.test(text) ? fromJson(text) : fromText(text)
}

interface JsonRoute { type?: string; dst?: string; gateway?: string; via?: { host?: string }; dev?: string; prefsrc?: string; scope?: string; protocol?: string; metric?: number }

function fromJson(text: string): Route[] {
  let entries: JsonRoute[]
  try {
    entries = JSON.parse(text)
  } catch (cause) {
    throw new WirebookError(`The output of ip -json is not JSON: ${text.slice(0, 80)}`, { cause })
  }
  return entries.filter(entry => entry.dst !== undefined).map(entry => route({
    type: entry.type, destination: entry.dst!, gateway: entry.gateway ?? entry.via?.host, device: entry.dev, source: entry.prefsrc,
    scope: entry.scope, protocol: entry.protocol, metric: entry.metric,
  }))
}

/** The types of routes that ip-route(8) lists. */
const types = new Set(['unicast', 'unreachable', 'blackhole', 'prohibit', 'local', 'broadcast', 'throw', 'nat', 'anycast', 'multicast'])

function fromText(text: string): Route[] {
  return text.split('\n').filter(line => line.trim() !== '' && !/^\s/.test(line)).map(line => {
    const words = line.trim().split(/\s+/)
    const type = types.has(words[0]!) ? words.shift() : undefined
    const destination = words.shift()
    if (destination === undefined || (destination !== 'default' && !/^[0-9a-f.:/]+$/i.test(destination))) {
      throw new WirebookError(`This is not a line of ip route: "${line.slice(0, 80)}"`)
    }
    const after = (word: string) => (words.includes(word) ? words[words.indexOf(word) + 1] : undefined)
    const metric = after('metric')
    return route({
      type, destination, gateway: after('via'), device: after('dev'), source: after('src'), scope: after('scope'), protocol: after('proto'),
      metric: metric === undefined ? undefined : Number(metric),
    })
  })
}

/** What both forms leave out when it is the usual value is left out here too. */
function route({ type, destination, scope, ...rest }: { [K in keyof Route]: Route[K] | undefined } & { destination: string }): Route {
  const host = destination === 'default' || destination.includes('/') ? '' : destination.includes(':') ? '/128' : '/32'
  const all = { destination: `${destination}${host}`, ...rest, scope: scope === 'global' ? undefined : scope, type: type === 'unicast' ? undefined : type }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as unknown as Route
}
