import { WirebookError } from '../error.ts'
import type { LabHost } from '../lab/host.ts'
import { overlap, subnet } from '../lab/topologies/address.ts'
import { notebookId } from './notebook.ts'

/** What was asked of an engine, for the words of its errors. */
export interface Attempt {
  host: LabHost
  /** `run nginx as "web"`. */
  what: string
  name?: string
  image?: string
  network?: string
  ip?: string
  parent?: string
  subnets?: string[]
  publish?: string[]
}

/** The engine's error as one for a learner: what was asked, what stands in the way, what to do. */
export async function explain(error: unknown, attempt: Attempt): Promise<Error> {
  if (error instanceof WirebookError) return error
  const { statusCode, json, code } = error as { statusCode?: number; json?: { message?: string }; code?: string }
  if (statusCode === undefined && code === undefined) return error instanceof Error ? error : new Error(String(error))
  const said = (json?.message ?? (error as Error).message).trim()
  const { host, what, name, network, ip, parent, subnets = [] } = attempt
  const fail = (why: string, remedy?: string) => new WirebookError(`${host.name}: cannot ${what}: ${why}`, { remedy, cause: error })

  if (code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ECONNRESET' || code === 'EPIPE') {
    return fail(`its Docker Engine does not answer (${code}); it has ended.`, 'Start a fresh lab with `await lab.start()` and run the cells again.')
  }
  if (/is already in use by container|network with name .* already exists/.test(said)) return foreignName(attempt, error)
  if (/Pool overlaps|overlaps with (other|another|existing)|conflicts with network/.test(said)) {
    return fail(`the subnet ${subnets.join(', ')} overlaps with another network's.${await overlapping(host, subnets)}`, 'Choose another subnet, or remove that network first.')
  }
  if (/is already using parent interface/.test(said)) {
    const user = /network (\S+) is already/.exec(said)?.[1] ?? ''
    return fail(`another network uses the parent interface ${parent ?? ''} already (${await networkById(host, user)}). One parent serves one macvlan or ipvlan mode. The engine says: ${said}`,
      `Remove that network first, or use a VLAN of the parent, such as ${parent ?? 'ens33'}.10.`)
  }
  if (/port is already allocated|address already in use/i.test(said) && /[Bb]ind for|driver failed programming|listen (tcp|udp)/.test(said)) {
    const where = /(?:Bind for|listen \w+) (\S+?):(\d+)/.exec(said)
    const port = where?.[2] ?? ''
    return fail(`port ${port} of ${host.name} is in use already${await portUser(host, port)}.`, 'Publish another port of the host, or stop what uses this one.')
  }
  if (/Address already in use/.test(said)) return fail(`the address ${ip ?? ''} is in use by another container${await addressUser(host, ip)}.`, 'Choose another address, or leave it out.')
  if (/no configured subnet|no predefined|Invalid address|does not belong to any of this network|outside (of )?(the )?(subnet|pool)/i.test(said)) {
    return fail(`the address ${ip ?? ''} is not in a subnet of network "${network}"${await subnetsOf(host, network)}.`, 'Choose an address inside the subnet, or leave it out.')
  }
  if (/user specified IP address is supported/.test(said)) {
    return fail('a fixed address needs a user-defined network; the default bridge gives addresses in order.', "Make one first: const net = await bridge.create('net1', { subnet: '10.0.9.0/24' }), then run with { network: net, ip }.")
  }
  if (/network-scoped alias is supported/.test(said)) return fail('aliases need a user-defined network.', "Make one first: await bridge.create('net1').")
  if (/network \S+ not found|could not find (a )?network|No such network/i.test(said)) return missingNetwork(host, what, network ?? name ?? '', error)
  if (/invalid subinterface|parent interface.*(not found|does not exist)|no such (network )?interface|parent .* was not found|Link not found/i.test(said)) {
    return fail(`${host.name} has no interface "${parent}". The engine says: ${said}`, `Its interfaces: ${await interfaces(host)}. A VLAN of one is written ${host.interface}.10.`)
  }
  if (/vlan link: operation not supported/.test(said)) {
    return fail(`the running kernel has no 802.1Q VLAN interfaces, so "${parent}" cannot be made. The engine says: ${said}`, "Use a parent that exists, or a lab with a kernel of its own: await lab.start({ backend: 'microvm' }).")
  }
  if (/ipvlan|ipv_|ipvl/i.test(said + what) && /not supported|unknown device type|failed to create the ipvlan|kernel does not|plugin not found/i.test(said)) {
    return fail(`ipvlan is not in the running kernel. The engine says: ${said}`, "Start a lab that has it: await lab.start({ topology: 'ipvlan', needs: ['ipvlan'] }).")
  }
  if (/macvlan/i.test(said + what) && /not supported|unknown device type/i.test(said)) {
    return fail(`the running kernel cannot do that with macvlan. The engine says: ${said}`, "Start a lab that has it: await lab.start({ needs: ['macvlan'] }).")
  }
  if (/executable file not found|no such file or directory.*unknown|exec format error/i.test(said)) return fail(`the image has no such program. The engine says: ${said}`)
  if (/No such container/.test(said)) return fail('it has ended and was removed.', 'Run the cell that makes it again.')
  if (/is not running/.test(said)) return fail('the container is not running.', 'Run the cell that makes it again.')
  return fail(`the engine says: ${said}`)
}

/** A network that a call names and the host lacks. */
export async function missingNetwork(host: LabHost, what: string, name: string, cause?: unknown): Promise<WirebookError> {
  const { docker } = await host.engine()
  const names = (await docker.listNetworks()).map(network => network.Name).sort()
  return new WirebookError(`${host.name}: cannot ${what}: there is no network "${name}" there. It has ${names.join(', ')}.`, {
    remedy: `Run the cell that makes it first: await bridge.create('${name}'), or macvlan.create, ipvlan.create, overlay.create.`, cause,
  })
}

async function foreignName({ host, what, name }: Attempt, cause: unknown): Promise<WirebookError> {
  return new WirebookError(`${host.name}: cannot ${what}: the name "${name}" is in use there by something that this notebook (${notebookId}) did not make.`, {
    remedy: `Choose another name, or remove it yourself: docker rm --force ${name} (docker network rm ${name} for a network).`, cause,
  })
}

async function overlapping(host: LabHost, subnets: string[]): Promise<string> {
  const { docker } = await host.engine()
  const others = (await docker.listNetworks()).flatMap(({ Name, IPAM }) => (IPAM?.Config ?? []).map(({ Subnet }) => ({ Name, Subnet: Subnet ?? '' })))
  const found = others.filter(other => subnets.some(wanted => /^[\d.]+\/\d+$/.test(other.Subnet) && overlap(subnet(wanted), subnet(other.Subnet))))
  return found.map(({ Name, Subnet }) => ` Network "${Name}" has ${Subnet}.`).join('')
}

async function networkById(host: LabHost, id: string): Promise<string> {
  const { docker } = await host.engine()
  const short = id.replace(/^\w+-/, '')
  const network = (await docker.listNetworks()).find(network => short !== '' && (network.Id.startsWith(short) || network.Name === id))
  return network ? `network "${network.Name}"` : `network ${id}`
}

async function portUser(host: LabHost, port: string): Promise<string> {
  const { docker } = await host.engine()
  const user = (await docker.listContainers()).find(container => container.Ports.some(({ PublicPort }) => String(PublicPort) === port))
  return user ? `, by container "${user.Names[0]?.slice(1)}"` : ''
}

async function addressUser(host: LabHost, ip: string | undefined): Promise<string> {
  const { docker } = await host.engine()
  const user = (await docker.listContainers()).find(container =>
    Object.values(container.NetworkSettings?.Networks ?? {}).some(({ IPAddress }) => IPAddress === ip))
  return user ? ` ("${user.Names[0]?.slice(1)}")` : ''
}

async function subnetsOf(host: LabHost, name: string | undefined): Promise<string> {
  const { docker } = await host.engine()
  const network = (await docker.listNetworks()).find(network => network.Name === name || network.Id === name)
  const subnets = (network?.IPAM?.Config ?? []).map(({ Subnet }) => Subnet)
  return subnets.length > 0 ? `, which has ${subnets.join(', ')}` : ''
}

async function interfaces(host: LabHost): Promise<string> {
  return (await host.links()).map(link => link.name).filter(name => name !== 'lo').join(', ')
}
