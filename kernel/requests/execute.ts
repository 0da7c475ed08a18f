import { createCell, Interrupted, jsonBundle } from '../cell/cell.ts'
import type { Cell } from '../cell/cell.ts'
import { inCell, setLatestCell } from '../cell/current.ts'
import { describeError } from '../interpreter/run/traceback.ts'
import type { Outcome } from '../interpreter/interpreter.ts'
import { runWithMagics } from '../magics/run.ts'
import { log } from '../wire/log.ts'
import type { ErrorContent, ExecuteReply, ExecuteRequest, Expression, PagePayload } from '../wire/messages.ts'
import type { Request } from '../wire/wire.ts'
import type { Kernel } from './context.ts'

/** A cell under way. */
export interface Execution {
  cell: Cell
  /** What the cell's end has to say. Resolves once; never rejects. */
  ended: Promise<ExecuteReply>
  /** Ends it as interrupted, whatever its code still awaits. */
  abandon(): void
  stopOnError: boolean
}

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#execute */
export function execute(kernel: Kernel, { request, content }: Request): Execution {
  const { code, silent = false, store_history = !silent, user_expressions, allow_stdin = false, stop_on_error = true } =
    content as unknown as Partial<ExecuteRequest>
  const storeHistory = store_history && !silent
  if (storeHistory) kernel.executionCount++
  const count = kernel.executionCount
  if (!silent) kernel.wire.publish(request, 'execute_input', { code: String(code), execution_count: count })
  const cell = createCell(kernel.wire, kernel.questions, request, { allowStdin: allow_stdin })
  const payload: PagePayload[] = []

  const { promise: ended, resolve: end } = Promise.withResolvers<ExecuteReply>()
  let over = false
  /** Only the first end counts: the cell's own, an uncaught exception, or the interrupt. */
  const finish = async (outcome: Outcome): Promise<void> => {
    if (over) return
    over = true
    cell.fail = undefined
    try {
      end(await concluded(cell.interrupted ? interrupted : outcome))
    } catch (error) {
      // A bundle that cannot be JSON, say: the request still has its answer.
      const content = errorContent(describeError(error))
      kernel.wire.publish(request, 'error', content)
      end({ status: 'error', execution_count: count, ...content })
    }
  }

  const concluded = async (outcome: Outcome): Promise<ExecuteReply> => {
    const error = outcome.status === 'interrupted' ? interruptedContent() : outcome.status === 'error' ? errorContent(outcome) : undefined
    if (error) {
      kernel.wire.publish(request, 'error', error)
      if (storeHistory) remember(null)
      return { status: 'error', execution_count: count, ...error }
    }
    const bundle = outcome.status === 'ok' ? outcome.bundle : undefined
    if (bundle && Object.keys(bundle).length > 0 && !silent) {
      kernel.wire.publish(request, 'execute_result', { data: jsonBundle(bundle), metadata: {}, execution_count: count })
    }
    if (storeHistory) remember(typeof bundle?.['text/plain'] === 'string' ? bundle['text/plain'] : null)
    return { status: 'ok', execution_count: count, payload, user_expressions: await evaluate(kernel, cell, user_expressions ?? {}) }
  }

  /** After the reply: the person does not wait for the disk. */
  const remember = (output: string | null) => {
    setImmediate(() => kernel.history.then(history => history.add(count, String(code), output)).catch(error =>
      log(`the history lost a line: ${(error as Error).message}`)))
  }

  setLatestCell(cell)
  cell.fail = error => void finish({ status: 'error', ...describeError(error) })
  inCell(cell, () => run(kernel, cell, code, count, storeHistory, payload)).then(finish)
  return { cell, ended, stopOnError: stop_on_error && !silent, abandon: () => void finish(interrupted) }
}

const interrupted: Outcome = { status: 'interrupted' }

/** Runs the cell's code. Never rejects. */
async function run(kernel: Kernel, cell: Cell, code: unknown, count: number, storeHistory: boolean, payload: PagePayload[]): Promise<Outcome> {
  try {
    if (typeof code !== 'string') throw new TypeError(`The request's code is ${JSON.stringify(code)}; expected a string.`)
    const [interpreter, extension] = await Promise.all([kernel.interpreter, kernel.extension])
    const outcome = await runWithMagics(code, {
      extension,
      cell,
      execute: part => interpreter.execute(part, { cell, executionCount: count, storeHistory }),
      isComplete: async part => (await interpreter.isComplete(part)).status === 'complete',
      inspect: (part, cursor, detail) => interpreter.inspect(part, cursor, detail),
      page: bundle => void payload.push({ source: 'page', data: bundle, start: 0 }),
    })
    await cell.settled()
    return outcome
  } catch (error) {
    return { status: 'error', ...describeError(error) }
  }
}

function errorContent({ name, message, traceback }: { name: string; message: string; traceback: string[] }): ErrorContent {
  return { ename: name, evalue: message, traceback }
}

function interruptedContent(): ErrorContent {
  const { name, message } = new Interrupted('The cell was interrupted.')
  return { ename: name, evalue: message, traceback: [`\u001b[31m${name}\u001b[39m: ${message}`] }
}

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#execution-results: each has its own status. */
async function evaluate(kernel: Kernel, cell: Cell, expressions: Record<string, string>): Promise<Record<string, Expression>> {
  const results: Record<string, Expression> = {}
  for (const [name, expression] of Object.entries(expressions)) {
    const interpreter = await kernel.interpreter
    const outcome = await inCell(cell, () => interpreter.evaluate(String(expression), cell))
    results[name] = outcome.status === 'ok'
      ? { status: 'ok', data: jsonBundle(outcome.bundle ?? { 'text/plain': String(outcome.value) }), metadata: {} }
      : { status: 'error', ...(outcome.status === 'error' ? errorContent(outcome) : interruptedContent()) }
  }
  return results
}
