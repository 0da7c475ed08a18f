import type { PathMtu } from '../../api/measure.ts'
import type { Chart, ChartOptions, Series } from '../../api/show.ts'
import { ink, palette, paper } from '../theme.ts'
import { drawChart } from './chart.ts'
import { mtuFinding } from './finding.ts'
import { entriesOf, finite } from './series.ts'

type Measured = number | PathMtu | { mtu: number; overhead?: Record<string, number> }

interface Bar { name: string; mtu: number; total: number; parts: { part: string; from: number; to: number; bytes: number }[] }

const carried = 'carried'
const partColours = [palette.orange, palette.green, palette.purple, palette.vermillion, palette.sky, palette.black]

/**
 * MTU by interface or path, what the encapsulation adds stacked behind it. Below the whole bars, their ends enlarged, since
 * 50 of 1500 bytes are too narrow to read.
 */
export async function mtu(results: Series<Measured>, options: ChartOptions = {}): Promise<Chart> {
  const bars = entriesOf<Measured>(results, 'chart.mtu({ ens33: 1500, overlay: { mtu: 1450, overhead: { VXLAN: 8 } } })').map(([name, result]) => barOf(name, result))
  const names = bars.map(bar => bar.name)
  const partNames = [...new Set(bars.flatMap(bar => bar.parts.map(part => part.part)))]
  const colour = {
    field: 'part', type: 'nominal', sort: partNames,
    scale: { domain: partNames, range: partNames.map((part, index) => part === carried ? palette.blue : partColours[(index - 1) % partColours.length]!) },
    legend: partNames.length > 1 ? { title: null, orient: 'bottom', columns: 3, symbolType: 'square' } : null,
  }
  const y = { field: 'name', type: 'nominal', title: null, sort: names, scale: { domain: names }, axis: { ticks: false, domain: false, grid: false } }
  const parts = bars.flatMap(bar => bar.parts.map(part => ({ name: bar.name, ...part })))
  const most = Math.max(...bars.map(bar => bar.total))
  const least = Math.min(...bars.map(bar => bar.mtu))
  const tooltip = [{ field: 'name', type: 'nominal' }, { field: 'part', type: 'nominal' }, { field: 'bytes', type: 'quantitative' }]
  const whole = panel({ y, colour, tooltip, parts, domain: [0, most], title: 'bytes of one packet', labels: bars.map(bar => wholeLabel(bar, most)) })
  const enlarged = () => panel({
    y, colour, tooltip, parts, domain: [Math.max(0, Math.floor((least - 0.35 * (most - least)) / 5) * 5), most], title: 'the last bytes, enlarged', values: edges(bars),
    labels: parts.filter(part => part.part !== carried).map(part => ({ name: part.name, at: (part.from + part.to) / 2, label: String(part.bytes) })),
  })
  return drawChart({
    title: options.title ?? mtuFinding(bars),
    spec: {
      vconcat: most > least && most - least < most / 4 ? [whole, enlarged()] : [whole],
      spacing: 26,
      resolve: { scale: { color: 'shared' } },
    },
    columns: ['path', 'mtu', 'encapsulation', 'on the wire', 'parts'],
    rows: bars.map(bar => [bar.name, String(bar.mtu), String(bar.total - bar.mtu), String(bar.total),
      bar.parts.slice(1).map(part => `${part.part} ${part.bytes}`).join(' + ') || '–']),
  })
}

/** In the bar where it has room, else behind it. */
function wholeLabel({ name, mtu, total }: Bar, most: number): Label {
  const label = `${mtu} bytes`
  return mtu / most > 0.2 ? { name, at: mtu / 2, label } : { name, at: total, label, behind: true }
}

function barOf(name: string, result: Measured): Bar {
  const size = finite(name, typeof result === 'number' ? result : result.mtu, 'the MTU')
  const overhead = typeof result === 'object' && 'overhead' in result ? Object.entries(result.overhead ?? {}) : []
  let end = size
  const parts = [{ part: carried, from: 0, to: size, bytes: size }]
  for (const [part, given] of overhead) {
    const bytes = finite(name, given, part)
    if (bytes > 0) parts.push({ part: part === carried ? `${part} (overhead)` : part, from: end, to: end += bytes, bytes })
  }
  return { name, mtu: size, total: end, parts }
}

/** The places that the enlarged axis names: where bars and parts end, those too close to the one before left out. */
function edges(bars: Bar[]): number[] {
  const all = [...new Set(bars.flatMap(bar => [bar.mtu, bar.total]))].sort((a, b) => a - b)
  const span = all.at(-1)! - all[0]! || 1
  return all.filter((edge, index) => index === 0 || edge - all[index - 1]! > span / 12)
}

interface Panel {
  y: Record<string, unknown>; colour: Record<string, unknown>; tooltip: Record<string, unknown>[]; title: string
  parts: { name: string }[]; domain: [number, number]; labels: Label[]; values?: number[]
}

interface Label { name: string; at: number; label: string; behind?: boolean }

function panel({ y, colour, tooltip, parts, domain, title, labels, values }: Panel): Record<string, unknown> {
  const x = { type: 'quantitative', title, scale: { domain, nice: false, zero: false }, axis: { grid: true, format: 'd', tickCount: 8, ...(values && { values }) } }
  const text = (values: Label[], mark: Record<string, unknown>) => ({
    data: { values },
    mark: { type: 'text', baseline: 'middle', fontSize: 12, fontWeight: 600, ...mark },
    encoding: { x: { ...x, field: 'at' }, text: { field: 'label', type: 'nominal' } },
  })
  return {
    width: 560,
    height: { step: 34 },
    encoding: { y },
    layer: [
      { data: { values: parts }, mark: { type: 'bar', clip: true, stroke: paper, strokeWidth: 1 }, encoding: { x: { ...x, field: 'from' }, x2: { field: 'to' }, color: colour, tooltip } },
      text(labels.filter(label => !label.behind), { color: values ? ink : paper }),
      ...labels.some(label => label.behind) ? [text(labels.filter(label => label.behind), { color: ink, align: 'left', dx: 6 })] : [],
    ],
  }
}
