import type { NetworkNode } from '../api/lab.ts'
import type { PacketRate } from '../api/measure.ts'
import { WirebookError } from '../error.ts'
import { output } from '../output.ts'
import { printed } from '../printed.ts'
import { iperf3, type MeasurementOptions } from './iperf3.ts'

/** Payload that makes the smallest Ethernet frame, 64 bytes: 14 Ethernet + 20 IPv4 + 8 UDP + 18 + 4 check sequence (RFC 2544 §9.1). */
const smallest = 18

/** How many small UDP packets per second arrive from a node at another, by iperf3 sending as fast as it can. */
export async function packetRate(from: NetworkNode, to: NetworkNode, options: MeasurementOptions & { size?: number } = {}): Promise<PacketRate> {
  const { size = smallest, seconds = 1, print = true } = options
  if (!(Number.isInteger(size) && size >= 16 && size <= 1400)) throw new WirebookError(`packetRate: size must be a whole number of bytes from 16 to 1400, not ${size}.`)
  const result = await iperf3(from, to, 'packetRate', ['-u', '-b', '0', '-l', String(size)], { ...options, seconds })
  const { sent = 0, received = 0 } = result.packets ?? {}
  const packetsPerSecond = result.seconds > 0 ? received / result.seconds : 0
  const lossPercent = sent === 0 ? 100 : ((sent - received) / sent) * 100
  const text = `${Math.round(packetsPerSecond).toLocaleString('en')} packets/s of ${size} bytes, ${lossPercent.toFixed(1)} % lost`
  if (print) output().write(`${text}\n`)
  return printed({ from: from.name, to: to.name, packetsPerSecond, sent, received, lossPercent, size, seconds: result.seconds }, print, text)
}
