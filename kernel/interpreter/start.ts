/** The language side of the kernel: compiles cells in a process of its own, runs them in this thread. */
import { join } from 'node:path'
import { startCompiler } from './compiler/client.ts'
import type { Interpreter, Outcome, StartInterpreter } from './interpreter.ts'
import { createExecutor } from './run/executor.ts'
import { render } from './run/render.ts'
import { installStacks, rememberCell } from './run/sources.ts'
import { describeDiagnostics, describeError } from './run/traceback.ts'

/** ms that the compiler gets to finish a request which nobody waits for any more, before it is started anew. */
const compilerPatience = 1000

export const startInterpreter: StartInterpreter = (extension, options = {}) => {
  const cwd = options.cwd ?? process.cwd()
  const declarations = options.declarations
    ?? ('then' in extension ? join(import.meta.dirname, '../prelude.d.ts') : extension.declarations)
  const compiler = startCompiler(declarations, cwd)
  installStacks()
  const executor = createExecutor(cwd)
  const library = Promise.resolve(extension).then(loaded => {
    for (const [name, value] of Object.entries(loaded.globals)) {
      Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false })
    }
    return loaded
  })
  library.catch(() => {})
  let scripts = 0

  const execute = async (code: string, label: string, check: boolean, stop: Stop): Promise<Outcome> => {
    const compiled = compiler.ask({ kind: 'compile', code, check })
    compiled.catch(() => {})
    const reply = await Promise.race([compiled, stop.stopped])
    if (!reply) {
      compiler.giveUp(compilerPatience)
      return { status: 'interrupted' }
    }
    if ('errors' in reply) return { status: 'error', ...describeDiagnostics(reply.errors, code, label) }
    const loaded = await Promise.race([library, stop.stopped])
    if (!loaded) return { status: 'interrupted' }
    const run = executor.prepare(reply.compiled.js, rememberCell(++scripts, label, code, reply.compiled))
    // What the cell has declared so far is the notebook's, however it ends.
    const keep = once(() => {
      if (check) compiler.ask({ kind: 'link', cell: reply.cell, names: [...run.declared] }).catch(() => {})
    })
    stop.onStop(() => {
      run.abandon()
      keep()
    })
    run.start()
    const end = await Promise.race([run.ended, stop.stopped])
    keep()
    if (!end) return { status: 'interrupted' }
    if ('thrown' in end) return { status: 'error', ...describeError(end.thrown) }
    const shown = await Promise.race([render(end.value, loaded).then(bundle => ({ bundle })), stop.stopped])
    return shown ? { status: 'ok', value: end.value, bundle: shown.bundle } : { status: 'interrupted' }
  }

  /** Whatever V8 may have ended from outside, the promise resolves: an abort alone does it. */
  const guarded = (code: string, label: string, check: boolean, signal: AbortSignal) => new Promise<Outcome>(resolve => {
    const stop = makeStop(signal)
    stop.onStop(() => resolve({ status: 'interrupted' }))
    execute(code, label, check, stop).then(resolve, error => resolve({ status: 'error', ...describeError(error) }))
      .finally(stop.forget)
  })

  const interpreter: Interpreter = {
    ready: Promise.all([compiler.ready, library]).then(() => {}),
    execute: (code, { cell, executionCount }) => guarded(code, `cell [${executionCount}]`, true, cell.signal),
    evaluate: (expression, cell) => guarded(`(${expression}\n)`, 'expression', false, cell.signal),
    async complete(code, cursor) {
      const { start, end, items } = await compiler.ask({ kind: 'complete', code, position: cursor })
      return { start, end, matches: items.map(item => item.text), types: items }
    },
    async inspect(code, cursor, detail) {
      const found = await compiler.ask({ kind: 'inspect', code, position: cursor, detail })
      return found ? { bundle: { 'text/plain': found.plain, 'text/markdown': found.markdown } } : undefined
    },
    isComplete: code => compiler.ask({ kind: 'isComplete', code }),
    dispose: () => compiler.close(),
  }
  interpreter.ready.catch(() => {})
  return interpreter
}

interface Stop {
  stopped: Promise<undefined>
  /** Calls back when the cell is interrupted, last registered first: the outcome is told after all else is done. */
  onStop(callback: () => void): void
  forget(): void
}

function makeStop(signal: AbortSignal): Stop {
  const callbacks: (() => void)[] = []
  let tell = (_: undefined) => {}
  const stopped = new Promise<undefined>(resolve => { tell = resolve })
  const stop = () => {
    for (const callback of callbacks.splice(0).reverse()) callback()
    tell(undefined)
  }
  signal.addEventListener('abort', stop, { once: true })
  return {
    stopped,
    onStop(callback) {
      callbacks.push(callback)
      if (signal.aborted) stop()
    },
    forget: () => signal.removeEventListener('abort', stop),
  }
}

function once(action: () => void): () => void {
  let done = false
  return () => {
    if (!done) action()
    done = true
  }
}
