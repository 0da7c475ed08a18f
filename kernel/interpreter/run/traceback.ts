/** Errors as a learner reads them: what is wrong, and the line of the cell where. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { inspect } from 'node:util'
import type { Diagnostic } from '../compiler/protocol.ts'
import type { Position } from '../interpreter.ts'
import { bold, cyan, dim, green, red } from './colors.ts'
import { place, snippet, snippetOf } from './snippet.ts'
import { describeFrame, frames, type Frame } from './sources.ts'

export interface Failure { name: string; message: string; traceback: string[]; position?: Position }

/** Errors, frames and causes that are printed before the rest is counted. */
const mostErrors = 5
const mostFrames = 10
const mostCauses = 5

/** Type and syntax errors of a cell, which has not run. */
export function describeDiagnostics(diagnostics: Diagnostic[], code: string, label: string): Failure {
  const told = firstOfEachName(diagnostics)
  const shown = told.slice(0, mostErrors)
  const first = diagnostics[0]!
  const traceback = shown.flatMap(({ code: number, message, start, length, file }) => {
    const position = place(code, start)
    const at = file ?? position
    const where = `${file?.path ?? label}:${at.line}:${at.column}`
    const source = file ? snippetOf(file.source, file.line, file.column, length) : snippet(code, position, length, 0)
    return [`${red(bold(`TS${number}`))} ${bold(message)}`, `  ${cyan(where)}`, ...source, '']
  })
  if (told.length > shown.length) traceback.push(dim(`… and ${told.length - shown.length} more`))
  else traceback.pop()
  traceback.push(...missingNames(diagnostics))
  const position = first.file ? undefined : place(code, first.start)
  return {
    name: first.syntax ? 'SyntaxError' : 'TypeScriptError',
    message: `TS${first.code}: ${first.message}${position ? ` (line ${position.line}, column ${position.column})` : ''}`,
    traceback,
    ...position ? { position } : {},
  }
}

/** A name that is not there is told once, wherever else the cell uses it. */
function firstOfEachName(diagnostics: Diagnostic[]): Diagnostic[] {
  const names = new Set<string>()
  return diagnostics.filter(({ missing }) => {
    if (!missing) return true
    const known = names.has(missing.name)
    names.add(missing.name)
    return !known
  })
}

/** A name that is not there is most often one whose cell has not run yet: what to do then. */
function missingNames(diagnostics: Diagnostic[]): string[] {
  const missing = new Map(diagnostics.flatMap(({ missing }) => missing ? [[missing.name, missing.halfway] as const] : []))
  const named = (halfway: boolean) => [...missing].filter(([, each]) => each === halfway).map(([name]) => name)
  const [halfway, unknown] = [named(true), named(false)]
  return [
    ...halfway.length ? [green(`→ ${list(halfway)}: the cell that defines ${halfway.length > 1 ? 'them' : 'it'} failed or was stopped before it came to that. Run it again.`)] : [],
    ...unknown.length ? [green(`→ ${list(unknown)}: not defined so far. If another cell defines ${unknown.length > 1 ? 'them' : 'it'}, run that cell first (in JupyterLab: Run → Run All Above Selected Cell).`)] : [],
  ]
}

function list(names: string[]): string {
  const shown = names.slice(0, mostErrors)
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ')
}

/** Whatever a cell threw, or a promise of it was rejected with. */
export function describeError(error: unknown): Failure {
  const found = frames(error)
  const position = found.find(frame => frame.cell)?.position
  return {
    ...nameAndMessage(error),
    traceback: lines(error, 0, new Set()),
    ...position ? { position } : {},
  }
}

function lines(error: unknown, depth: number, seen: Set<unknown>): string[] {
  seen.add(error)
  const { name, message } = nameAndMessage(error)
  const head = isError(error) ? `${red(bold(name))}: ${message}` : `${red(bold('Thrown'))}: ${message}`
  const found = frames(error)
  const text = [head, ...isHelpful(error) ? helpfulPlace(found) : [...properties(error), ...places(found)]]
  if (typeof error !== 'object' || error === null || depth >= mostCauses) return text
  const { cause, errors } = error as { cause?: unknown; errors?: unknown }
  if (Array.isArray(errors)) {
    for (const [index, each] of errors.slice(0, mostErrors).entries()) {
      if (!seen.has(each)) text.push('', dim(`Error ${index + 1} of ${errors.length}:`), ...lines(each, depth + 1, seen))
    }
  }
  if (cause !== undefined && cause !== null && !seen.has(cause)) {
    text.push('', dim('Caused by:'), ...lines(cause, depth + 1, seen))
  }
  return text
}

/** One that says itself what to do (WirebookError, or a kind of it): its line in the notebook is enough. */
function isHelpful(error: unknown): boolean {
  for (let kind = isError(error) ? Object.getPrototypeOf(error) : null; kind; kind = Object.getPrototypeOf(kind)) {
    if (kind.constructor?.name === 'WirebookError') return true
  }
  return false
}

function nameAndMessage(error: unknown): { name: string; message: string } {
  if (!isError(error)) {
    return { name: 'Thrown', message: safely(() => typeof error === 'string' ? error : inspect(error, { depth: 3 })) }
  }
  const name = safely(() => String(error.name || error.constructor?.name || 'Error'))
  const message = safely(() => String(error.message))
  const { remedy } = error as { remedy?: unknown }
  // The remedy stands out from the message that it is part of.
  if (typeof remedy === 'string' && message.endsWith(`→ ${remedy}`)) {
    return { name, message: `${message.slice(0, -remedy.length - 2)}${green(`→ ${remedy}`)}` }
  }
  return { name, message }
}

function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
}

function safely(read: () => string): string {
  try {
    return read()
  } catch {
    return '(unreadable)'
  }
}

const told = new Set(['name', 'message', 'stack', 'cause', 'errors', 'remedy'])

/** Fields beside the usual ones: `code: 'ENOENT'`. */
function properties(error: unknown): string[] {
  if (!isError(error)) return []
  const shown = (value: unknown) => inspect(value, { depth: 0, maxStringLength: 200, breakLength: Infinity })
  return safely(() => Object.entries(error)
    .filter(([key, value]) => !told.has(key) && value !== undefined).slice(0, 8)
    .map(([key, value]) => dim(`  ${key}: ${shown(value)}`)).join('\n')).split('\n').filter(Boolean)
}

/** The innermost frame of the notebook with its source, the others as a list. */
function places(found: Frame[]): string[] {
  const shown = found.slice(0, mostFrames)
  const inCell = shown.findIndex(frame => frame.cell)
  const text = shown.flatMap((frame, index) => [
    `  ${dim('at')} ${frame.cell ? cyan(describeFrame(frame)) : dim(describeFrame(frame))}`,
    ...index === inCell ? snippet(frame.cell!.code, frame.position, 1, 2)
      : index === 0 && !frame.cell ? fileSnippet(frame) : [],
  ])
  return found.length > shown.length ? [...text, dim(`  … ${found.length - shown.length} more`)] : text
}

function helpfulPlace(found: Frame[]): string[] {
  const frame = found.find(each => each.cell)
  return frame ? [`  ${dim('at')} ${cyan(describeFrame(frame))}`, ...snippet(frame.cell!.code, frame.position, 1, 0)] : []
}

/** A module of the person's own shows its line too. */
function fileSnippet({ file, position }: Frame): string[] {
  if (file.includes('/node_modules/')) return []
  try {
    const source = readFileSync(file.replace(/\?.*$/, ''), 'utf8').split('\n')[position.line - 1]
    return source === undefined ? [] : snippetOf(source, position.line, position.column, 1)
  } catch {
    // The file is gone: its place alone must do.
    return [dim(`    (${basename(file)} cannot be read)`)]
  }
}
