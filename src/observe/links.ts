import type { Address, Link } from '../api/facts.ts'
import { WirebookError } from '../error.ts'

/**
 * Interfaces from `ip link` or `ip addr`: iproute2's text, its JSON (`ip -json -details addr`), or busybox's text.
 * Throws when the text is none of them.
 */
export function parseLinks(text: string): Link[] {
  return withIndexes(/^\s*\[/.test(text) ? fromJson(text) : fromText(text)).map(withIpv4)
}

interface JsonLink {
  ifindex?: number; ifname?: string; link?: string | null; link_index?: number; flags?: string[]; mtu?: number; qdisc?: string
  operstate?: string; master?: string; link_type?: string; address?: string; promiscuity?: number
  linkinfo?: { info_kind?: string; info_data?: Record<string, unknown> }
  addr_info?: { family?: string; local?: string; prefixlen?: number; broadcast?: string; scope?: string }[]
}

function fromJson(text: string): Link[] {
  let entries: JsonLink[]
  try {
    entries = JSON.parse(text)
  } catch (cause) {
    throw new WirebookError(`The output of ip -json is not JSON: ${text.slice(0, 80)}`, { cause })
  }
  // iproute2 leaves an empty object where a filter dropped an interface.
  return entries.filter(entry => entry.ifname !== undefined && entry.ifindex !== undefined).map(entry => {
    const details = entry.linkinfo?.info_data
    return defined<Link>({
      index: entry.ifindex!, name: entry.ifname!, peerIndex: entry.link_index, peerName: entry.link ?? undefined,
      flags: entry.flags ?? [], mtu: entry.mtu ?? 0, qdisc: entry.qdisc, state: entry.operstate, master: entry.master,
      kind: entry.linkinfo?.info_kind, details: details && Object.keys(details).length > 0 ? details : undefined,
      mac: entry.link_type === 'loopback' ? undefined : entry.address, promiscuity: entry.promiscuity,
      addresses: (entry.addr_info ?? []).filter(address => address.local !== undefined).map(address => addressOf(
        address.family === 'inet6' ? 'inet6' : 'inet', address.local!, address.prefixlen ?? 32, address.scope ?? 'global', address.broadcast,
      )),
    })
  })
}

const header = /^(\d+): ([^:@\s]+)(?:@(\S+))?: <([^>]*)> ?(.*)$/

function fromText(text: string): Link[] {
  const links: Link[] = []
  for (const line of text.split('\n')) {
    const begins = header.exec(line)
    const link = links.at(-1)
    if (begins) links.push(linkOf(begins))
    else if (link) addLine(link, line.trim())
    else if (line.trim() !== '') throw new WirebookError(`This is not what ip addr prints: "${line.slice(0, 80)}"`)
  }
  return links
}

function linkOf([, index, name, peer, flags, rest]: RegExpExecArray): Link {
  const words = pairs(rest!)
  const peerIndex = /^if(\d+)$/.exec(peer ?? '')?.[1]
  return defined<Link>({
    index: Number(index), name: name!, peerIndex: peerIndex === undefined ? undefined : Number(peerIndex),
    peerName: peerIndex === undefined && peer !== 'NONE' ? peer : undefined, flags: flagsOf(flags!), mtu: Number(words.get('mtu') ?? 0),
    qdisc: words.get('qdisc'), state: words.get('state'), master: words.get('master'), addresses: [],
  })
}

/** busybox appends the flags that it has no name for as a hexadecimal number, without a comma: `LOWER_UP100`. */
function flagsOf(text: string): string[] {
  return text.split(',').filter(flag => flag !== '').flatMap(flag => {
    const [, name, bits] = /^([A-Z][A-Z_-]*?)([0-9a-f]+)$/.exec(flag) ?? [undefined, flag, '0']
    return Number.parseInt(bits!, 16) & 0x100 ? [name!, 'PROMISC'] : [name!]
  })
}

const kinds = ['veth', 'bridge', 'vxlan', 'macvlan', 'ipvlan', 'vlan', 'dummy', 'tun', 'bond', 'ipip', 'gre', 'wireguard']

function addLine(link: Link, line: string): void {
  const [word, value] = line.split(/\s+/)
  if (word?.startsWith('link/')) {
    const promiscuity = /\bpromiscuity (\d+)/.exec(line)?.[1]
    if (word !== 'link/loopback' && word !== 'link/none') link.mac = value
    if (promiscuity !== undefined) link.promiscuity = Number(promiscuity)
  } else if (word === 'inet' || word === 'inet6') {
    const [local, prefix] = value!.split('/')
    const words = pairs(line)
    link.addresses.push(addressOf(word, local!, Number(prefix ?? (word === 'inet' ? 32 : 128)), words.get('scope') ?? 'global', words.get('brd')))
  } else if (word && kinds.includes(word) && link.kind === undefined) {
    link.kind = word
    const details = detailsOf(word, line)
    if (details) link.details = details
  }
}

/** `ip -details` prints these for people: only the words that the models ask about are taken. */
function detailsOf(kind: string, line: string): Record<string, unknown> | undefined {
  const words = pairs(line)
  if (kind === 'vxlan') return defined({ id: Number(words.get('id')), remote: words.get('remote'), link: words.get('dev'), port: Number(words.get('dstport')) })
  if (kind === 'vlan') return { id: Number(words.get('id')) }
  if (kind === 'macvlan' || kind === 'ipvlan') return { mode: words.get('mode') }
  return undefined
}

function addressOf(family: 'inet' | 'inet6', address: string, prefix: number, scope: string, broadcast?: string): Address {
  return defined<Address>({ family, address, prefix, broadcast, scope, cidr: `${address}/${prefix}` })
}

/** Each word with the one after it. */
function pairs(text: string): Map<string, string> {
  const words = text.split(/\s+/)
  return new Map(words.slice(0, -1).map((word, i) => [word, words[i + 1]!] as const).reverse())
}

/** A parent that is named gets its number too, where it is in the list. */
function withIndexes(links: Link[]): Link[] {
  for (const link of links) {
    const parent = link.peerName === undefined ? undefined : links.find(other => other.name === link.peerName)
    if (parent && link.peerIndex === undefined) link.peerIndex = parent.index
  }
  return links
}

/** Most questions are about the one IPv4 address that an interface has. */
function withIpv4(link: Link): Link {
  const first = link.addresses.find(address => address.family === 'inet')
  return first ? { ...link, ipv4: first.cidr } : link
}

function defined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T
}
