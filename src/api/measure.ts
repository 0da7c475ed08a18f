/** What the measuring helpers return. All times are milliseconds, all sizes bytes, all rates bit/s. */

export interface PingReply {
  seq: number
  ttl: number
  /** Round-trip time, ms. */
  ms: number
  /** ICMP bytes received. */
  bytes: number
  /** Who answered. */
  from: string
}

export interface PingResult {
  from: string
  target: string
  transmitted: number
  received: number
  /** 0 to 100. */
  lossPercent: number
  /** The first reply to each request. */
  replies: PingReply[]
  /** Further replies to a request that had one. */
  duplicates: number
  /** ms; absent when nothing came back. */
  min?: number
  avg?: number
  median?: number
  p95?: number
  max?: number
  /** Why nothing could be sent, or what came back in place of a reply, in the tool's words: `Network is unreachable`. */
  error?: string
  /** Whether the cell was interrupted before all requests were sent. */
  interrupted?: boolean
  /** What ping printed. */
  text: string
}

export interface PingOptions {
  /** Echo requests to send. Default 4. */
  count?: number
  /** Seconds between two requests. Default 0.2. */
  interval?: number
  /** ICMP payload, bytes. Default 56. */
  size?: number
  /** Forbid fragmentation (DF). */
  dontFragment?: boolean
  /** Time to live of what is sent. */
  ttl?: number
  /** Seconds to wait for each reply. Default 1. */
  timeout?: number
  /** Print as it runs. Default true. */
  print?: boolean
}

export interface HttpResult {
  url: string
  status: number
  statusText: string
  headers: Record<string, string>
  /** Bytes of the body that arrived. */
  bytes: number
  /** The Content-Length header, bytes. */
  contentLength?: number
  body: string
  /** ms from the request to the last byte. */
  ms: number
}

export interface Throughput {
  from: string
  to: string
  /** TCP payload received, bit/s. */
  bitsPerSecond: number
  /** Length of the measurement, seconds. */
  seconds: number
  bytes: number
  retransmits?: number
}

export interface PathMtu {
  from: string
  to: string
  /** The largest IP packet that passes unfragmented, bytes. */
  mtu: number
  /** Its ICMP payload: mtu − 28 (20 IPv4 + 8 ICMP), bytes. */
  payload: number
  /** What happens one byte above it: the local error or the ICMP "fragmentation needed". */
  above: { payload: number; error: string; nextHopMtu?: number; reportedBy?: string }
  probes: { payload: number; passed: boolean }[]
}

export interface PacketRate {
  from: string
  to: string
  /** UDP packets that arrived, per second. */
  packetsPerSecond: number
  sent: number
  received: number
  /** 0 to 100. */
  lossPercent: number
  /** UDP payload of each packet, bytes. */
  size: number
  seconds: number
}

/** One rule of the nat table, as `iptables-save` prints it. A value that begins with ! is negated: `!docker0`. */
export interface NatRule {
  /** PREROUTING, POSTROUTING, OUTPUT, DOCKER, … */
  chain: string
  /** MASQUERADE, SNAT, DNAT, RETURN, or another chain. */
  target: string
  protocol?: string
  /** CIDR */
  source?: string
  destination?: string
  inInterface?: string
  outInterface?: string
  /** Destination port that the rule matches: `8080`. */
  port?: string
  /** The address, and port, that takes the old one's place: `172.17.0.2:80`. */
  to?: string
  /** The rule as iptables writes it. */
  text: string
}

/** One line of a forwarding table (FDB): where frames for a MAC go. */
export interface ForwardingEntry {
  mac: string
  /** The port or device. */
  device: string
  /** The bridge that the port belongs to. */
  bridge?: string
  /** VXLAN: the host behind which the MAC is. */
  remote?: string
  vlan?: number
  /** Whether it was learned from traffic; false for a fixed entry. */
  learned: boolean
  /** Whether it is a group address. */
  multicast: boolean
  /** Whether the device itself, not its bridge, holds the entry. */
  self: boolean
}
