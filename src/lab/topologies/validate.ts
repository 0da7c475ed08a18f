import { WirebookError } from '../../error.ts'
import type { MachineSpec, Topology } from '../../api/lab.ts'
import { addressNumber, addressText, contains, overlap, type Subnet, subnet } from './address.ts'

/** Docker's default bridge; a LAN that overlaps it would be cut off from the hosts. */
const docker0 = '172.17.0.0/16'

/** Kernel names of interfaces that a machine has anyway, or that its engine makes. */
const reserved = new Set(['lo', 'docker0', 'docker_gwbridge', 'all', 'default'])

/**
 * Returns the topology when it can be built.
 * @throws {WirebookError} naming every fault: what was given and what was expected
 */
export function validateTopology(topology: Topology): Topology {
  const faults = [...topologyFaults(topology)]
  if (faults.length > 0) {
    throw new WirebookError(`the topology cannot be built:\n${faults.map(fault => `  - ${fault}`).join('\n')}`, {
      remedy: 'change these values and start the lab again',
    })
  }
  return topology
}

function* topologyFaults(topology: Topology): Generator<string> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(topology.name)) {
    yield `name is ${quoted(topology.name)}: letters, digits, dots and dashes were expected`
  }
  const lan = parsedLan(topology.lan)
  if (typeof lan === 'string') {
    yield lan
    return
  }
  if (overlap(lan, subnet(docker0))) {
    yield `lan ${topology.lan} overlaps ${docker0}, the network of docker0: the hosts could not reach each other`
  }
  if (overlap(lan, subnet('127.0.0.0/8'))) yield `lan ${topology.lan} overlaps 127.0.0.0/8, which never leaves a machine`
  if (!Number.isInteger(topology.mtu) || topology.mtu < 1280 || topology.mtu > 65521) {
    yield `mtu is ${topology.mtu}: bytes from 1280 (the least that IPv6 works with) to 65521 were expected`
  }
  if (!Array.isArray(topology.machines)) {
    yield 'machines is not a list'
    return
  }
  for (const machine of topology.machines) yield* machineFaults(machine, topology, lan)
  yield* duplicates(topology.machines, 'name', machine => machine.name)
  yield* duplicates(topology.machines, 'address', machine => machine.address.split('/')[0])
  yield* duplicates(topology.machines, 'MAC', machine => machine.mac?.toLowerCase())
  yield* roleFaults(topology)
}

function parsedLan(text: string): Subnet | string {
  try {
    const lan = subnet(text)
    if (lan.prefix < 8 || lan.prefix > 29) return `lan ${text} has prefix ${lan.prefix}: 8 to 29 was expected`
    const network = `${addressText(lan.first)}/${lan.prefix}`
    return network === text ? lan : `lan ${text} is an address inside a network: ${network} was expected`
  } catch (error) {
    return `lan: ${(error as Error).message}`
  }
}

function* machineFaults(machine: MachineSpec, topology: Topology, lan: Subnet): Generator<string> {
  const who = `machine ${quoted(machine.name)}`
  if (!/^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/.test(machine.name)) {
    yield `${who}: a name is 1 to 32 letters, digits and dashes, as a host name is (RFC 1123)`
  }
  if (machine.name === 'lan') yield `${who}: lan is the name of the switch`
  if (machine.role !== 'host' && machine.role !== 'router') {
    yield `${who}: role is ${quoted(machine.role)}: host or router was expected`
  }
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/.test(machine.interface) || reserved.has(machine.interface)) {
    yield `${who}: interface is ${quoted(machine.interface)}: a name of 1 to 15 letters, digits, _ . - that is not taken by the kernel or Docker was expected`
  }
  yield* addressFaults(who, machine.address, topology, lan)
  if (machine.mac !== undefined) yield* macFaults(who, machine.mac)
  for (const owned of machine.owns ?? []) {
    if (addressNumber(owned) === undefined) yield `${who}: owns ${quoted(owned)}, which is not an IPv4 address`
    else if (contains(lan, owned)) yield `${who}: owns ${owned}, which is inside the LAN ${topology.lan}`
  }
  if (machine.delay !== undefined && !(machine.delay >= 0 && machine.delay <= 10_000)) {
    yield `${who}: delay is ${machine.delay}: 0 to 10000 ms was expected`
  }
}

function* addressFaults(who: string, text: string, topology: Topology, lan: Subnet): Generator<string> {
  const [address = '', prefix] = text.split('/')
  const number = addressNumber(address)
  if (number === undefined || prefix === undefined) {
    yield `${who}: address is ${quoted(text)}: an address with its prefix such as ${addressText(lan.first + 10)}/${lan.prefix} was expected`
  } else if (!contains(lan, address)) {
    yield `${who}: address ${address} is outside the LAN ${topology.lan}`
  } else if (prefix !== String(lan.prefix)) {
    yield `${who}: address ${text} has prefix ${prefix}, the LAN ${topology.lan} has ${lan.prefix}`
  } else if (number === lan.first || number === lan.first + lan.size - 1) {
    yield `${who}: address ${address} is the ${number === lan.first ? 'network' : 'broadcast'} address of the LAN ${topology.lan}`
  }
}

function* macFaults(who: string, mac: string): Generator<string> {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac)) {
    yield `${who}: mac is ${quoted(mac)}: six bytes such as 00:0c:29:49:39:91 were expected`
  } else if (Number.parseInt(mac.slice(0, 2), 16) % 2 === 1 || /^(00:){5}00$/.test(mac)) {
    yield `${who}: mac ${mac} is ${/^[0:]+$/.test(mac) ? 'all zeros' : 'a group address (its first byte is odd)'}: no interface can have it`
  }
}

function* duplicates(machines: MachineSpec[], what: string, key: (machine: MachineSpec) => string | undefined): Generator<string> {
  const seen = new Map<string, string>()
  for (const machine of machines) {
    const value = key(machine)
    if (value === undefined) continue
    const other = seen.get(value)
    if (other !== undefined) yield `the ${what} ${value} belongs to two machines: ${quoted(other)} and ${quoted(machine.name)}`
    seen.set(value, machine.name)
  }
}

function* roleFaults(topology: Topology): Generator<string> {
  const routers = topology.machines.filter(machine => machine.role === 'router')
  if (!topology.machines.some(machine => machine.role === 'host')) yield 'there is no host: one machine with role host was expected'
  if (routers.length === 0) yield 'there is no router: one machine with role router was expected'
  if (routers.length > 1) yield `there are ${routers.length} routers: one was expected`
  const router = routers[0]
  if (router && router.address.split('/')[0] !== topology.gateway) {
    yield `gateway is ${quoted(topology.gateway)}, the router's address is ${router.address.split('/')[0]}: the same address was expected`
  }
}

function quoted(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined'
}
