import type Docker from 'dockerode'
import type { Address, Link, Route } from './facts.ts'
import type { Capture, CaptureOptions } from './packets.ts'

/** What a command did. */
export interface CommandResult {
  /** Exit status; 128 + n when signal n ended it. */
  exitCode: number
  stdout: string
  stderr: string
  /** Both, in the order in which they came, without the last newline. */
  text: string
  /** ms */
  ms: number
}

export interface RunOptions {
  /** Print as it runs. Default true. */
  print?: boolean
  /** Throw when the exit status is not 0. Default true. */
  check?: boolean
  /** Text for its standard input. */
  input?: string
  /** Seconds after which it is ended and an error thrown. */
  timeout?: number
  env?: Record<string, string>
  cwd?: string
}

/** A command in a real pseudo-terminal, driven as a person would. */
export interface Terminal {
  /** Types a line and its Enter. */
  line(text: string): Promise<void>
  /** Types text as it is: `\x03` is Ctrl-C. */
  type(text: string): Promise<void>
  /** Waits until the screen's text since the last wait holds this. Throws after `timeout` seconds (default 10) with what came. */
  waitFor(pattern: string | RegExp, options?: { timeout?: number }): Promise<string>
  /** Lets the person at the notebook type into it, line by line, until the command ends. */
  interact(): Promise<CommandResult>
  /** All that came so far. */
  readonly text: string
  /** Ends when the command ends. */
  readonly ended: Promise<CommandResult>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Whatever has a network stack of its own to look at and can run commands: a machine of the lab, or a container. */
export interface NetworkNode {
  readonly name: string
  /** Runs a program with arguments, no shell between. */
  run(command: string[], options?: RunOptions): Promise<CommandResult>
  /** Runs a shell command. Interpolated values are quoted: each is one word, whatever it holds. Arrays are several words. */
  sh(command: TemplateStringsArray, ...values: unknown[]): Promise<CommandResult>
  /** Opens a command (default: a shell) in a pseudo-terminal. */
  terminal(command?: string[], options?: { columns?: number; rows?: number; print?: boolean }): Promise<Terminal>
  /** Interfaces with their addresses. */
  links(): Promise<Link[]>
  /** One interface by name. Throws, naming those that exist. */
  link(name: string): Promise<Link>
  addresses(): Promise<Address[]>
  /** IPv4 route table (main). */
  routes(): Promise<Route[]>
  /** The network namespace's identity, as `readlink /proc/self/ns/net` prints it: `net:[4026532281]`. */
  namespace(): Promise<string>
  /** Listens with tcpdump, resolved once the capture is running. */
  capture(options?: CaptureOptions): Promise<Capture>
  /** Runs a program of the machine inside this node's network namespace (`nsenter --net`), for tools that an image lacks. */
  inNetwork(command: string[], options?: RunOptions): Promise<CommandResult>
  /** The node's own IPv4 address. */
  readonly ip: string
}

/** A machine of the lab. */
export interface Machine extends NetworkNode {
  readonly role: 'host' | 'router'
  /** Its LAN interface: `ens33`. */
  readonly interface: string
  readonly mac: string
  readonly subnet: string
}

/** A machine with a Docker Engine. */
export interface Host extends Machine {
  readonly role: 'host'
  /** The host's own engine, by dockerode. */
  readonly docker: Docker
  /** Running containers that this notebook made. */
  containers(): Promise<Container[]>
  /** Removes all that this notebook made on this host: containers, networks, volumes. */
  clean(): Promise<void>
}

export type PortMapping = string

export interface ContainerOptions {
  /** A container of this name which this notebook made is replaced. */
  name?: string
  /** Which host runs it. Default: lab.A. */
  host?: Host
  /** What it runs. Default: the image's own command, or `sleep` for an image whose command is a shell. */
  command?: string[]
  env?: Record<string, string>
  /** `-p`: `8080:80`, `127.0.0.1:8080:80/udp`. */
  publish?: PortMapping[]
  /** Linux capabilities to add. */
  capabilities?: string[]
  /** A fixed IPv4 address in the network's subnet. */
  ip?: string
  mac?: string
  aliases?: string[]
  /** Remove it when it exits (`--rm`). Default true. */
  remove?: boolean
  /** What to wait for before the call returns. Default: running, and for nginx its port 80 listening. */
  ready?: 'running' | { port: number } | { log: string | RegExp }
}

/** A running container. */
export interface Container extends NetworkNode {
  readonly id: string
  readonly image: string
  readonly host: Host
  readonly mac: string
  /** Its address on a network by name, for a container on several. */
  address(network: string): string | undefined
  inspect(): Promise<Docker.ContainerInspectInfo>
  logs(): Promise<string>
  /** Waits until it exits; the exit status. */
  wait(): Promise<number>
  stop(): Promise<void>
  remove(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A network that a model made or found. */
export interface Network {
  readonly name: string
  readonly id: string
  readonly driver: string
  readonly host: Host
  inspect(): Promise<Docker.NetworkInspectInfo>
  connect(container: Container, options?: { ip?: string; aliases?: string[] }): Promise<void>
  disconnect(container: Container): Promise<void>
  remove(): Promise<void>
}

/** One machine of a topology. */
export interface MachineSpec {
  name: string
  role: 'host' | 'router'
  interface: string
  /** Address and prefix on the LAN: `192.168.111.128/24`. */
  address: string
  mac?: string
  /** Further addresses that the machine answers for: the router's 8.8.8.8. */
  owns?: string[]
  /** Delay that the machine adds to what it forwards or answers as one it owns, ms; where the kernel has netem. */
  delay?: number
}

/** What the lab consists of. Plain data: change it, start the lab again. */
export interface Topology {
  name: string
  /** The LAN in CIDR form. */
  lan: string
  mtu: number
  machines: MachineSpec[]
  /** Default route of the hosts: the router's address. */
  gateway: string
}

/** Kernel features that a chapter may need; a backend is chosen that has them. */
export type Need = 'ipvlan' | 'macvlan' | 'vxlan' | 'vlan' | 'ipvs' | 'netem'

export interface StartOptions {
  /** A topology, or the name of one: `tutorial` (default) or `ipvlan`. */
  topology?: Topology | 'tutorial' | 'ipvlan'
  /** Machines with an engine: A, B, C … Default 2. */
  hosts?: number
  needs?: Need[]
  backend?: 'auto' | 'namespaces' | 'microvm' | 'engines'
}

/** The notebook's lab. It starts at its first use, or with `start`. */
export interface Lab {
  /** Starts a fresh lab and prints its machines on one line; a lab that is running ends. */
  start(options?: StartOptions): Promise<void>
  /** Ends the lab. */
  stop(): Promise<void>
  readonly running: boolean
  readonly topology: Topology
  /** namespaces, microvm or engines; throws before the lab runs. */
  readonly backend: string
  /** The engine's version: `20.10.24`. */
  readonly engine: string
  /** ms from the call of `start` to all engines answering. */
  readonly startMs: number
  /** Kernel features that the running lab has: `lab.features.includes('ipvs')`. */
  readonly features: Need[]
  readonly A: Host
  readonly B: Host
  readonly router: Machine
  readonly hosts: Host[]
  readonly machines: Machine[]
  /** A machine by name. Throws, naming those that the topology has. */
  machine(name: string): Machine
  /** A host by name. Throws, naming those that the topology has. */
  host(name: string): Host
  /** The shell script that builds this lab. */
  plan(): string
}
