import type { Series } from '../../api/show.ts'
import { WirebookError } from '../../error.ts'

/** The entries of a series, at least one. Throws where there is none, saying how to write one. */
export function entriesOf<T>(results: Series<T>, example: string): [string, T][] {
  const entries = typeof results === 'object' && results !== null ? Object.entries(results) : []
  const empty = entries.filter(([, result]) => result === undefined || result === null).map(([name]) => name)
  if (entries.length === 0) throw new WirebookError('There is nothing to chart.', { remedy: `Give measurements by name: ${example}.` })
  if (empty.length > 0) throw new WirebookError(`There is no measurement for ${empty.join(', ')}.`, { remedy: 'Run the cell that measures it first.' })
  return entries
}

/** A number that a chart can show. Throws for anything else, saying whose it is. */
export function finite(name: string, value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  throw new WirebookError(`${name}: ${what} is ${String(value)}, not a number of 0 or more.`, { remedy: 'Measure again, and look at what the measurement printed.' })
}

/** The value below which so many of the sorted values lie (0 to 1), by linear interpolation, as Vega's quantiles do. */
export function quantile(values: number[], fraction: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  if (sorted.length === 0) return undefined
  const position = (sorted.length - 1) * fraction
  const below = sorted[Math.floor(position)]!
  return below + (sorted[Math.ceil(position)]! - below) * (position - Math.floor(position))
}
