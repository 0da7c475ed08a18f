/** Decoded packets: layers from the outside in. A truncated or unknown layer is a value, never an exception. */

interface LayerBase {
  /** Offset of the layer's first byte in the captured frame. */
  offset: number
  /** Bytes of this layer's own header. */
  headerBytes: number
  /** What is wrong with the layer, if anything: `truncated: 12 of 20 bytes`. */
  problem?: string
}
export interface EthernetLayer extends LayerBase { layer: 'ethernet'; source: string; destination: string; etherType: number; vlan?: number }
export interface ArpLayer extends LayerBase { layer: 'arp'; operation: 'request' | 'reply' | number; senderMac: string; senderAddress: string; targetMac: string; targetAddress: string }
export interface Ipv4Layer extends LayerBase { layer: 'ipv4'; source: string; destination: string; ttl: number; protocol: number; id: number; totalBytes: number; dontFragment: boolean; moreFragments: boolean; fragmentOffset: number; checksumValid: boolean }
export interface Ipv6Layer extends LayerBase { layer: 'ipv6'; source: string; destination: string; hopLimit: number; nextHeader: number; payloadBytes: number }
export interface IcmpLayer extends LayerBase { layer: 'icmp'; version: 4 | 6; type: number; code: number; name: string; id?: number; seq?: number; nextHopMtu?: number }
export interface UdpLayer extends LayerBase { layer: 'udp'; sourcePort: number; destinationPort: number; bytes: number; checksum: number }
export interface TcpLayer extends LayerBase { layer: 'tcp'; sourcePort: number; destinationPort: number; seq: number; ack: number; flags: string[]; window: number }
export interface VxlanLayer extends LayerBase { layer: 'vxlan'; vni: number; flags: number }
export interface PayloadLayer extends LayerBase { layer: 'payload'; bytes: number; /** Why it was not decoded further. */ reason?: string }

export type Layer = EthernetLayer | ArpLayer | Ipv4Layer | Ipv6Layer | IcmpLayer | UdpLayer | TcpLayer | VxlanLayer | PayloadLayer

export interface Packet {
  /** Seconds since 1970, microsecond resolution. */
  time: number
  /** Bytes on the wire. */
  originalBytes: number
  /** Bytes captured. */
  data: Uint8Array
  layers: Layer[]
  /** One line as tcpdump would say it. */
  summary: string
}

export interface CaptureOptions {
  /** Interface to listen on. Default: the machine's LAN interface, eth0 in a container. */
  interface?: string
  /** A pcap filter expression: `udp port 4789`. */
  filter?: string
  /** Stop by itself after this many packets. */
  count?: number
}

/** A running capture. */
export interface Capture {
  /** Ends the capture and returns what it caught, packets still in the kernel's buffer included. */
  stop(): Promise<Captured>
  [Symbol.asyncDispose](): Promise<void>
}

export interface Captured {
  interface: string
  filter: string
  packets: Packet[]
  /** Packets that came faster than they could be caught. */
  dropped: number
  /** As `tcpdump -nnn -vvv` prints them; with `hex`, followed by the bytes (`-X`). */
  text(options?: { hex?: boolean }): string
  /** The capture file itself (libpcap format; Wireshark opens it). */
  pcap: Uint8Array
  /** Writes the capture to a file on the machine that runs the notebook. */
  save(path: string): Promise<string>
}
