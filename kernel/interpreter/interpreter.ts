/** What the requests ask of the language: compile, check, run, complete, inspect. Knows nothing of Jupyter's messages. */
import type { MimeBundle, Output } from '../../src/output.ts'
import type { Extension } from '../extension.ts'

/** A place in a cell: line and column from 1, in the cell as the person wrote it. */
export interface Position { line: number; column: number }

/** How a cell ended. */
export type Outcome =
  /** `value` is the last expression's, `undefined` shows nothing; `bundle` its rendering. */
  | { status: 'ok'; value: unknown; bundle: MimeBundle | undefined }
  /** A type or syntax error (nothing ran), or what the cell threw. `traceback` is ready to print: frames of the notebook only, source line and caret shown, ANSI colours. */
  | { status: 'error'; name: string; message: string; traceback: string[]; position?: Position }
  | { status: 'interrupted' }

export interface Completion {
  matches: string[]
  /** UTF-16 offsets in the code that the match replaces. The requests turn them into Unicode code points. */
  start: number
  end: number
  /** As `_jupyter_types_experimental` shows them; same order as matches. */
  types: { text: string; type: string; signature?: string; documentation?: string }[]
}

export interface Inspection {
  /** text/plain and text/markdown: signature and documentation. */
  bundle: MimeBundle
}

export interface Interpreter {
  /** Resolves when the compiler is warm. The first execute may come earlier; it waits. */
  readonly ready: Promise<void>
  /** Compiles, checks and runs one cell. Never rejects for what the cell does. */
  execute(code: string, options: { cell: Output; executionCount: number; storeHistory: boolean }): Promise<Outcome>
  /** Evaluates one expression in the notebook's scope without type checks (user_expressions). */
  evaluate(expression: string, cell: Output): Promise<Outcome>
  complete(code: string, cursor: number): Promise<Completion>
  /** Undefined when nothing is known there. `detail` 1 adds the full documentation. */
  inspect(code: string, cursor: number, detail: 0 | 1): Promise<Inspection | undefined>
  /** `indent` is for the next line when incomplete. */
  isComplete(code: string): Promise<{ status: 'complete' | 'incomplete' | 'invalid' | 'unknown'; indent?: string }>
  dispose(): Promise<void>
}

export interface InterpreterOptions {
  /** The extension's declarations, known before it has loaded. Default: its own, or kernel/prelude.d.ts for a promise. */
  declarations?: string
  /** The notebook's folder: relative imports and node_modules are looked up from there. Default: the process's. */
  cwd?: string
}

/** Starts an interpreter; returns at once, the compiler warms up meanwhile. One for each process. */
export type StartInterpreter = (extension: Promise<Extension> | Extension, options?: InterpreterOptions) => Interpreter
