import type { Throughput } from '../../api/measure.ts'
import type { Chart, ChartOptions, Series } from '../../api/show.ts'
import { palette } from '../theme.ts'
import { drawChart } from './chart.ts'
import { rateFinding } from './finding.ts'
import { entriesOf, finite } from './series.ts'
import { bitRateUnit, packetRateUnit, round, type Unit } from './units.ts'

/** Bars of TCP throughput. */
export async function throughput(results: Series<Throughput>, options: ChartOptions = {}): Promise<Chart> {
  const entries = entriesOf(results, 'chart.throughput({ host: t1, bridge: t2 })')
  const rates = entries.map(([name, result]): [string, number] => [name, finite(name, result.bitsPerSecond, 'the throughput')])
  const remarks = entries.map(([, { seconds, retransmits }]) =>
    `${round(finite('throughput', seconds, 'its duration'))} s${retransmits === undefined ? '' : `, ${retransmits} retransmit${retransmits === 1 ? '' : 's'}`}`)
  return bars({ rates, remarks, unit: bitRateUnit(rates.map(([, rate]) => rate)), what: 'TCP throughput', options })
}

/** Bars of packets per second. */
export async function packetRate(results: Series<number | { packetsPerSecond: number }>, options: ChartOptions = {}): Promise<Chart> {
  const entries = entriesOf<number | { packetsPerSecond: number }>(results, 'chart.packetRate({ host: 95000, bridge: 61000 })')
  const rates = entries.map(([name, result]): [string, number] => [name, finite(name, typeof result === 'number' ? result : result.packetsPerSecond, 'the packet rate')])
  return bars({ rates, unit: packetRateUnit(rates.map(([, rate]) => rate)), what: 'packet rate', options })
}

function bars({ rates, remarks, unit, what, options }: { rates: [string, number][]; remarks?: string[]; unit: Unit; what: string; options: ChartOptions }): Promise<Chart> {
  const names = rates.map(([name]) => name)
  const most = Math.max(...rates.map(([, rate]) => rate)) / unit.size
  const values = rates.map(([name, rate], index) => ({ name, value: rate / unit.size, label: round(rate / unit.size), ...(remarks && { remark: remarks[index] }) }))
  const x = { field: 'value', type: 'quantitative', title: `${what} (${unit.name})`, scale: { domain: [0, most > 0 ? most * 1.1 : 1] } }
  return drawChart({
    title: options.title ?? rateFinding(rates, unit),
    spec: {
      width: 560,
      height: { step: 36 },
      data: { values },
      encoding: { y: { field: 'name', type: 'nominal', title: null, sort: names, axis: { ticks: false, domain: false, grid: false } }, x },
      layer: [
        {
          mark: { type: 'bar', color: palette.blue, height: 22 },
          encoding: {
            tooltip: [{ field: 'name', type: 'nominal' }, { field: 'value', type: 'quantitative', title: unit.name, format: '.4~g' },
              ...remarks ? [{ field: 'remark', type: 'nominal', title: 'measured for' }] : []],
          },
        },
        { mark: { type: 'text', align: 'left', baseline: 'middle', dx: 6, fontWeight: 600 }, encoding: { text: { field: 'label', type: 'nominal' } } },
      ],
    },
    columns: ['series', unit.name, ...remarks ? ['measured for'] : []],
    rows: values.map(({ name, label, remark }) => [name, label, ...remark === undefined ? [] : [remark]]),
  })
}
