import type { NetworkNode } from '../api/lab.ts'
import type { NatRule } from '../api/measure.ts'
import { parseNatRules } from './parse/iptables.ts'

/** The rules of a machine's nat table, in their order. */
export async function natRules(on: NetworkNode): Promise<NatRule[]> {
  return parseNatRules((await on.inNetwork(['iptables-save', '-t', 'nat'], { print: false })).stdout)
}
