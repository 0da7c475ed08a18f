import type { MimeBundle, Output } from '../../src/output.ts'
import type { Wire } from '../wire/wire.ts'
import { clearTimers } from './timers.ts'

/** A cell being run, and afterwards the place where its late output goes. */
export interface Cell extends Output {
  readonly request: number
  /** Whether the person pressed stop. */
  readonly interrupted: boolean
  /** Timers that its code started and that have not fired. */
  readonly timers: Set<NodeJS.Timeout | NodeJS.Immediate>
  /** The cell ends only when this is settled; its failure is the cell's. */
  awaits(work: Promise<unknown>): void
  /** Resolves when all that it awaits is settled. */
  settled(): Promise<void>
  /** Aborts the signal, stops its timers, ends its questions. */
  interrupt(): void
  /** An exception that nothing caught. While the cell runs it ends the cell. */
  fail?: ((error: unknown) => void) | undefined
}

export class Interrupted extends Error {
  override name = 'Interrupted'
}

/** Asks the person; one question at a time for the whole kernel. */
export interface Questions {
  ask(request: number, prompt: string, password: boolean, signal: AbortSignal): Promise<string>
}

export function createCell(wire: Wire, questions: Questions, request: number, { allowStdin }: { allowStdin: boolean }): Cell {
  const abort = new AbortController()
  const awaited: Promise<unknown>[] = []
  const cell: Cell = {
    request,
    timers: new Set(),
    write: (text, stream = 'stdout') => wire.write(request, stream, String(text)),
    display: (bundle, { id, metadata = {} } = {}) =>
      wire.publish(request, 'display_data', { data: jsonBundle(bundle), metadata, transient: id === undefined ? {} : { display_id: id } }),
    update: (id, bundle, metadata = {}) =>
      wire.publish(request, 'update_display_data', { data: jsonBundle(bundle), metadata, transient: { display_id: id } }),
    clear: (wait = false) => wire.publish(request, 'clear_output', { wait }),
    ask: async (prompt, { password = false } = {}) => {
      if (!allowStdin) throw new Error(`Nobody can answer "${prompt}": the front end that runs this cell does not take input.`)
      return questions.ask(request, prompt, password, abort.signal)
    },
    awaits: work => {
      work.catch(() => {})
      awaited.push(work)
    },
    settled: async () => {
      for (let work = awaited.shift(); work; work = awaited.shift()) await work
    },
    signal: abort.signal,
    get interrupted() {
      return abort.signal.aborted
    },
    interrupt() {
      clearTimers(cell)
      abort.abort(new Interrupted('The cell was interrupted.'))
    },
  }
  forgetWhenUnreachable(wire, cell)
  return cell
}

/** While anything that the cell started can still print, the wire keeps whom it belongs to. */
function forgetWhenUnreachable(wire: Wire, cell: Cell): void {
  let registry = registries.get(wire)
  if (!registry) registries.set(wire, registry = new FinalizationRegistry(request => wire.forget(request)))
  registry.register(cell, cell.request)
}

const registries = new WeakMap<Wire, FinalizationRegistry<number>>()

/** Binary values become base64, as the protocol has it; the rest must be JSON. */
export function jsonBundle(bundle: MimeBundle): MimeBundle {
  return Object.fromEntries(Object.entries(bundle).map(([type, data]) =>
    [type, data instanceof Uint8Array ? Buffer.from(data).toString('base64') : data]))
}
