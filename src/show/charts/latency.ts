import type { Chart, ChartOptions, Series } from '../../api/show.ts'
import type { PingResult } from '../../api/measure.ts'
import { hairline, palette, quietInk, series as colours } from '../theme.ts'
import { drawChart } from './chart.ts'
import { latencyFinding } from './finding.ts'
import { entriesOf, quantile } from './series.ts'
import { inUnit, round, timeUnit, type Unit } from './units.ts'

const width = 620
const height = 260
const shapes = ['circle', 'square', 'triangle-up', 'diamond', 'triangle-down', 'cross', 'triangle-right']

/** Round-trip time by sequence number, a line a series, with rules at its median and 95th percentile. Lost requests are crosses. */
export async function latency(results: PingResult | Series<PingResult>, options: ChartOptions = {}): Promise<Chart> {
  const entries = isPing(results) ? [[`${results.from} → ${results.target}`, results] as [string, PingResult]]
    : entriesOf(results, 'chart.latency({ host: rtt1, bridge: rtt2 })')
  const replies = entries.flatMap(([, result]) => result.replies.map(reply => reply.ms))
  const unit = timeUnit(replies)
  const drafts = entries.map(([name, result], index) => draftSeries(name, result, unit, index))
  const title = options.title ?? latencyFinding(entries)
  const losses = entries.filter(([, result]) => result.lossPercent > 0 || result.received === 0)
    .map(([name, result]) => result.transmitted === 0 ? `${name}: nothing sent` : `${name}: ${result.transmitted - result.received} of ${result.transmitted} lost (×)`)
  return drawChart({
    title,
    subtitle: losses.join('; ') || undefined,
    spec: {
      width,
      height,
      layer: replies.length > 0 || drafts.some(draft => draft.lost.length > 0) ? layers(drafts, unit) : [nothing(entries)],
      view: { stroke: replies.length > 0 ? null : hairline },
    },
    columns: ['series', 'sent', 'lost %', `min ${unit.name}`, `median ${unit.name}`, `p95 ${unit.name}`, `max ${unit.name}`],
    rows: drafts.map(({ name, result, median, p95 }) => {
      const values = result.replies.map(reply => reply.ms)
      const cell = (value: number | undefined) => value === undefined || !Number.isFinite(value) ? '–' : round(value / unit.size)
      return [name, String(result.transmitted), result.transmitted === 0 ? '–' : round(result.lossPercent), cell(Math.min(...values)), cell(median), cell(p95), cell(Math.max(...values))]
    }),
  })
}

interface SeriesDraft {
  name: string
  result: PingResult
  /** What the legend says: the name with its numbers. */
  legend: string
  index: number
  median?: number
  p95?: number
  /** Sequence numbers without a reply. */
  lost: number[]
}

function draftSeries(name: string, result: PingResult, unit: Unit, index: number): SeriesDraft {
  const values = result.replies.map(reply => reply.ms)
  const median = result.median ?? quantile(values, 0.5)
  const p95 = result.p95 ?? quantile(values, 0.95)
  const numbers = median === undefined ? result.error ?? 'no reply' : `median ${inUnit(median, unit)}, p95 ${inUnit(p95!, unit)}`
  return { name, result, legend: `${name}: ${numbers}`, index, median, p95, lost: lostOf(result) }
}

/** Sequence numbers begin at 0 (busybox) or at 1 (iputils). */
function lostOf({ replies, transmitted }: PingResult): number[] {
  const seen = new Set(replies.map(reply => reply.seq))
  const first = seen.has(0) || seen.size === 0 || Math.max(...seen) < transmitted ? 0 : 1
  return Array.from({ length: transmitted }, (_, index) => index + first).filter(seq => !seen.has(seq))
}

function layers(drafts: SeriesDraft[], unit: Unit): Record<string, unknown>[] {
  const sequences = drafts.flatMap(({ result, lost }) => [...result.replies.map(reply => reply.seq), ...lost])
  const first = Math.min(...sequences)
  const last = Math.max(...sequences)
  const values = drafts.flatMap(({ result }) => result.replies.map(reply => reply.ms / unit.size))
  const x = {
    field: 'seq', type: 'quantitative', title: 'sequence number of the echo request',
    scale: { domain: first === last ? [first - 1, last + 1] : [first, last], zero: false, nice: false, padding: first === last ? 0 : 10 },
    axis: { tickMinStep: 1, format: 'd', grid: false, ...(first === last && { values: [first] }) },
  }
  const y = { type: 'quantitative', title: `round-trip time (${unit.name})`, scale: yScale(values), axis: values.length > 0 ? {} : { labels: false, ticks: false, grid: false } }
  const domain = drafts.map(draft => draft.legend)
  const legend = drafts.length > 1 ? { title: null, orient: 'bottom', direction: 'vertical', columns: 1, symbolOpacity: 1 } : null
  const colour = { field: 'legend', type: 'nominal', scale: { domain, range: domain.map((_, index) => colours[index % colours.length]!) }, legend }
  const shape = { field: 'legend', type: 'nominal', scale: { domain, range: domain.map((_, index) => shapes[index % shapes.length]!) }, legend }
  const points = drafts.flatMap(({ legend: label, name, result, lost }) => [
    ...result.replies.map(({ seq, ms, ttl }) => ({ legend: label, series: name, seq, value: ms / unit.size, ttl })),
    ...lost.map(seq => ({ legend: label, series: name, seq, value: null })),
  ]).sort((a, b) => a.seq - b.seq)
  // More than three 95th percentiles are a thicket of lines; the legend has their numbers.
  const rules = drafts.flatMap(({ legend: label, median, p95 }) => median === undefined ? [] : [
    { legend: label, value: median / unit.size, of: 'median' },
    ...drafts.length > 3 ? [] : [{ legend: label, value: p95! / unit.size, of: '95th percentile' }],
  ])
  const tooltip = [
    { field: 'series', type: 'nominal', title: 'series' }, { field: 'seq', type: 'quantitative', title: 'sequence number' },
    { field: 'value', type: 'quantitative', title: unit.name, format: '.4~g' }, { field: 'ttl', type: 'quantitative', title: 'ttl' },
  ]
  const many = points.length > 200
  return [
    ...rules.length === 0 ? [] : [{
      data: { values: rules },
      mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.8 },
      encoding: {
        y: { ...y, field: 'value' },
        color: colour,
        strokeDash: {
          field: 'of', type: 'nominal', scale: { domain: drafts.length > 3 ? ['median'] : ['median', '95th percentile'], range: [[8, 3], [2, 3]].slice(0, drafts.length > 3 ? 1 : 2) },
          legend: { title: null, orient: 'bottom', direction: 'horizontal', symbolType: 'stroke', symbolStrokeColor: quietInk, symbolSize: 500, symbolStrokeWidth: 1.5 },
        },
      },
    }],
    { data: { values: points }, mark: { type: 'line', strokeWidth: 1, opacity: 0.55 }, encoding: { x, y: { ...y, field: 'value' }, color: colour } },
    {
      data: { values: points.filter(point => point.value !== null) },
      mark: { type: 'point', filled: true, opacity: 1, size: many ? 14 : 55 },
      encoding: { x, y: { ...y, field: 'value' }, color: colour, shape, tooltip },
    },
    ...drafts.filter(draft => draft.lost.length > 0).map(({ lost, index }, row) => ({
      data: { values: lost.map(seq => ({ seq })) },
      mark: { type: 'text', text: '×', fontSize: 20, fontWeight: 700, color: drafts.length > 1 ? colours[index % colours.length] : palette.vermillion, y: height - 10 - (row % 6) * 15, baseline: 'middle' },
      encoding: { x },
    })),
  ]
}

/** From zero, unless all values lie far above it and close together; logarithmic where they span more than a factor of 50. */
function yScale(values: number[]): Record<string, unknown> {
  const least = Math.min(...values)
  const most = Math.max(...values)
  if (values.length === 0) return { domain: [0, 1] }
  if (least > 0 && most / least > 50) return { type: 'log' }
  if (most === 0) return { domain: [0, 1] }
  return values.length > 1 && least > 0.6 * most && most > least ? { zero: false, padding: 24 } : { domain: [0, most * 1.06] }
}

/** What stands where nothing could be sent. */
function nothing(entries: [string, PingResult][]): Record<string, unknown> {
  return {
    data: { values: [{ text: entries.map(([name, result]) => `${name}: ${result.error ?? 'nothing sent'}`) }] },
    mark: { type: 'text', fontSize: 14, x: width / 2, y: height / 2, align: 'center', baseline: 'middle', lineHeight: 20, limit: width },
    encoding: { text: { field: 'text', type: 'nominal' } },
  }
}

function isPing(results: PingResult | Series<PingResult>): results is PingResult {
  return Array.isArray((results as PingResult | undefined)?.replies)
}
