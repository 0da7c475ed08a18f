import type Docker from 'dockerode'
import type { Container, Network } from '../api/lab.ts'
import { WirebookError } from '../error.ts'
import type { RunningLab } from '../lab/backend.ts'
import type { LabHost } from '../lab/host.ts'
import { addressNumber, subnet as parseSubnet } from '../lab/topologies/address.ts'
import { displaySymbol, type Displayable, type MimeBundle } from '../output.ts'
import { explain, missingNetwork, type Attempt } from './failure.ts'
import { rememberName } from './names.ts'
import { notebookLabels } from './notebook.ts'
import { removeNetwork, removeNetworksNamed } from './replace.ts'

/** A network of an engine. */
export class LabNetwork implements Network, Displayable {
  readonly name: string
  readonly id: string
  readonly driver: string
  readonly host: LabHost
  readonly #lab: RunningLab
  readonly #subnets: string[]

  constructor(host: LabHost, lab: RunningLab, info: Docker.NetworkInspectInfo) {
    this.host = host
    this.name = info.Name
    this.id = info.Id
    this.driver = info.Driver
    this.#lab = lab
    this.#subnets = (info.IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? '')
  }

  async inspect(): Promise<Docker.NetworkInspectInfo> {
    return this.#ask('inspect', network => network.inspect())
  }

  async connect(container: Container, options: { ip?: string; aliases?: string[] } = {}): Promise<void> {
    checkAddress(options.ip)
    await this.#ask(`connect "${container.name}" to`, network => network.connect({
      Container: container.id,
      EndpointConfig: { IPAMConfig: options.ip ? { IPv4Address: options.ip } : undefined, Aliases: options.aliases },
    }), options.ip)
    await container.inspect()
  }

  async disconnect(container: Container): Promise<void> {
    await this.#ask(`disconnect "${container.name}" from`, network => network.disconnect({ Container: container.id, Force: true }))
    await container.inspect()
  }

  async remove(): Promise<void> {
    if (this.host.currentLab !== this.#lab) return
    await removeNetwork(this.host, this.id).catch(async error => {
      throw await explain(error, { host: this.host, what: `remove network "${this.name}"`, network: this.name })
    })
  }

  [displaySymbol](): MimeBundle {
    return { 'text/plain': this.#describe() }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.#describe()
  }

  #describe(): string {
    return `${this.name}: ${this.driver} network on ${this.host.name}${this.#subnets.map(subnet => `, ${subnet}`).join('')}`
  }

  async #ask<T>(what: string, request: (network: Docker.Network) => Promise<T>, ip?: string): Promise<T> {
    if (this.host.currentLab !== this.#lab) {
      throw new WirebookError(`Network "${this.name}" was in a lab that has ended.`, { remedy: 'Run the cell that makes it again.' })
    }
    try {
      return await request(this.#lab.docker(this.host.name).getNetwork(this.id))
    } catch (error) {
      throw await explain(error, { host: this.host, what: `${what} network "${this.name}"`, network: this.name, ip })
    }
  }
}

/** Makes a network; one of this name which this notebook made is replaced. Leaves nothing behind when it fails. */
export async function createNetwork(host: LabHost, spec: Docker.NetworkCreateOptions & { Name: string }, attempt: Partial<Attempt> = {}): Promise<LabNetwork> {
  checkName(spec.Name, 'network')
  const subnets = (spec.IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? '').filter(subnet => subnet !== '')
  for (const subnet of subnets) checkSubnet(subnet)
  const { docker, lab } = await host.engine()
  const what = `make the ${spec.Driver} network "${spec.Name}"`
  const create = () => docker.createNetwork({ ...spec, CheckDuplicate: true, Labels: { ...notebookLabels, ...spec.Labels } })
  try {
    // What the earlier run of this cell left may hold the very subnet or parent, so it goes first.
    const free = await removeNetworksNamed(host, spec.Name)
    if (!free) throw Object.assign(new Error(`network with name ${spec.Name} already exists`), { statusCode: 409 })
    const network = await create()
    rememberName(spec.Name)
    return new LabNetwork(host, lab, await network.inspect())
  } catch (error) {
    throw await explain(error, { host, what, name: spec.Name, network: spec.Name, subnets, ...attempt })
  }
}

/** A network by its name. Throws, saying what makes it, when the host has none of this name. */
export async function findNetwork(host: LabHost, name: string, what = 'find the network'): Promise<LabNetwork> {
  const { docker, lab } = await host.engine()
  try {
    const found = (await docker.listNetworks({ filters: { name: [name] } })).find(network => network.Name === name)
    if (found) return new LabNetwork(host, lab, found)
  } catch (error) {
    throw await explain(error, { host, what, network: name })
  }
  throw await missingNetwork(host, what, name)
}

/** https://docs.docker.com/reference/cli/docker/container/run/#name */
export function checkName(name: string, kind: string): void {
  if (typeof name === 'string' && /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) return
  throw new WirebookError(`"${name}" cannot be the name of a ${kind}.`, { remedy: 'Use letters, digits, _ . and -, two at least, beginning with a letter or digit.' })
}

export function checkAddress(ip: string | undefined): void {
  if (ip === undefined || addressNumber(ip) !== undefined) return
  throw new WirebookError(`ip: "${ip}" is not an IPv4 address.`, { remedy: 'Write four numbers from 0 to 255 with dots between, without a prefix: 192.168.111.10.' })
}

function checkSubnet(text: string): void {
  try {
    parseSubnet(text)
  } catch (cause) {
    throw new WirebookError(`subnet: "${text}" is not a subnet in CIDR form.`, { remedy: 'Write address and prefix: 10.0.1.0/24.', cause })
  }
}
