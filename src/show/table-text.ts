import { cutToWidth, textWidth } from './text-width.ts'

/**
 * A table of text, its columns aligned in a terminal (East Asian characters take two columns). Columns in which all cells are
 * numbers are set to the right. Where `width` is given and too small, the widest columns are cut.
 */
export function tableText(columns: string[], rows: string[][], { width = Infinity }: { width?: number } = {}): string {
  const table = [columns, ...rows].map(cells => columns.map((_, column) => oneLine(cells[column] ?? '')))
  const natural = columns.map((_, column) => Math.max(...table.map(cells => textWidth(cells[column]!))))
  const widths = shrink(natural, width - 2 * (columns.length - 1))
  const numeric = columns.map((_, column) => isNumeric(rows.map(cells => cells[column] ?? '')))
  const lines = table.map(cells => cells.map((cell, column) => align(cutToWidth(cell, widths[column]!), widths[column]!, numeric[column]!)).join('  ').trimEnd())
  lines.splice(1, 0, widths.map(columnWidth => '─'.repeat(columnWidth)).join('  '))
  return lines.join('\n')
}

/** Whether all of a column's filled cells are numbers, a unit or per cent sign after them allowed; an address is none. */
export function isNumeric(cells: string[]): boolean {
  const filled = cells.filter(cell => cell.trim() !== '' && cell.trim() !== '–')
  return filled.length > 0 && filled.every(cell => /^[-−+]?\d[\d,\u202f ]*(\.\d+)?\s?(%|[kMG]?bit\/s|[µmn]?s|bytes|B|[a-z]{1,3}\/s)?$/u.test(cell.trim()))
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ')
}

/** Takes columns away from the widest until the sum fits, none below 8. */
function shrink(natural: number[], available: number): number[] {
  const widths = [...natural]
  const floor = 8
  while (widths.reduce((sum, width) => sum + width, 0) > available) {
    const widest = Math.max(...widths)
    if (widest <= floor) break
    widths[widths.indexOf(widest)] = widest - 1
  }
  return widths
}

function align(cell: string, width: number, right: boolean): string {
  const padding = ' '.repeat(Math.max(0, width - textWidth(cell)))
  return right ? padding + cell : cell + padding
}
