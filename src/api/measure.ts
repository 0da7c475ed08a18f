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
  replies: PingReply[]
  /** ms; absent when nothing came back. */
  min?: number
  avg?: number
  median?: number
  p95?: number
  max?: number
  /** Why nothing could be sent, in the tool's words: `Network is unreachable`. */
  error?: string
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
