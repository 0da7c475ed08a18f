import type { Cell, Shown, TableFunction } from '../api/show.ts'
import type { Captured } from '../api/packets.ts'
import { WirebookError } from '../error.ts'
import { escapeMarkup } from './escape.ts'
import { shown } from './shown.ts'
import { isNumeric, tableText } from './table-text.ts'

/**
 * Rows as a table: text/html in the page's own colours, and aligned text. The columns are those of the rows in order of
 * first appearance, or those named. A capture becomes one row a packet: time since the first (s), bytes, what it is.
 * Throws where the rows are no rows, or a named column is in none of them.
 */
export const table: TableFunction = (input, { title, columns } = {}): Shown => {
  const rows = isCaptured(input) ? packetRows(input) : input
  const names = columns ?? columnsOf(rows)
  checkColumns(rows, names)
  const cells = rows.map(row => names.map(name => cellText(row[name])))
  const text = rows.length === 0 ? '(no rows)' : tableText(names, cells)
  return shown({ 'text/html': html(names, cells, title), 'text/plain': title ? `${title}\n\n${text}` : text })
}

function isCaptured(input: unknown): input is Captured {
  return typeof input === 'object' && input !== null && Array.isArray((input as Captured).packets)
}

function packetRows({ packets }: Captured): Record<string, Cell>[] {
  const start = packets[0]?.time ?? 0
  return packets.map((packet, index) => ({
    '#': index + 1, 'time (s)': (packet.time - start).toFixed(6), bytes: packet.originalBytes, packet: packet.summary,
  }))
}

function columnsOf(rows: Record<string, Cell>[]): string[] {
  if (!Array.isArray(rows) || rows.some(row => typeof row !== 'object' || row === null)) {
    throw new WirebookError(`A table needs a list of rows, but got ${Array.isArray(rows) ? 'a list that holds something else' : typeof rows}.`, {
      remedy: 'Give objects with the same keys: table([{ model: \'bridge\', mtu: 1500 }]), or what a capture returned.',
    })
  }
  return [...new Set(rows.flatMap(row => Object.keys(row)))]
}

function checkColumns(rows: Record<string, Cell>[], names: string[]): void {
  if (rows.length === 0) return
  const unknown = names.filter(name => !rows.some(row => Object.hasOwn(row, name)))
  if (unknown.length === 0) return
  throw new WirebookError(`No row has the column ${unknown.map(name => `"${name}"`).join(', ')}.`, { remedy: `The rows have ${columnsOf(rows).join(', ')}.` })
}

function cellText(cell: Cell): string {
  if (cell === undefined || cell === null) return '–'
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  if (typeof cell === 'number' && !Number.isInteger(cell) && Number.isFinite(cell)) return String(Number(cell.toPrecision(4)))
  return String(cell)
}

function html(names: string[], rows: string[][], title: string | undefined): string {
  const right = names.map((_, column) => isNumeric(rows.map(cells => cells[column]!)))
  const style = (column: number) => `text-align:${right[column] ? 'right' : 'left'};padding:3px 12px;white-space:pre-wrap`
  const head = names.map((name, column) => `<th scope="col" style="${style(column)}">${escapeMarkup(name)}</th>`).join('')
  const body = rows.map(cells => `<tr>${cells.map((cell, column) => `<td style="${style(column)}">${escapeMarkup(cell)}</td>`).join('')}</tr>`).join('\n')
  const caption = title ? `<caption style="text-align:left;font-weight:600;padding:3px 0;color:inherit">${escapeMarkup(title)}</caption>` : ''
  const empty = rows.length === 0 ? `<tr><td colspan="${Math.max(1, names.length)}">(no rows)</td></tr>` : body
  return `<table style="border-collapse:collapse;color:inherit;margin:4px 0">${caption}\n<thead style="border-bottom:1px solid currentColor"><tr>${head}</tr></thead>\n<tbody>${empty}</tbody></table>`
}
