/** Typed facts about a network stack, read from iproute2 or busybox output. */

/** One address of an interface, as `ip addr` prints it. */
export interface Address {
  family: 'inet' | 'inet6'
  /** Without the prefix: `192.168.111.128`. */
  address: string
  /** Prefix length in bits: 24. */
  prefix: number
  broadcast?: string
  scope: string
  /** Address and prefix as one writes it: `192.168.111.128/24`. */
  cidr: string
}

/** One interface, as `ip link` and `ip addr` print it. */
export interface Link {
  /** The interface's number, unique in its network namespace. */
  index: number
  name: string
  /** What follows `@if` in `eth0@if7`: the peer's index in the peer's namespace (veth), or the parent's (macvlan, ipvlan). */
  peerIndex?: number
  /** The parent or peer by name where it is in the same namespace: `ens33` in `mac0@ens33`. */
  peerName?: string
  flags: string[]
  /** Bytes of the largest IP packet the interface sends. */
  mtu: number
  qdisc?: string
  /** UP, DOWN or UNKNOWN, where the tool prints it. */
  state?: string
  /** The bridge that the interface is a port of. */
  master?: string
  /** veth, bridge, vxlan, macvlan, ipvlan, vlan; absent for lo and where the tool does not say. */
  kind?: string
  /** Mode of a macvlan or ipvlan interface, VNI of a vxlan one, and so on, as `ip -details` names them. */
  details?: Record<string, unknown>
  mac?: string
  /** How many users have switched promiscuous mode on. */
  promiscuity?: number
  /** The first IPv4 address, as address and prefix: `172.17.0.2/16`; absent when the interface has none. */
  ipv4?: string
  addresses: Address[]
}

/** One line of the route table. */
export interface Route {
  /** `default` or a subnet in CIDR form. */
  destination: string
  gateway?: string
  device?: string
  /** The preferred source address. */
  source?: string
  scope?: string
  protocol?: string
  /** Lower is preferred; 0 when absent. */
  metric?: number
  /** `unreachable`, `blackhole` and the like; absent for an ordinary route. */
  type?: string
}
