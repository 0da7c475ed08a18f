/** What the kernel's main thread and the compiler say to each other: JSON after its length (4 bytes, little endian). */

export interface Diagnostic {
  code: number
  message: string
  /** UTF-16 offsets in the cell. */
  start: number
  length: number
  /** A syntax error rather than a type error. */
  syntax: boolean
  /** The name that is not there, where that is what is wrong. `halfway`: a cell declared it and ended before it had a value. */
  missing?: { name: string; halfway: boolean }
  /** Where it is when not in the cell: a file that the cell imports. */
  file?: { path: string; line: number; column: number; source: string }
}

export interface Compiled {
  /** Script body: awaits at top level, and declares its names with `__cell`. */
  js: string
  /** Source map (version 3) from js to the cell. */
  map: string
}

export interface CompletionItem { text: string; type: string; signature?: string; documentation?: string }

export type Request =
  /** Where the notebook is: relative imports and node_modules are looked up from there. First request. */
  | { kind: 'enter'; cwd: string; nodeTypesElsewhere: boolean }
  | { kind: 'compile'; code: string; check: boolean }
  /** The cell compiled last as `cell` has run; these of its names have values now. */
  | { kind: 'link'; cell: number; names: string[] }
  /** Cells of an earlier compiler, without checks. */
  | { kind: 'restore'; cells: { code: string; names: string[] }[] }
  | { kind: 'complete'; code: string; position: number }
  | { kind: 'inspect'; code: string; position: number; detail: 0 | 1 }
  | { kind: 'isComplete'; code: string }
  /** Nobody waits: a good time to collect garbage. */
  | { kind: 'rest' }

export interface Replies {
  enter: null
  compile: { cell: number } & ({ compiled: Compiled } | { errors: Diagnostic[] })
  link: null
  restore: null
  complete: { start: number; end: number; items: CompletionItem[] }
  inspect: { plain: string; markdown: string } | null
  rest: null
  isComplete: { status: 'complete' | 'incomplete' | 'invalid'; indent?: string }
}

/** One for each request, in their order. `move`: the process with Node's types must answer this. */
export type Answer = { value: unknown } | { failed: string } | { move: true }

export type Reply<K extends Request['kind']> = Replies[K]
