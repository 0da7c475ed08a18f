import type { NetworkNode } from '../api/lab.ts'
import type { ForwardingEntry } from '../api/measure.ts'
import { parseForwardingTable } from './parse/fdb.ts'

/** The MAC tables of a machine's bridges and VXLAN devices; with `device`, of that bridge alone. */
export async function forwardingTable(on: NetworkNode, options: { device?: string } = {}): Promise<ForwardingEntry[]> {
  const of = options.device === undefined ? [] : ['br', options.device]
  return parseForwardingTable((await on.inNetwork(['bridge', '-json', 'fdb', 'show', ...of], { print: false })).stdout)
}
