/**
 * The output port: the only way in which the library prints, shows and asks. A notebook kernel connects it to the
 * running cell; in a script or a test it is the process's own standard output. Nothing in `src/` writes elsewhere.
 */

/** Data by mime type, one bundle per shown thing: https://jupyter-client.readthedocs.io/en/stable/messaging.html#display-data */
export type MimeBundle = Record<string, unknown>

export interface Output {
  /** Writes text as it comes; ANSI colours and carriage returns pass through. */
  write(text: string, stream?: 'stdout' | 'stderr'): void
  /** Shows a bundle. With `id`, a later `update` of the same id replaces it where it stands. */
  display(bundle: MimeBundle, options?: { id?: string; metadata?: Record<string, unknown> }): void
  /** Replaces a bundle shown before under `id`. */
  update(id: string, bundle: MimeBundle, metadata?: Record<string, unknown>): void
  /** Removes what the cell has shown; with `wait`, only when the next output comes. */
  clear(wait?: boolean): void
  /** Asks the person for a line of text. Throws where nobody can answer. */
  ask(prompt: string, options?: { password?: boolean }): Promise<string>
  /** Aborted when the cell is interrupted: whatever a helper started for this cell ends then. */
  readonly signal: AbortSignal
}

const neverAborted = new AbortController().signal

const standardStreams: Output = {
  write: (text, stream = 'stdout') => void process[stream].write(text),
  display: bundle => void process.stdout.write(`${String(bundle['text/plain'] ?? Object.keys(bundle).join(', '))}\n`),
  update: (_id, bundle) => standardStreams.display(bundle),
  clear: () => {},
  ask: async prompt => {
    throw new Error(`nobody can answer "${prompt}" here: this is not a notebook cell`)
  },
  signal: neverAborted,
}

let current: () => Output | undefined = () => undefined

/** Connects the port. `source` is asked at every use, so that output made later still belongs to the cell that began it. */
export function connectOutput(source: () => Output | undefined): void {
  current = source
}

/** Where to print now: the running cell, or the process's standard streams outside a notebook. */
export function output(): Output {
  return current() ?? standardStreams
}

/**
 * A value that implements this method is shown as its bundle when it is the last expression of a cell. The symbol is
 * the one that Deno's kernel uses, so values of libraries written for it show here too.
 */
export const displaySymbol: unique symbol = Symbol.for('Jupyter.display') as never

export interface Displayable {
  [displaySymbol](): MimeBundle | Promise<MimeBundle>
}
