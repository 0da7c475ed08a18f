/// <reference path="./globals.d.ts" />
/** The names that every notebook starts with, as TypeScript sees them in a cell. `prelude.ts` gives the values. */
import type * as labs from '../src/api/lab.ts'
import type * as measures from '../src/api/measure.ts'
import type * as models from '../src/api/models.ts'
import type * as packets from '../src/api/packets.ts'
import type * as shows from '../src/api/show.ts'
import type { MimeBundle } from '../src/output.ts'

declare global {
  /** The sealed lab: hosts A and B with an engine each, and a router that answers as 8.8.8.8. Starts at its first use. */
  const lab: labs.Lab
  /** Chapter 1: no network at all. */
  const none: models.NoneModel
  /** Chapter 2: the host's own network. */
  const host: models.HostModel
  /** Chapter 3: a bridge, veth pairs and NAT. */
  const bridge: models.BridgeModel
  /** Chapter 4: another container's network. */
  const container: models.ContainerModel
  /** Chapter 5: VXLAN between hosts. */
  const overlay: models.OverlayModel
  /** Chapter 6: sub-interfaces with MACs of their own. */
  const macvlan: models.MacvlanModel
  /** Chapter 7: sub-interfaces that share the parent's MAC. */
  const ipvlan: models.IpvlanModel

  /** Sends ICMP echo requests from a node and prints the replies as they come. */
  function ping(from: labs.NetworkNode, to: labs.NetworkNode | string, options?: measures.PingOptions): Promise<measures.PingResult>
  /** Fetches a URL from inside a node. `172.17.0.2:80` will do. */
  function http(from: labs.NetworkNode, url: string, options?: { timeout?: number; print?: boolean }): Promise<measures.HttpResult>
  /** Listens on an interface of a node until stopped. */
  function capture(on: labs.NetworkNode, options?: packets.CaptureOptions): Promise<packets.Capture>
  /** The largest IP packet that goes unfragmented from a node to another. */
  function pathMtu(from: labs.NetworkNode, to: labs.NetworkNode | string, options?: { max?: number; print?: boolean }): Promise<measures.PathMtu>
  /** TCP throughput between two nodes, by iperf3. */
  function throughput(from: labs.NetworkNode, to: labs.NetworkNode, options?: { seconds?: number; address?: string; print?: boolean }): Promise<measures.Throughput>
  /** Small UDP packets per second that arrive from a node at another, by iperf3. */
  function packetRate(from: labs.NetworkNode, to: labs.NetworkNode, options?: { seconds?: number; address?: string; size?: number; print?: boolean }): Promise<measures.PacketRate>
  /** The rules of a machine's nat table: MASQUERADE, DNAT. */
  function natRules(on: labs.NetworkNode): Promise<measures.NatRule[]>
  /** The MAC tables of a machine's bridges and VXLAN devices. */
  function forwardingTable(on: labs.NetworkNode, options?: { device?: string }): Promise<measures.ForwardingEntry[]>

  const claim: shows.ClaimFunction
  const chart: shows.Charts
  const diagram: shows.Diagrams
  const table: shows.TableFunction

  type MimeBundleOf = MimeBundle
}
export {}
