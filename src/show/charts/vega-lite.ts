import type { Chart } from '../../api/show.ts'
import { WirebookError } from '../../error.ts'
import { output } from '../../output.ts'
import { tableText } from '../table-text.ts'
import { paper } from '../theme.ts'
import { chart, vegaLiteSchema } from './chart.ts'
import { chartConfig } from './config.ts'
import { renderSvg } from './render.ts'

/**
 * Any Vega-Lite specification of one's own, in the look of the other charts; what it sets itself stays. Its rows must be in
 * it. Warnings of Vega-Lite are printed to stderr. Throws for what is no Vega-Lite specification.
 */
export async function vegaLite(spec: Record<string, unknown>): Promise<Chart> {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) {
    throw new WirebookError(`A chart needs a Vega-Lite specification, but got ${Array.isArray(spec) ? 'a list' : spec === null ? 'null' : typeof spec}.`, { remedy: 'Give an object with data, mark and encoding.' })
  }
  if (/\/schema\/vega\//.test(String(spec.$schema))) {
    throw new WirebookError('This is a Vega specification, not a Vega-Lite one.', { remedy: 'Write it in Vega-Lite: data, mark and encoding.' })
  }
  const full = { $schema: vegaLiteSchema, background: paper, padding: chartConfig.padding, ...spec, config: merge(chartConfig, spec.config) as Record<string, unknown> }
  const text = describe(spec)
  const { svg, warnings } = await renderSvg(full, text)
  for (const warning of warnings) output().write(`Vega-Lite: ${warning}\n`, 'stderr')
  return chart(full, svg, text)
}

/** The title and the rows, as far as they are plain. */
function describe(spec: Record<string, unknown>): string {
  const title = typeof spec.title === 'string' ? spec.title : (spec.title as { text?: unknown } | undefined)?.text
  const heading = [title ?? spec.description ?? 'Vega-Lite chart'].flat().join(' ')
  const rows = (spec.data as { values?: unknown } | undefined)?.values
  if (!Array.isArray(rows) || rows.length === 0) return heading
  const records = rows.slice(0, 20).map(row => (typeof row === 'object' && row !== null ? row : { value: row }) as Record<string, unknown>)
  const columns = [...new Set(records.flatMap(Object.keys))]
  const more = rows.length > 20 ? `\n… ${rows.length - 20} more rows` : ''
  return `${heading}\n\n${tableText(columns, records.map(record => columns.map(column => String(record[column] ?? '–'))))}${more}`
}

function merge(base: unknown, own: unknown): unknown {
  if (own === undefined) return base
  if (!isPlain(base) || !isPlain(own)) return own
  return Object.fromEntries([...new Set([...Object.keys(base), ...Object.keys(own)])].map(key => [key, merge(base[key], own[key])]))
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
