import type { Container, ContainerOptions, Host, Network } from './lab.ts'

/** `--network=none`: only lo. */
export interface NoneModel { run(image: string, options?: ContainerOptions): Promise<Container> }

/** `--network=host`: the host's own stack. */
export interface HostModel { run(image: string, options?: ContainerOptions): Promise<Container> }

/** `--network=container:NAME`: another container's stack. */
export interface ContainerModel { run(image: string, options: ContainerOptions & { of: Container | string }): Promise<Container> }

export interface BridgeNetworkOptions {
  host?: Host
  /** CIDR; the engine chooses when absent. */
  subnet?: string
  gateway?: string
  mtu?: number
  internal?: boolean
}
/** A bridge and a veth pair for each container; NAT to the outside. */
export interface BridgeModel {
  run(image: string, options?: ContainerOptions & { network?: Network | string }): Promise<Container>
  /** Makes a user-defined bridge network; one of this name which this notebook made is replaced. */
  create(name: string, options?: BridgeNetworkOptions): Promise<Network>
  /** The default bridge network, docker0. */
  network(name?: string, host?: Host): Promise<Network>
}

export interface SwarmNode { id: string; hostname: string; status: string; availability: string; role: 'manager' | 'worker'; leader: boolean; address: string; engine: string }
export interface Task { id: string; slot: number; host: string; state: string; desired: string; containerId?: string; address?: string; error?: string }
export interface Service {
  readonly name: string
  readonly id: string
  /** The tasks that the swarm wants to run, by slot. */
  tasks(): Promise<Task[]>
  /** What became of tasks that were replaced, one line each: `bboxes.2 on B: its node is down; a new task took its place on A`. */
  history(): Promise<string[]>
  /** The task's container on a host, once it runs there. */
  container(host: Host): Promise<Container>
  containers(): Promise<Container[]>
  scale(replicas: number): Promise<void>
  /** Waits until as many tasks run as are wanted. Shows progress. Throws after `timeout` seconds (default 60), saying what each task waits for. */
  converged(options?: { timeout?: number }): Promise<Task[]>
  /** The virtual IP on a network, where the service has one. */
  virtualIp(network?: string): Promise<string | undefined>
  remove(): Promise<void>
}
/** VXLAN between engines, joined in a swarm. */
export interface OverlayModel {
  swarm: {
    /** Makes a host the first manager. A swarm that it was in is left first. */
    init(manager?: Host): Promise<SwarmNode>
    /** Joins hosts (default: all others of the lab) to the manager's swarm and waits until they are Ready. */
    join(...workers: Host[]): Promise<SwarmNode[]>
    nodes(): Promise<SwarmNode[]>
    /** Every host of the lab leaves. */
    leave(...hosts: Host[]): Promise<void>
  }
  create(name: string, options?: { subnet?: string; attachable?: boolean; mtu?: number; encrypted?: boolean }): Promise<Network>
  service(image: string, options: { name: string; network: Network | string; replicas?: number; command?: string[]; publish?: string[]; endpointMode?: 'vip' | 'dnsrr' }): Promise<Service>
  run(image: string, options: ContainerOptions & { network: Network | string }): Promise<Container>
}

export interface MacvlanNetworkOptions { host?: Host; parent?: string; subnet?: string; gateway?: string; ipRange?: string; mode?: 'bridge' | 'private' | 'vepa' | 'passthru' }
/** Sub-interfaces of a parent, each with a MAC of its own. */
export interface MacvlanModel {
  create(name: string, options?: MacvlanNetworkOptions): Promise<Network>
  run(image: string, options: ContainerOptions & { network: Network | string }): Promise<Container>
}
export interface IpvlanNetworkOptions { host?: Host; parent?: string; mode?: 'l2' | 'l3' | 'l3s'; subnets?: string[]; gateway?: string }
/** Sub-interfaces of a parent that share its MAC; switched (l2) or routed (l3, l3s). */
export interface IpvlanModel {
  create(name: string, options?: IpvlanNetworkOptions): Promise<Network>
  run(image: string, options: ContainerOptions & { network: Network | string }): Promise<Container>
}
