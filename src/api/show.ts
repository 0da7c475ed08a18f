import type { Displayable, MimeBundle } from '../output.ts'
import type { Container, Host, NetworkNode } from './lab.ts'
import type { PathMtu, PingResult, Throughput } from './measure.ts'
import type { Captured, Packet } from './packets.ts'

/** Something shown: put it last in a cell, or `display(it)`. */
export interface Shown extends Displayable { readonly bundle: MimeBundle; /** The text form, for terminals and screen readers. */ readonly text: string }
/** A chart, with its Vega-Lite specification for those who want to change it. */
export interface Chart extends Shown { readonly spec: Record<string, unknown> }

export interface ChartOptions { /** Default: a title that says the finding. */ title?: string }
/** One measured series under the name that the legend shows. */
export type Series<T> = Record<string, T>

export interface Charts {
  /** Round-trip time by sequence number, with median and p95. One result, or several by name. ms */
  latency(results: PingResult | Series<PingResult>, options?: ChartOptions): Promise<Chart>
  /** Distributions of round-trip time side by side. ms */
  distribution(results: Series<PingResult>, options?: ChartOptions): Promise<Chart>
  /** MTU by interface or path, the encapsulation overhead stacked on top. bytes */
  mtu(results: Series<number | PathMtu | { mtu: number; overhead?: Record<string, number> }>, options?: ChartOptions): Promise<Chart>
  /** Bars of TCP throughput. bit/s */
  throughput(results: Series<Throughput>, options?: ChartOptions): Promise<Chart>
  /** Bars of packets per second. */
  packetRate(results: Series<number | { packetsPerSecond: number }>, options?: ChartOptions): Promise<Chart>
  /** Any Vega-Lite specification of one's own. */
  vegaLite(spec: Record<string, unknown>): Promise<Chart>
}

export interface Diagrams {
  /** The lab as it is now: machines, bridges, veths, containers, addresses; `path` marks the hops of a packet. */
  lab(options?: { hosts?: Host[]; title?: string; path?: (NetworkNode | string)[]; highlight?: (Container | string)[] }): Promise<Shown>
  /** One packet as nested layers with the bytes of each. */
  packet(packet: Packet, options?: { title?: string }): Promise<Shown>
  /** The seven models at a glance. */
  models(): Promise<Shown>
}

export type Cell = string | number | boolean | null | undefined
export type TableFunction = (rows: Record<string, Cell>[] | Captured, options?: { title?: string; columns?: string[] }) => Shown

export type Verdict = 'reproduced' | 'differs' | 'corrected' | 'failed'
export interface Evidence {
  /** What must come out. */
  expected: unknown
  /** What came out. */
  measured: unknown
  /** Whether the claim's relation holds. Default: expected equals measured, deeply. */
  holds?: boolean
  /** Why the tutorial's literal value may differ here though the relation holds: the engine's version, the sealed internet. */
  reason?: string
  /** Where the tutorial errs: what is right instead. */
  corrected?: string
}
export interface Claim extends Shown { readonly id: string; readonly says: string; readonly verdict: Verdict; readonly expected: string; readonly measured: string }
/** Holds a claim of the tutorial against what was measured, and shows the verdict at once. Throws for an unknown id. */
export type ClaimFunction = (id: string, evidence: Evidence) => Claim
