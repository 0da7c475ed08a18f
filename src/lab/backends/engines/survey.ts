import { text } from 'node:stream/consumers'
import type { MachineSpec, Need, Topology } from '../../../api/lab.ts'
import { addressText, subnet } from '../../topologies/address.ts'
import { LabError } from '../../lab-error.ts'
import { tryFeatures } from '../namespaces/features.ts'
import type { Reach } from './reach.ts'

/** The topology that the machines really have, as their own routes and interfaces show it. */
export async function survey(reaches: Map<string, Reach>, signal: AbortSignal): Promise<Topology> {
  const found = await Promise.all([...reaches].map(async ([name, reach]) => machineOf(name, reach, signal)))
  const [first] = found
  const lan = subnet(first!.machine.address)
  return {
    name: 'engines',
    lan: `${addressText(lan.first)}/${lan.prefix}`,
    mtu: first!.mtu,
    gateway: first!.gateway,
    machines: found.map(({ machine }) => machine),
  }
}

/** What the kernels of all machines can do, found by trying in a network namespace that goes away again; none without root. */
export async function commonFeatures(reaches: Reach[]): Promise<Need[]> {
  const lists = await Promise.all(reaches.map(async reach => {
    if (!reach.programs) return []
    const tried = reach.exec(['unshare', '--net', 'sh', '-c', `${tryFeatures}\nmodprobe -q ip_vs; [ -e /proc/net/ip_vs ] && echo feature ipvs`])
    tried.stdin.end()
    tried.stderr.resume()
    const said = await text(tried.stdout)
    return said.split('\n').filter(line => line.startsWith('feature ')).map(line => line.slice('feature '.length) as Need)
  }))
  return (lists[0] ?? []).filter(need => lists.every(list => list.includes(need)))
}

interface Found { machine: MachineSpec; mtu: number; gateway: string }

async function machineOf(name: string, reach: Reach, signal: AbortSignal): Promise<Found> {
  const routes = await json<{ dev: string; gateway?: string }[]>(name, reach, ['ip', '-json', '-4', 'route', 'show', 'default'], signal)
  const device = routes[0]?.dev
  const links = await json<IpAddress[]>(name, reach, ['ip', '-json', '-4', 'address', 'show', ...device ? ['dev', device] : []], signal)
  const link = links.find(({ ifname, addr_info }) => ifname !== 'lo' && addr_info?.length)
  const address = link?.addr_info[0]
  if (!link || !address) throw new LabError(`${name} has no IPv4 address on its network`, { remedy: `look at it with: ip address, on ${name}` })
  return {
    machine: { name, role: 'host', interface: link.ifname, address: `${address.local}/${address.prefixlen}`, ...link.address ? { mac: link.address } : {} },
    mtu: link.mtu,
    gateway: routes[0]?.gateway ?? address.local,
  }
}

interface IpAddress { ifname: string; mtu: number; address?: string; addr_info: { local: string; prefixlen: number }[] }

async function json<T>(name: string, reach: Reach, command: string[], signal: AbortSignal): Promise<T> {
  const process = reach.exec(command)
  process.stdin.end()
  const end = () => process.kill()
  signal.addEventListener('abort', end, { once: true })
  const [out, err, status] = await Promise.all([text(process.stdout), text(process.stderr), process.exit])
  signal.removeEventListener('abort', end)
  signal.throwIfAborted()
  if (status !== 0) throw new LabError(`${command.join(' ')} failed on ${name}: ${err.trim()}`, { remedy: 'it needs iproute2' })
  return JSON.parse(out || '[]') as T
}
