/** What a lab diagram shows, as plain data: facts of a running lab, without a word on where they are drawn. */

export interface LabPicture {
  lan: { subnet: string; mtu?: number }
  machines: MachinePicture[]
}

export interface MachinePicture {
  name: string
  role: 'host' | 'router'
  /** Version of its Docker Engine. */
  engine?: string
  /** Its interface on the LAN: `ens33`. */
  lanInterface: string
  /** Further addresses that it answers for: the router's 8.8.8.8. */
  owns: string[]
  /** Routes through other machines, as `ip route` prints them. */
  routes: string[]
  /** The inode of its own network namespace. */
  namespace?: string
  /** Interfaces in its own namespace. */
  interfaces: InterfacePicture[]
  /** Containers that share its namespace (`--network=host`). */
  containers: ContainerPicture[]
  /** The other network namespaces on it. */
  spaces: SpacePicture[]
  /** Docker's networks on it, to name bridges and parents by. */
  networks: NetworkPicture[]
}

export interface NetworkPicture {
  name: string
  driver: string
  /** The bridge interface of a bridge network, the parent of a macvlan or ipvlan one. */
  interface?: string
  /** `bridge` of macvlan, `l2` of ipvlan. */
  mode?: string
}

/** A network namespace other than the machine's own. */
export interface SpacePicture {
  /** Its inode, or any name that is its own on the machine. */
  id: string
  /** Containers live in it; or it is the engine's own: an overlay's switch, the routing mesh, a service's load balancer. */
  kind: 'container' | 'overlay' | 'ingress' | 'load-balancer'
  /** The overlay network whose switch, mesh or balancer it is. */
  network?: string
  interfaces: InterfacePicture[]
  containers: ContainerPicture[]
}

export interface ContainerPicture {
  name: string
  image: string
  /** As `--network` has it: bridge, none, host, container:web, a network's name. */
  network: string
}

export interface InterfacePicture {
  index: number
  name: string
  /** veth, bridge, vxlan, macvlan, ipvlan, vlan, loopback, …; absent where the tool does not say. */
  kind?: string
  /** bytes */
  mtu: number
  mac?: string
  /** With prefix: `172.17.0.2/16`. */
  addresses: string[]
  /** The bridge it is a port of. */
  master?: string
  /** The veth's other end or the parent, by index in the namespace where that is. */
  peerIndex?: number
  /** The parent by name, in the same namespace. */
  peerName?: string
  vni?: number
  /** Mode of macvlan or ipvlan. */
  mode?: string
  promiscuous?: boolean
  up: boolean
  /** Docker's network that it belongs to, by name. */
  network?: string
}

/** Where an interface is. `space` is '' for the machine's own namespace. */
export interface Place {
  machine: string
  space: string
  interface: string
}

/** One text for a place, unique in the picture. */
export function placeKey({ machine, space, interface: name }: Place): string {
  return JSON.stringify([machine, space, name])
}

export function readPlace(key: string): Place {
  const [machine, space, name] = JSON.parse(key) as [string, string, string]
  return { machine, space, interface: name }
}

/** The interfaces of a namespace of a machine; '' is its own. */
export function interfacesOf(machine: MachinePicture, space: string): InterfacePicture[] {
  return space === '' ? machine.interfaces : machine.spaces.find(({ id }) => id === space)?.interfaces ?? []
}
