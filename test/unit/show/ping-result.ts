import type { PingResult } from '../../../src/api/measure.ts'
import { quantile } from '../../../src/show/charts/series.ts'

/** A ping result of these round-trip times (ms); undefined is a request without a reply. */
export function pingResult(times: (number | undefined)[], changes: Partial<PingResult> = {}): PingResult {
  const replies = times.flatMap((ms, seq) => ms === undefined ? [] : [{ seq, ttl: 64, ms, bytes: 64, from: '10.0.1.3' }])
  const values = replies.map(reply => reply.ms)
  return {
    from: 'bbox', target: '10.0.1.3', transmitted: times.length, received: replies.length,
    duplicates: 0, lossPercent: times.length === 0 ? 0 : 100 * (1 - replies.length / times.length), replies, text: '',
    ...(values.length > 0 && { median: quantile(values, 0.5), p95: quantile(values, 0.95) }),
    ...changes,
  }
}
