import type { NetworkNode } from '../api/lab.ts'
import type { Throughput } from '../api/measure.ts'
import { output } from '../output.ts'
import { printed } from '../printed.ts'
import { iperf3, type MeasurementOptions } from './iperf3.ts'

/** TCP throughput from a node to another, by iperf3. `address` is where `to` is reached, when it has several. */
export async function throughput(from: NetworkNode, to: NetworkNode, options: MeasurementOptions = {}): Promise<Throughput> {
  const { bitsPerSecond, seconds, bytes, retransmits } = await iperf3(from, to, 'throughput', [], options)
  const text = `${(bitsPerSecond / 1e9).toFixed(2)} Gbit/s${retransmits === undefined ? '' : `, ${retransmits} segments sent again`}`
  const { print = true } = options
  if (print) output().write(`${text}\n`)
  return printed({ from: from.name, to: to.name, bitsPerSecond, seconds, bytes, ...(retransmits !== undefined && { retransmits }) }, print, text)
}
