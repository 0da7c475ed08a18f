/** A place in a cell's source, for people. */
import type { Position } from '../interpreter.ts'
import { dim, red } from './colors.ts'

/** As TypeScript counts lines. */
const lineBreak = /\r\n|[\n\r\u2028\u2029]/

/** Line and column of an offset. */
export function place(code: string, offset: number): Position {
  const before = code.slice(0, offset).split(lineBreak)
  return { line: before.length, column: before.at(-1)!.length + 1 }
}

/** The line with `around` lines on both sides, and a mark under what is meant. */
export function snippet(code: string, position: Position, length: number, around: number): string[] {
  const source = code.split(lineBreak)
  const from = Math.max(1, position.line - around)
  const to = Math.min(source.length, position.line + around)
  const width = String(to).length
  const text: string[] = []
  for (let number = from; number <= to; number++) {
    const line = source[number - 1]!
    if (number === position.line) text.push(...marked(line, number, position.column, length, width))
    else text.push(dim(`    ${String(number).padStart(width)} │ ${cut(line, 0).text}`))
  }
  return text
}

/** One line with its mark. */
export function snippetOf(line: string, number: number, column: number, length: number): string[] {
  return marked(line, number, column, length, String(number).length)
}

function marked(line: string, number: number, column: number, length: number, width: number): string[] {
  const { text, start } = cut(line, column - 1)
  const lead = text.slice(0, column - 1 - start)
  const size = Math.max(1, Math.min(length, text.length - lead.length))
  const mark = size === 1 ? '^' : '~'.repeat(columns(text.slice(lead.length, lead.length + size)))
  return [
    `  ${red('❱')} ${String(number).padStart(width)} ${dim('│')} ${text}`,
    `    ${' '.repeat(width)} ${dim('│')} ${blank(lead)}${red(mark)}`,
  ]
}

/** Lines of a megabyte are shown around the place that is meant. */
function cut(line: string, column: number): { text: string; start: number } {
  const start = column > 100 ? column - 60 : 0
  return { text: line.slice(start, start + 160), start }
}

/** As wide as the text, tabs kept. */
function blank(text: string): string {
  return [...text].map(character => character === '\t' ? '\t' : ' '.repeat(columns(character))).join('')
}

/** East Asian wide characters and emoji take two columns, marks that combine none. */
function columns(text: string): number {
  return [...text].reduce((sum, character) => sum + (combining.test(character) ? 0 : wide.test(character) ? 2 : 1), 0)
}

const combining = /\p{Mark}|\u200d|\ufe0f/u
/** https://www.unicode.org/reports/tr11/, the blocks that matter. */
const wide = new RegExp('[\\u1100-\\u115f\\u2e80-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f\\uff00-\\uff60'
  + '\\u{1f300}-\\u{1faff}\\u{20000}-\\u{3fffd}]', 'u')
