import { WirebookError } from '../../error.ts'

export interface Iperf3Result {
  protocol: 'TCP' | 'UDP'
  /** Length of the measurement at the receiver, s. */
  seconds: number
  /** Payload that was received. */
  bytes: number
  bitsPerSecond: number
  /** TCP segments sent again. */
  retransmits?: number
  /** UDP datagrams. */
  packets?: { sent: number; received: number; bytesEach: number }
}

interface Sum { seconds?: number; bytes?: number; bits_per_second?: number; retransmits?: number; packets?: number; lost_packets?: number }
interface Report {
  start?: { test_start?: { protocol?: string; blksize?: number } }
  end?: { sum?: Sum; sum_sent?: Sum; sum_received?: Sum }
  error?: string
}

/** Reads `iperf3 -J` of the client. Throws with iperf3's own words when it reports an error. */
export function parseIperf3(text: string): Iperf3Result {
  let report: Report
  try {
    report = JSON.parse(text)
  } catch (cause) {
    throw new WirebookError(`iperf3 did not print JSON: ${text.trim().slice(0, 200) || '(nothing)'}`, { cause })
  }
  if (report.error) throw new WirebookError(`iperf3: ${report.error}`)
  const { sum, sum_sent: sent, sum_received: received } = report.end ?? {}
  const protocol = report.start?.test_start?.protocol === 'UDP' ? 'UDP' : 'TCP'
  // Versions before 3.7 give UDP only one sum, the sender's, with the receiver's losses.
  const arrived = received ?? sum
  if (arrived?.seconds === undefined || arrived.bytes === undefined) throw new WirebookError(`iperf3's report has no result: ${text.slice(0, 200)}`)
  const result = { protocol, seconds: arrived.seconds, bytes: arrived.bytes, bitsPerSecond: arrived.seconds > 0 ? (arrived.bytes * 8) / arrived.seconds : 0 } as const
  if (protocol === 'TCP') return { ...result, ...(sent?.retransmits !== undefined && { retransmits: sent.retransmits }) }
  const bytesEach = report.start?.test_start?.blksize ?? 1
  const packets = (sum ?? sent)?.packets ?? 0
  return { ...result, packets: { sent: packets, received: received ? Math.round(received.bytes! / bytesEach) : packets - (sum?.lost_packets ?? 0), bytesEach } }
}
