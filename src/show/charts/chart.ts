import type { Chart } from '../../api/show.ts'
import { displaySymbol } from '../../output.ts'
import { sansWidth, wrapText } from '../font-width.ts'
import { paper } from '../theme.ts'
import { tableText } from '../table-text.ts'
import { chartConfig } from './config.ts'
import { renderSvg } from './render.ts'

/**
 * The newest Vega-Lite mime type that JupyterLab 4.6 renders: its @jupyterlab/vega5-extension 4.6.6 registers v3, v4 and v5
 * and draws with vega-lite 5.6.1. Specifications here are valid for that version and for version 6, which draws the SVG.
 */
export const vegaLiteMimeType = 'application/vnd.vegalite.v5+json'
export const vegaLiteSchema = 'https://vega.github.io/schema/vega-lite/v5.json'

/** What a chart is before it is drawn: its specification, and the numbers behind it as a table. */
export interface ChartDraft {
  title: string
  /** One line below the title. */
  subtitle?: string
  spec: Record<string, unknown>
  columns: string[]
  rows: string[][]
}

/** Draws a draft: the interactive form, the SVG and the text, in one bundle. */
export async function drawChart({ title, subtitle, spec, columns, rows }: ChartDraft): Promise<Chart> {
  const text = [title, ...(subtitle ? [subtitle] : []), '', tableText(columns, rows)].join('\n')
  const full = { $schema: vegaLiteSchema, background: paper, padding: chartConfig.padding, description: title, title: titleOf(title, subtitle), ...spec, config: chartConfig }
  const { svg } = await renderSvg(full, text)
  return chart(full, svg, text)
}

export function chart(spec: Record<string, unknown>, svg: string, text: string): Chart {
  const bundle = { [vegaLiteMimeType]: spec, 'image/svg+xml': svg, 'text/plain': text }
  return { spec, bundle, text, [displaySymbol]: () => bundle }
}

function titleOf(title: string, subtitle: string | undefined) {
  const lines = (text: string, measure: (text: string) => number) => {
    const wrapped = wrapText(text, 620, measure)
    return wrapped.length === 1 ? wrapped[0]! : wrapped
  }
  return {
    text: lines(title, text => sansWidth(text, chartConfig.title.fontSize, { bold: true })),
    ...(subtitle && { subtitle: lines(subtitle, text => sansWidth(text, chartConfig.title.subtitleFontSize)) }),
  }
}
