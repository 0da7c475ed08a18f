import type { PingResult } from '../../api/measure.ts'
import type { Chart, ChartOptions, Series } from '../../api/show.ts'
import { ink, paper, series as colours } from '../theme.ts'
import { drawChart } from './chart.ts'
import { latencyFinding } from './finding.ts'
import { entriesOf, quantile } from './series.ts'
import { round, timeUnit } from './units.ts'

const rowHeight = 52

/** Round-trip times side by side: every reply a dot, a box from the first to the third quartile, the median, and the 95th percentile. */
export async function distribution(results: Series<PingResult>, options: ChartOptions = {}): Promise<Chart> {
  const entries = entriesOf(results, 'chart.distribution({ host: rtt1, bridge: rtt2 })')
  const unit = timeUnit(entries.flatMap(([, result]) => result.replies.map(reply => reply.ms)))
  const summaries = entries.map(([name, result]) => {
    const values = result.replies.map(reply => reply.ms / unit.size)
    const at = (fraction: number) => quantile(values, fraction)
    return { series: name, values, q1: at(0.25), median: at(0.5), q3: at(0.75), p95: at(0.95), least: at(0), most: at(1), why: result.error ?? 'no reply' }
  })
  const dots = summaries.flatMap(({ series, values }) => values.map((value, index) => ({ series, value, offset: jitter(index) })))
  const boxes = summaries.filter(summary => summary.values.length > 0).map(({ values: _, why: __, ...summary }) => summary)
  const silent = summaries.filter(summary => summary.values.length === 0).map(({ series, why }) => ({ series, why }))
  const names = entries.map(([name]) => name)
  const positive = dots.filter(dot => dot.value > 0).map(dot => dot.value)
  const logarithmic = positive.length === dots.length && Math.max(...positive) / Math.min(...positive) > 50
  const x = {
    type: 'quantitative', title: `round-trip time (${unit.name}${logarithmic ? ', logarithmic' : ''})`,
    scale: dots.length === 0 ? { domain: [0, 1] } : logarithmic ? { type: 'log' } : { zero: true, nice: true }, axis: { grid: true },
  }
  const y = { field: 'series', type: 'nominal', title: null, scale: { domain: names }, axis: { grid: false, ticks: false, domain: false } }
  const colour = { field: 'series', type: 'nominal', scale: { domain: names, range: names.map((_, index) => colours[index % colours.length]!) }, legend: null }
  const tooltip = ['series', 'median', 'p95', 'q1', 'q3', 'least', 'most']
    .map(field => field === 'series' ? { field, type: 'nominal' } : { field, type: 'quantitative', format: '.4~g', title: `${field} (${unit.name})` })
  return drawChart({
    title: options.title ?? latencyFinding(entries),
    subtitle: 'dot: one reply · box: middle half · bar in it: median · ◇ 95th percentile',
    spec: {
      width: 560,
      height: { step: rowHeight },
      encoding: { y },
      layer: [
        { data: { values: dots }, mark: { type: 'circle', size: dots.length > 300 ? 8 : 22, opacity: 0.65 }, encoding: { x: { ...x, field: 'value' }, yOffset: { field: 'offset', type: 'quantitative', scale: { domain: [-1, 1] } }, color: colour } },
        { data: { values: boxes }, mark: { type: 'bar', height: 26, fillOpacity: 0.18, stroke: ink, strokeWidth: 1, cornerRadius: 2 }, encoding: { x: { ...x, field: 'q1' }, x2: { field: 'q3' }, color: colour, tooltip } },
        { data: { values: boxes }, mark: { type: 'tick', thickness: 3, size: 30, color: ink }, encoding: { x: { ...x, field: 'median' }, tooltip } },
        { data: { values: boxes }, mark: { type: 'point', shape: 'diamond', size: 90, filled: true, color: paper, stroke: ink, strokeWidth: 1.5, opacity: 1 }, encoding: { x: { ...x, field: 'p95' }, tooltip } },
        ...silent.length > 0 ? [{ data: { values: silent }, mark: { type: 'text', align: 'left', x: 8, fontStyle: 'italic', limit: 540 }, encoding: { text: { field: 'why', type: 'nominal' } } }] : [],
      ],
    },
    columns: ['series', 'replies', ...['min', 'q1', 'median', 'q3', 'p95', 'max'].map(name => `${name} ${unit.name}`)],
    rows: summaries.map(({ series, values, least, q1, median, q3, p95, most }) =>
      [series, String(values.length), ...[least, q1, median, q3, p95, most].map(value => value === undefined ? '–' : round(value))]),
  })
}

/** Spreads dots that fall on each other, the same way each time: the fractional parts of multiples of the golden ratio. */
function jitter(index: number): number {
  return Number((((index * 0.618034) % 1) * 1.1 - 0.55).toFixed(3))
}
