/**
 * Which place of which cell a line of compiled code comes from. Also makes the stacks of all errors tell of cells and
 * leave out the kernel, wherever they are printed.
 */
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Compiled } from '../compiler/protocol.ts'
import type { Position } from '../interpreter.ts'

export interface CellSource { label: string; code: string }
export interface Frame {
  /** The cell, or undefined in a module. */
  cell: CellSource | undefined
  /** Path of the module. */
  file: string
  position: Position
  /** Function or method; absent at a cell's top level. */
  name: string | undefined
}

interface Entry extends CellSource { map: string; lines: number; decoded?: SourceMap }

/** Cells whose compiled code is remembered; a notebook that runs for days runs thousands. */
const mostCells = 2000
const cells = new Map<string, Entry>()
const framesOf = new WeakMap<object, Frame[]>()
/** The kernel's own files: their frames are not the person's. */
const kernel = new URL('../../', import.meta.url).pathname

/** Tells of a script before it runs; gives the name to run it under. */
export function rememberCell(id: number, label: string, code: string, compiled: Compiled): string {
  const name = `cell:${id}`
  cells.set(name, { label, code, map: compiled.map, lines: compiled.js.split('\n').length })
  if (cells.size > mostCells) cells.delete(cells.keys().next().value!)
  return name
}

/** Frames of the notebook and of modules, innermost first; empty for what is no error or came from elsewhere. */
export function frames(error: unknown): Frame[] {
  if (typeof error !== 'object' || error === null) return []
  void (error as { stack?: unknown }).stack
  return framesOf.get(error) ?? []
}

/** Node asks this for every stack. Called once. */
export function installStacks(): void {
  Error.prepareStackTrace = (error, sites) => {
    const known = sites.map(frameOf).filter(frame => frame !== undefined)
    // What called the notebook's outermost code is the kernel, or a library that had been given a function.
    const outermost = known.findLastIndex(frame => frame.cell)
    const found = outermost < 0 ? known : known.slice(0, outermost + 1)
    framesOf.set(error, found)
    let head: string
    try {
      head = String(Error.prototype.toString.call(error))
    } catch {
      head = 'Error'
    }
    return [head, ...found.map(frame => `    at ${describeFrame(frame)}`)].join('\n')
  }
}

/** `name (cell [3]:2:9)` */
export function describeFrame({ cell, file, position, name }: Frame): string {
  const place = `${cell?.label ?? file}:${position.line}:${position.column}`
  return name ? `${name} (${place})` : place
}

function frameOf(site: NodeJS.CallSite): Frame | undefined {
  const script = site.getScriptNameOrSourceURL?.() ?? site.getFileName()
  const line = site.getLineNumber()
  const column = site.getColumnNumber()
  if (!script || line === null || column === null) return undefined
  const entry = cells.get(script)
  if (entry) {
    const position = original(entry, line, column)
    return position && { cell: entry, file: script, position, name: functionName(site) }
  }
  const file = script.startsWith('file:') ? path(script) : script
  if (!file.startsWith('/') || file.startsWith(kernel) || file.includes('/node_modules/tslab/')) return undefined
  return { cell: undefined, file, position: { line, column }, name: functionName(site) }
}

function path(url: string): string {
  try {
    return fileURLToPath(url)
  } catch {
    return url
  }
}

function functionName(site: NodeJS.CallSite): string | undefined {
  const name = site.getFunctionName()
  if (!name) return undefined
  const type = site.getTypeName()
  const owned = type && type !== 'Object' && !name.includes('.') && !site.isToplevel()
  const method = site.isConstructor() ? `new ${name}` : owned ? `${type}.${name}` : name
  return site.isAsync() ? `async ${method}` : method
}

/** The compiled code begins on the script's second line: the first is the executor's and ours. */
function original(entry: Entry, line: number, column: number): Position | undefined {
  if (line - 2 >= entry.lines - 1 || line < 2) return undefined
  entry.decoded ??= new SourceMap(JSON.parse(entry.map))
  const found = entry.decoded.findEntry(line - 2, column - 1)
  if (!('originalLine' in found)) return undefined
  return { line: found.originalLine + 1, column: found.originalColumn + 1 }
}
