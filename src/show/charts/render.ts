/** Vega-Lite to SVG, here in this process. Vega is loaded when the first chart is drawn: it takes 0.2 s, a kernel's start should not. */
import type { Config, TopLevelSpec } from 'vega-lite'
import { WirebookError } from '../../error.ts'
import { escapeMarkup } from '../escape.ts'
import { sansWidth } from '../font-width.ts'
import { chartConfig } from './config.ts'

export interface Rendered {
  svg: string
  /** What Vega-Lite and Vega had to say about the specification. */
  warnings: string[]
}

/** Draws a specification. Throws for one that Vega-Lite refuses, or whose data are elsewhere. `description` is for screen readers. */
export async function renderSvg(spec: Record<string, unknown>, description: string): Promise<Rendered> {
  const [{ compile }, vega] = await Promise.all([import('vega-lite'), import('vega')])
  // Vega's own hook for hosts without a canvas; its type declarations lack it.
  ;(vega as unknown as { textMetrics: { width: typeof measure } }).textMetrics.width = measure
  const warnings: string[] = []
  const logger = collectingLogger(warnings)
  const compiled = attempt('Vega-Lite does not take this specification', () => compile(ownCopy(spec), { logger, config: chartConfig as unknown as Config }).spec)
  const refused: string[] = []
  const loader = vega.loader()
  loader.load = async uri => {
    refused.push(uri)
    throw new Error(`not loaded: ${uri}`)
  }
  const runtime = attempt('Vega does not take this specification', () => vega.parse(compiled))
  const view = new vega.View(runtime, { renderer: 'none', loader, logger })
  try {
    const svg = await view.toSVG()
    if (refused.length > 0) {
      throw new WirebookError(`The chart's data are elsewhere (${refused.join(', ')}); nothing is loaded from outside.`, {
        remedy: 'Put the rows into the specification: data: { values: rows }.',
      })
    }
    return { svg: accessible(svg, description), warnings }
  } finally {
    view.finalize()
  }
}

/** Vega marks the rows that it is given; the learner's stay as they are. */
function ownCopy(spec: Record<string, unknown>): TopLevelSpec {
  return JSON.parse(JSON.stringify(spec)) as TopLevelSpec
}

/** The text metric that Vega asks for where there is no canvas. Its own guess is a quarter too wide. */
function measure(item: { fontSize?: number; fontWeight?: string | number; text?: unknown }, text?: unknown): number {
  const bold = item.fontWeight === 'bold' || Number(item.fontWeight) >= 600
  return sansWidth(String(text ?? item.text ?? ''), item.fontSize ?? 11, { bold })
}

function attempt<T>(what: string, make: () => T): T {
  try {
    return make()
  } catch (cause) {
    throw new WirebookError(`${what}: ${(cause as Error).message}`, { cause, remedy: 'https://vega.github.io/vega-lite/docs/ has what a specification may hold.' })
  }
}

function collectingLogger(warnings: string[]) {
  const note = (...messages: readonly unknown[]) => {
    warnings.push(messages.map(String).join(' '))
    return logger
  }
  const ignore = () => logger
  const logger = { level: (() => logger) as never, error: note, warn: note, info: ignore, debug: ignore }
  return logger
}

/** An image with a description, that shrinks with its page. */
function accessible(svg: string, description: string): string {
  return svg.replace(/<svg\b([^>]*)>/, (_, attributes: string) =>
    `<svg${attributes} role="img" style="max-width:100%;height:auto"><desc>${escapeMarkup(description)}</desc>`)
}
