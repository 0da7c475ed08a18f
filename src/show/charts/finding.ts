/** Titles that say what a chart shows. */
import type { PingResult } from '../../api/measure.ts'
import { inUnit, round, time, type Unit } from './units.ts'

/** Of latencies: `bridge adds 12 µs to the median of host (48 µs)`. */
export function latencyFinding(entries: [string, PingResult][]): string {
  const answered = entries.filter(([, result]) => result.median !== undefined)
  const silent = entries.filter(([, result]) => result.median === undefined)
  if (answered.length === 0) return silent.length === 1 ? `${silent[0]![0]}: ${silent[0]![1].error ?? 'no reply'}` : 'No reply to any of them'
  const without = silent.length > 0 ? `; no reply: ${silent.map(([name]) => name).join(', ')}` : ''
  const sorted = answered.map(([name, result]) => ({ name, median: result.median!, p95: result.p95 ?? result.median! })).sort((a, b) => a.median - b.median)
  const [best, next] = sorted
  const worst = sorted.at(-1)!
  if (!next) return `${best!.name}: median ${time(best!.median)}, p95 ${time(best!.p95)}${without}`
  if (worst.median <= best!.median * 1.05) return `${listed(sorted.map(each => each.name))} take equally long: medians within 5 %, ${time(best!.median)}${without}`
  if (sorted.length === 2) return `${next.name} adds ${time(next.median - best!.median)} to the median of ${best!.name} (${time(best!.median)})${without}`
  return `${best!.name} answers soonest: median ${time(best!.median)}; ${worst.name} takes ${factor(worst.median / best!.median)} as long${without}`
}

/** Of rates, where more is better: `host carries 1.4 times what bridge does (52.1 against 37.0 Gbit/s)`. */
export function rateFinding(entries: [string, number][], unit: Unit): string {
  const sorted = [...entries].sort((a, b) => b[1] - a[1])
  const [best, worst] = [sorted[0]!, sorted.at(-1)!]
  if (sorted.length === 1) return `${best[0]}: ${inUnit(best[1], unit)}`
  if (best[1] === 0) return 'Nothing got through'
  if (worst[1] === 0) return `Nothing gets through ${worst[0]}; ${best[0]} carries ${inUnit(best[1], unit)}`
  if (worst[1] >= best[1] / 1.05) return `${listed(sorted.map(([name]) => name))} carry the same within 5 %: ${inUnit(best[1], unit)}`
  return `${best[0]} carries ${factor(best[1] / worst[1])} what ${worst[0]} does (${round(best[1] / unit.size)} against ${round(worst[1] / unit.size)} ${unit.name})`
}

/** Of MTUs: `overlay carries 1450 bytes: 1500 − 50 of encapsulation`. */
export function mtuFinding(bars: { name: string; mtu: number; total: number }[]): string {
  const wrapped = bars.filter(bar => bar.total > bar.mtu)
  const [least, most] = [bars.reduce((a, b) => (b.mtu < a.mtu ? b : a)), bars.reduce((a, b) => (b.mtu > a.mtu ? b : a))]
  if (wrapped.length > 0) {
    const bar = wrapped[0]!
    return `${bar.name} carries ${bar.mtu} bytes: ${bar.total} − ${bar.total - bar.mtu} of encapsulation`
  }
  if (bars.length === 1) return `${least.name}: packets of up to ${least.mtu} bytes`
  if (least.mtu === most.mtu) return `All carry packets of up to ${least.mtu} bytes`
  return `${least.name} carries ${least.mtu} bytes, ${most.mtu - least.mtu} fewer than ${most.name} (${most.mtu})`
}

function factor(ratio: number): string {
  return `${round(Number(ratio.toPrecision(2)))} times`
}

function listed(names: string[]): string {
  return names.length <= 3 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : `All ${names.length}`
}
