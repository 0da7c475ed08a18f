/**
 * What a library plugs into the kernel. The kernel knows nothing of labs or Docker; `prelude.ts` makes one of these
 * from `src/` and is the only file in which the two halves meet.
 */
import type { MimeBundle, Output } from '../src/output.ts'

/** A magic: a line that begins with % (rest of the line is its argument) or a cell that begins with %%. */
export interface Magic {
  /** With its per cents: `%%sh`, `%lab`. */
  name: string
  /** How to write it: `%%sh HOST`. */
  usage: string
  /** One line for %help. */
  summary: string
  /** Runs it. What it prints goes to `cell`; what it throws is the cell's error. `body` is '' for a line magic. */
  run(argument: string, body: string, cell: Output): Promise<unknown>
  /** Words that the argument may be, for completion. */
  complete?(argument: string): string[] | Promise<string[]>
}

export interface Extension {
  /** Names that every notebook starts with. */
  globals: Record<string, unknown>
  /** Absolute path of a TypeScript declaration file that declares the globals (`declare global { const lab: … }`). */
  declarations: string
  magics: Magic[]
  /** Further completions inside strings: container names inside `'…'`, say. Optional. */
  completeString?(prefix: string): string[]
  /** A bundle for a value which is the last expression of a cell, or undefined for the kernel's own rendering. */
  render?(value: unknown): MimeBundle | Promise<MimeBundle> | undefined
  /** Called once, on shutdown or restart. The process ends after it, or after 2 s. */
  shutdown?(): Promise<void>
}
