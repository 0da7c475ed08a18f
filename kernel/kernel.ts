/** The kernel: takes requests one after the other, hands each to its handler, says busy and idle around it. */
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { connectOutput } from '../src/output.ts'
import { createComms } from './cell/comms.ts'
import type { Comms } from './cell/comms.ts'
import { currentCell, owningCell } from './cell/current.ts'
import { kernelGlobals } from './cell/globals.ts'
import { createQuestions } from './cell/questions.ts'
import { redirectStreams } from './cell/streams.ts'
import { clearAllTimers, trackTimers } from './cell/timers.ts'
import { describeError } from './interpreter/run/traceback.ts'
import { reportUncaught } from './cell/uncaught.ts'
import type { Extension } from './extension.ts'
import { openHistory } from './history.ts'
import type { Interpreter } from './interpreter/interpreter.ts'
import { comm, commInfo } from './requests/comm.ts'
import { complete } from './requests/complete.ts'
import type { Kernel } from './requests/context.ts'
import { execute } from './requests/execute.ts'
import type { Execution } from './requests/execute.ts'
import { history } from './requests/history.ts'
import { inspect } from './requests/inspect.ts'
import { isComplete } from './requests/is-complete.ts'
import { kernelInfo } from './wire/kernel-info.ts'
import { log } from './wire/log.ts'
import type { ErrorContent } from './wire/messages.ts'
import type { Request, Wire } from './wire/wire.ts'

/** ms that an interrupted cell has to end by itself: its helpers stop their commands. */
const endGrace = 400
/** The same after JavaScript was terminated: what awaited it may never go on. */
const terminatedGrace = 30
/** ms that the prelude has to load; it takes 0.1 s. */
const preludePatience = 30_000
/** ms that the extension has to end the lab. */
const shutdownGrace = 2000

/** A handler that answers with a reply of the request's name. The content is checked by nobody before it. */
type Handler = (kernel: Kernel, content: never, request: Request) => Promise<object | void>

const handlers: Record<string, Handler> = {
  complete_request: complete,
  inspect_request: inspect,
  is_complete_request: isComplete,
  history_request: history,
  comm_info_request: commInfo,
  kernel_info_request: async () => kernelInfo,
  comm_open: comm,
  comm_msg: comm,
  comm_close: comm,
}

/** The request being served. */
interface Current { request: Request; execution?: Execution; end(): void }

/** Serves what comes over the wire until the front end shuts the kernel down. */
export function startKernel(wire: Wire): void {
  const queue: Request[] = []
  let current: Current | undefined
  /** What the last interrupt met. */
  let interrupted: Current | undefined
  /** Cells up to this request are aborted: one before them failed. */
  let abortedUpTo = 0

  const questions = createQuestions(wire)
  const { comms, requests } = createComms(wire, () => currentCell()?.request)
  const extension = loadExtension()
  const kernel: Kernel = {
    wire,
    questions,
    comms: requests,
    extension,
    interpreter: loadInterpreter(extension.then(loaded => withKernelNames(loaded, comms))),
    history: Promise.resolve().then(() => new Promise(setImmediate)).then(() => openHistory()),
    executionCount: 0,
  }

  connectOutput(currentCell)
  redirectStreams(currentCell)
  reportUncaught(currentCell, (cell, error) => {
    if (cell?.fail) return cell.fail(error)
    wire.publish(cell?.request, 'error', errorContent(error))
  })
  process.on('SIGINT', () => wire.interrupt())
  process.on('SIGTERM', () => void shutdown())
  wire.listen({
    request(request) {
      queue.push(request)
      serveNext()
    },
    inputReply: value => questions.answered(value),
    interrupt,
    shutdown: () => void shutdown(),
  })

  function serveNext(): void {
    if (current) return
    const request = queue.shift()
    if (request) serve(request)
  }

  function serve(request: Request): void {
    wire.publish(request.request, 'status', { execution_state: 'busy' })
    const started = new Date().toISOString()
    let over = false
    const end = (type?: string, content?: object) => {
      if (over) return
      over = true
      if (type && content) wire.reply(request.request, type, content, { started, dependencies_met: true })
      wire.publish(request.request, 'status', { execution_state: 'idle' })
      wire.done(request.request)
      if (!current?.execution) wire.forget(request.request)
      current = undefined
      serveNext()
    }
    current = { request, end: () => end(replyType(request), { status: 'error', ename: 'Interrupted', evalue: 'The request was interrupted.', traceback: [] }) }
    if (request.type === 'execute_request') return serveExecute(request, end)
    const handler = Object.hasOwn(handlers, request.type) ? handlers[request.type] : undefined
    if (!handler) {
      log(`a request of unknown type ${JSON.stringify(request.type)} was ignored`)
      return end()
    }
    handler(kernel, request.content as never, request).then(
      content => content ? end(replyType(request), content) : end(),
      error => {
        const content = errorContent(error)
        if (request.type.endsWith('_request')) return end(replyType(request), { status: 'error', ...content })
        wire.publish(request.request, 'error', content)
        end()
      },
    )
  }

  function serveExecute(request: Request, end: (type: string, content: object) => void): void {
    if (request.request <= abortedUpTo) {
      return end('execute_reply', { status: 'aborted', execution_count: kernel.executionCount })
    }
    const execution = execute(kernel, request)
    if (current) current.execution = execution
    void execution.ended.then(async reply => {
      if (reply.status === 'error' && execution.stopOnError) {
        // Cells that were sent before anyone could know of this failure are not run.
        await wire.fence()
        abortedUpTo = Math.max(abortedUpTo, ...queue.map(waiting => waiting.request))
      }
      end('execute_reply', reply)
    })
  }

  function interrupt(terminated: boolean): void {
    // The second word of one interrupt is for what it met first, not for what runs by now.
    if (terminated && current !== interrupted) return
    interrupted = current
    if (!interrupted) return clearAllTimers()
    const { execution, end } = interrupted
    if (!execution) return terminated ? end() : undefined
    if (!execution.cell.interrupted) execution.cell.interrupt()
    setTimeout(() => {
      if (current?.execution === execution) execution.abandon()
    }, terminated ? terminatedGrace : endGrace)
  }

  async function shutdown(): Promise<void> {
    const ended = (async () => {
      current?.execution?.cell.interrupt()
      const loaded = await extension.catch(() => undefined) // each cell has said so
      await loaded?.shutdown?.()
    })()
    await Promise.race([ended, new Promise(resolve => setTimeout(resolve, shutdownGrace))]).catch(error =>
      log(`${(error as Error).stack}`))
    await wire.close()
    process.exit(0)
  }
}

function errorContent(error: unknown): ErrorContent {
  const { name, message, traceback } = describeError(error)
  return { ename: name, evalue: message, traceback }
}

function replyType(request: Request): string {
  return request.type.replace(/_request$/, '_reply')
}

/**
 * The lab's names and magics, unless WIREBOOK_PRELUDE is `none` (then the kernel is for TypeScript alone) or the path of
 * another module that exports an extension. Rejects when it cannot be loaded, and each cell says so.
 */
async function loadExtension(): Promise<Extension | undefined> {
  if (withoutPrelude()) return undefined
  const prelude = process.env.WIREBOOK_PRELUDE ? resolve(process.env.WIREBOOK_PRELUDE) : fileURLToPath(new URL('prelude.ts', import.meta.url))
  let late: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error(`it was not loaded after ${preludePatience / 1000} s`)), preludePatience)
  })
  try {
    const { extension } = await Promise.race([import(pathToFileURL(prelude).href) as Promise<{ extension?: Extension }>, tooLate])
    if (!extension?.globals) throw new TypeError('it exports no `extension` with `globals`')
    return extension
  } catch (cause) {
    throw new PreludeError(prelude, cause)
  } finally {
    clearTimeout(late)
  }
}

/** The notebook's names are not there; nothing that a cell could do would work. */
class PreludeError extends Error {
  readonly remedy = 'Mend what is named there (missing packages: ./wirebook setup), then restart the kernel.'
  constructor(prelude: string, cause: unknown) {
    super('', { cause })
    this.name = 'PreludeError'
    const reason = cause instanceof Error ? cause.message : String(cause)
    this.message = `The kernel could not load the names that notebooks start with, from ${prelude}: ${reason}\n→ ${this.remedy}`
  }
}

/** The extension with the kernel's own names beside its own. Its declarations refer to those of the kernel. */
function withKernelNames(extension: Extension | undefined, comms: Comms): Extension {
  return {
    magics: [],
    declarations: declarations(),
    ...extension,
    globals: { ...extension?.globals, ...kernelGlobals(comms, extension) },
  }
}

async function loadInterpreter(extension: Promise<Extension>): Promise<Interpreter> {
  const { startInterpreter } = await import('./interpreter/start.ts')
  const interpreter = startInterpreter(extension, { declarations: declarations() })
  trackTimers(owningCell)
  return interpreter
}

/** What the compiler needs to know before the extension is there; the prelude's file refers to the kernel's own. */
function declarations(): string {
  return fileURLToPath(new URL(withoutPrelude() ? 'globals.d.ts' : 'prelude.d.ts', import.meta.url))
}

function withoutPrelude(): boolean {
  return process.env.WIREBOOK_PRELUDE === 'none'
}
