import type Docker from 'dockerode'
import type { Link } from '../../api/facts.ts'
import type { Host, Lab, Machine } from '../../api/lab.ts'
import { WirebookError } from '../../error.ts'
import { parseLinks } from '../../observe/links.ts'
import { placeNames, type NamespaceFacts } from './namespaces.ts'
import type { ContainerPicture, InterfacePicture, LabPicture, MachinePicture, NetworkPicture, SpacePicture } from './picture.ts'

/** The lab as it is now: what its kernels and engines say of machines, namespaces, interfaces and containers. */
export async function observe(lab: Lab, hosts?: Host[]): Promise<LabPicture> {
  if (!lab.running) await lab.start()
  const names = hosts?.map(({ name }) => name)
  const machines = lab.machines.filter(({ role, name }) => role === 'router' || names === undefined || names.includes(name))
  const [subnet, mtu] = [lab.topology.lan, lab.topology.mtu]
  return { lan: { subnet, mtu }, machines: await Promise.all(machines.map(machine => machine.role === 'host' ? observeHost(lab, machine as Host) : observeRouter(lab, machine))) }
}

async function observeRouter(lab: Lab, machine: Machine): Promise<MachinePicture> {
  const [links, routes] = await Promise.all([machine.links(), machine.routes()])
  const added = routes.filter(({ gateway }) => gateway !== undefined)
  return {
    ...common(lab, machine), role: 'router', interfaces: links.map(interfacePicture), containers: [], spaces: [], networks: [],
    routes: added.map(({ destination, gateway, device }) => `${destination} via ${gateway}${device ? ` dev ${device}` : ''}`),
  }
}

async function observeHost(lab: Lab, host: Host): Promise<MachinePicture> {
  const [containers, networks] = await Promise.all([runningContainers(host.docker), inspectNetworks(host.docker)])
  const sandboxes = containers.map(({ NetworkSettings }) => NetworkSettings.SandboxKey).filter(Boolean)
  const namespaces = await readNamespaces(host, sandboxes, containers.map(({ State }) => State.Pid))
  const own = namespaces.own
  const living = containers.map(container => ({ container, inode: namespaces.ofProcess.get(container.State.Pid) }))
  const inOwn = living.filter(({ inode }) => inode === own.inode).map(({ container }) => container)
  const spaces = namespaces.others.map(({ inode, files, links }): SpacePicture => {
    const inside = living.filter(each => each.inode === inode).map(({ container }) => container)
    const endpoints = inside.flatMap(container => Object.entries(container.NetworkSettings.Networks ?? {}))
    return {
      id: `net:[${inode}]`,
      ...describeSpace(files, networks, inside.length > 0),
      interfaces: links.map(link => networkOf(interfacePicture(link), endpoints, networks)),
      containers: joinersLast(inside).map(container => containerPicture(container, containers)),
    }
  }).filter(space => space.containers.length > 0 || space.kind !== 'container')
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || spaceName(a).localeCompare(spaceName(b), 'en', { numeric: true }))
  return {
    ...common(lab, host), role: 'host', engine: lab.engine, namespace: `net:[${own.inode}]`, routes: [],
    interfaces: own.links.map(interfacePicture), containers: inOwn.map(container => containerPicture(container, containers)), spaces,
    networks: networks.map(networkPicture),
  }
}

const kinds: SpacePicture['kind'][] = ['container', 'overlay', 'ingress', 'load-balancer']

function spaceName({ containers, network, id }: SpacePicture): string {
  return containers[0]?.name ?? network ?? id
}

function common(lab: Lab, machine: Machine): Pick<MachinePicture, 'name' | 'lanInterface' | 'owns'> {
  return { name: machine.name, lanInterface: machine.interface, owns: lab.topology.machines.find(({ name }) => name === machine.name)?.owns ?? [] }
}

function interfacePicture(link: Link): InterfacePicture {
  const details = link.details ?? {}
  const vni = Number(details.id ?? details.vni)
  const mode = typeof details.mode === 'string' ? details.mode : undefined
  return {
    index: link.index, name: link.name, mtu: link.mtu, addresses: link.addresses.map(({ cidr }) => cidr),
    up: link.flags.includes('UP') && !link.flags.includes('NO-CARRIER'),
    ...((link.name === 'lo' || link.kind) && { kind: link.name === 'lo' ? 'loopback' : link.kind }),
    ...(link.mac && { mac: link.mac }), ...(link.master && { master: link.master }),
    ...(link.peerIndex !== undefined && { peerIndex: link.peerIndex }), ...(link.peerName && { peerName: link.peerName }),
    ...(link.kind === 'vxlan' && Number.isInteger(vni) && { vni }), ...((link.kind === 'macvlan' || link.kind === 'ipvlan') && mode && { mode }),
    // Every port of a bridge is promiscuous; that is no news.
    ...(!link.master && ((link.promiscuity ?? 0) > 0 || link.flags.includes('PROMISC')) && { promiscuous: true }),
  }
}

async function runningContainers(docker: Docker): Promise<Docker.ContainerInspectInfo[]> {
  const listed = await docker.listContainers()
  const inspected = await Promise.all(listed.map(({ Id }) => docker.getContainer(Id).inspect().catch((error: { statusCode?: number }) => {
    // It ended since it was listed.
    if (error.statusCode === 404) return undefined
    throw error
  })))
  return inspected.filter(container => container !== undefined && container.State.Pid > 0) as Docker.ContainerInspectInfo[]
}

async function inspectNetworks(docker: Docker): Promise<Docker.NetworkInspectInfo[]> {
  return docker.listNetworks()
}

function networkPicture({ Name, Id, Driver, Options }: Docker.NetworkInspectInfo): NetworkPicture {
  const bridge = Options?.['com.docker.network.bridge.name'] ?? (Driver === 'bridge' ? `br-${Id.slice(0, 12)}` : undefined)
  const parent = Options?.parent
  const mode = Options?.macvlan_mode ?? Options?.ipvlan_mode
  return { name: Name, driver: Driver, ...((bridge ?? parent) && { interface: bridge ?? parent }), ...(mode && { mode }) }
}

/** Which of Docker's networks an interface belongs to: the one that gave it its address or its MAC. */
function networkOf(link: InterfacePicture, endpoints: [string, Docker.ContainerInspectInfo['NetworkSettings']['Networks'][string]][], networks: Docker.NetworkInspectInfo[]): InterfacePicture {
  const [name] = endpoints.find(([, { IPAddress }]) => IPAddress && link.addresses.some(address => address.startsWith(`${IPAddress}/`)))
    ?? endpoints.find(([, { MacAddress }]) => MacAddress && MacAddress === link.mac && endpoints.length === 1) ?? []
  const network = name ?? (link.name === 'lo' ? undefined : gatewayBridge(link, networks))
  return network ? { ...link, network } : link
}

/** docker_gwbridge is on no container's list of networks: it is known by its subnet's first bytes. */
function gatewayBridge({ addresses }: InterfacePicture, networks: Docker.NetworkInspectInfo[]): string | undefined {
  const network = networks.find(({ Name }) => Name === 'docker_gwbridge')
  const gateway = network?.IPAM?.Config?.[0]?.Gateway
  return gateway && addresses.some(address => address.split('.').slice(0, 2).join('.') === gateway.split('.').slice(0, 2).join('.')) ? 'docker_gwbridge' : undefined
}

function containerPicture({ Name, Config, HostConfig, NetworkSettings }: Docker.ContainerInspectInfo, all: Docker.ContainerInspectInfo[]): ContainerPicture {
  const mode = HostConfig.NetworkMode ?? ''
  const joined = /^container:(.+)$/.exec(mode)?.[1]
  const other = joined && all.find(({ Id, Name }) => Id === joined || Name === `/${joined}`)?.Name.slice(1)
  // A swarm task has the id of its network there.
  const attached = Object.keys(NetworkSettings.Networks ?? {}).filter(name => name !== 'docker_gwbridge')
  const network = joined ? `container:${other ?? joined.slice(0, 12)}` : mode === 'host' || mode === 'none' ? mode : attached.join(', ') || mode
  return { name: Name.replace(/^\//, ''), image: Config.Image.replace(/@sha256:.*/, ''), network: network === 'default' ? 'bridge' : network }
}

/** Who made the namespace stands first, who joined it after. */
function joinersLast(containers: Docker.ContainerInspectInfo[]): Docker.ContainerInspectInfo[] {
  const joins = ({ HostConfig }: Docker.ContainerInspectInfo) => HostConfig.NetworkMode?.startsWith('container:') ? 1 : 0
  return [...containers].sort((a, b) => joins(a) - joins(b) || a.Created.localeCompare(b.Created))
}

/** What the engine's own namespaces are, by the names of their files: `1-<network>` a switch, `lb_<network>` a balancer. */
function describeSpace(files: string[], networks: Docker.NetworkInspectInfo[], inhabited: boolean): Pick<SpacePicture, 'kind' | 'network'> {
  const named = placeNames(files)
  const network = named.network && networks.find(({ Id }) => Id.startsWith(named.network!))?.Name
  if (inhabited) return { kind: 'container' }
  return { kind: named.kind, ...((network ?? (named.kind === 'ingress' ? 'ingress' : undefined)) && { network: network ?? 'ingress' }) }
}

/** All network namespaces of a host in one go: its own, the engine's, those of its containers. */
async function readNamespaces(host: Host, sandboxes: string[], pids: number[]): Promise<NamespaceFacts> {
  const { namespaceScript, parseNamespaces } = await import('./namespaces.ts')
  const result = await host.run(['sh', '-c', namespaceScript, 'namespaces', [...new Set(sandboxes.map(key => key.replace(/\/[^/]*$/, '')))].join(' '), ...pids.map(String)], { print: false, check: false, timeout: 20 })
  if (result.exitCode === 0) return parseNamespaces(result.stdout, parseLinks)
  throw new WirebookError(`The network namespaces of ${host.name} could not be read: ${result.stderr.trim() || `exit status ${result.exitCode}`}`, {
    remedy: 'The host needs nsenter (util-linux) and ip (iproute2).',
  })
}
