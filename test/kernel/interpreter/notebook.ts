/** A notebook for tests: the real interpreter with its real compiler process. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Interpreter, Outcome } from '../../../kernel/interpreter/interpreter.ts'
import { startInterpreter } from '../../../kernel/interpreter/start.ts'
import type { Output } from '../../../src/output.ts'

export interface Notebook {
  interpreter: Interpreter
  folder: string
  /** Runs a cell and gives its outcome. */
  cell(code: string, signal?: AbortSignal): Promise<Outcome>
  /** Runs a cell that must succeed and gives its value. */
  value(code: string): Promise<unknown>
  /** Runs a cell that must fail; its traceback without colours. */
  failure(code: string): Promise<Outcome & { status: 'error'; text: string }>
  close(): Promise<void>
}

export const kernelRoot = join(import.meta.dirname, '../../..')

export function openNotebook(options: { folder?: string; globals?: Record<string, unknown>; declarations?: string } = {}): Notebook {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'notebook-'))
  const declarations = options.declarations ?? join(kernelRoot, 'kernel/prelude.d.ts')
  const interpreter = startInterpreter({ globals: options.globals ?? {}, declarations, magics: [] }, { declarations, cwd: folder })
  let count = 0
  const cell = (code: string, signal = new AbortController().signal) =>
    interpreter.execute(code, { cell: outputWith(signal), executionCount: ++count, storeHistory: true })
  return {
    interpreter, folder, cell,
    async value(code) {
      const outcome = await cell(code)
      if (outcome.status === 'error') throw new Error(stripVTControlCharacters(outcome.traceback.join('\n')))
      if (outcome.status === 'interrupted') throw new Error('interrupted')
      return outcome.value
    },
    async failure(code) {
      const outcome = await cell(code)
      if (outcome.status !== 'error') throw new Error(`expected an error, got ${JSON.stringify(outcome)}`)
      return { ...outcome, text: stripVTControlCharacters(outcome.traceback.join('\n')) }
    },
    async close() {
      await interpreter.dispose()
      if (!options.folder) rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function outputWith(signal: AbortSignal): Output {
  return { write() {}, display() {}, update() {}, clear() {}, ask: async () => '', signal }
}
