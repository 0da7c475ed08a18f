import { WirebookError } from '../error.ts'
import type { MachineSpec, Topology } from '../api/lab.ts'
import { firstFree, type Subnet, subnet } from './topologies/address.ts'
import { ipvlan } from './topologies/ipvlan.ts'
import { tutorial } from './topologies/tutorial.ts'
import { validateTopology } from './topologies/validate.ts'

export { validateTopology } from './topologies/validate.ts'

const known: Record<string, Topology> = { tutorial, ipvlan }

/** The names that `topology` knows. */
export const topologyNames = Object.keys(known)

export interface TopologyOptions extends Partial<Omit<Topology, 'name'>> {
  /** `tutorial` (default) or `ipvlan`. */
  name?: string
  /** Machines with an engine: A, B, C … Z, H27 … Default 2. */
  hosts?: number
}

/**
 * A topology by name, with so many hosts, and whatever else is given put in place. Hosts beyond those that the tutorial
 * has get the next letters, the next free addresses and the next MACs, always the same ones.
 * @throws {WirebookError} when the name is unknown, or the result could not be built
 */
export function topology(options: TopologyOptions = {}): Topology {
  const { name = 'tutorial', hosts, ...overrides } = options
  const base = known[name]
  if (!base) {
    throw new WirebookError(`no topology is called ${JSON.stringify(name)}`, {
      remedy: `use one of: ${topologyNames.join(', ')}; or give a Topology of your own`,
    })
  }
  const whole: Topology = { ...structuredClone(base), ...structuredClone(overrides) }
  return validateTopology(hosts === undefined ? whole : withHosts(whole, hosts))
}

function withHosts(base: Topology, count: number): Topology {
  const lan = subnet(base.lan)
  const most = Math.min(250, lan.size - 3)
  if (!Number.isInteger(count) || count < 1 || count > most) {
    throw new WirebookError(`hosts is ${count}: a whole number from 1 to ${most} was expected`, {
      remedy: `give a number of hosts that fits in ${base.lan}`,
    })
  }
  const hosts = base.machines.filter(machine => machine.role === 'host')
  const others = base.machines.filter(machine => machine.role !== 'host')
  const machines = hosts.slice(0, count)
  while (machines.length < count) machines.push(nextHost(machines, others, lan))
  return { ...base, machines: [...machines, ...others] }
}

function nextHost(hosts: MachineSpec[], others: MachineSpec[], lan: Subnet): MachineSpec {
  const last = hosts.at(-1)!
  const taken = [...hosts, ...others]
  const address = firstFree(lan, last.address.split('/')[0]!, taken.map(machine => machine.address.split('/')[0]!))
  return {
    name: hostName(hosts.length),
    role: 'host',
    interface: last.interface,
    address: `${address}/${lan.prefix}`,
    mac: firstFreeMac(last.mac ?? '00:0c:29:49:39:91', taken.map(machine => machine.mac ?? '')),
  }
}

function hostName(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : `H${index + 1}`
}

function firstFreeMac(after: string, taken: string[]): string {
  let value = Number.parseInt(after.replaceAll(':', ''), 16)
  for (;;) {
    value += 1
    const mac = value.toString(16).padStart(12, '0').match(/../g)!.join(':')
    if (!taken.includes(mac)) return mac
  }
}
