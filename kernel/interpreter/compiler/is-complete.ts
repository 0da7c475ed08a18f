/** Whether Enter should run the cell or open another line. */
import type { Reply } from './protocol.ts'
import { parseCell } from './language.ts'
import { ts } from './typescript.ts'

export function isComplete(code: string): Reply<'isComplete'> {
  if (/^\s*[%?]/.test(code) || /\?\s*$/.test(code) && /^\s*[\w$.]+\?\s*$/.test(code)) return { status: 'complete' }
  const errors = parseCell('/cell.ts', code).parseDiagnostics
  const end = code.trimEnd().length
  const open = errors.some(error => unterminated.has(error.code) || error.start >= end && wanting.test(message(error)))
  if (open || endsInOperator(code)) return { status: 'incomplete', indent: indentAfter(code) }
  return { status: errors.length ? 'invalid' : 'complete' }
}

/** An open comment, an open template. */
const unterminated = new Set([1010, 1160])
const wanting = /expected|Expression expected|Declaration expected/

function message(error: ts.Diagnostic): string {
  return ts.flattenDiagnosticMessageText(error.messageText, '\n')
}

/** A decorator with nothing after it parses, with its complaint elsewhere. */
function endsInOperator(code: string): boolean {
  return /(?:^|\n)\s*@[\w$.]+(?:\([^()]*\))?\s*$/.test(code)
}

/** The last line's indentation, two more after an opening bracket, none inside a template. */
function indentAfter(code: string): string {
  const line = code.trimEnd().split('\n').at(-1) ?? ''
  const indent = /^\s*/.exec(line)![0]
  return /[{([]\s*(?:\/\/.*)?$|=>\s*$/.test(line) ? `${indent}  ` : indent
}
