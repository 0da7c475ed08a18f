/** What a benchmark gives: a table, ready to stand in README. Each file of this folder but this one exports such a function. */
export interface BenchResult {
  title: string
  /** One object a row, the same columns in each. */
  rows: Record<string, string | number>[]
  /** What one must know to read the numbers. */
  notes?: string[]
}

export type Bench = (progress: (text: string) => void) => Promise<BenchResult>

/** The table as Markdown. */
export function markdown({ title, rows, notes = [] }: BenchResult): string {
  const columns = Object.keys(rows[0] ?? {})
  const line = (cells: (string | number)[]) => `| ${cells.map(cell => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
  const table = [line(columns), line(columns.map(() => '---')), ...rows.map(row => line(columns.map(column => row[column] ?? '')))]
  return [`### ${title}`, '', ...table, '', ...notes.map(note => `${note}\n`)].join('\n')
}

/** The value below which so many per cent of the sample lie (nearest rank). */
export function percentile(sample: number[], percent: number): number {
  const sorted = sample.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!
}

export function median(sample: number[]): number {
  return percentile(sample, 50)
}
