import { getCallSites, promisify } from 'node:util'
import type { Cell } from './cell.ts'

type AnyTimer = NodeJS.Timeout | NodeJS.Immediate
type Schedule = (callback: (...values: unknown[]) => void, ...rest: unknown[]) => AnyTimer

/** Node's own functions, whoever wraps the global ones later. */
const original = { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate }

/**
 * Keeps account of the timers that notebook code starts, so that an interrupt ends them. Timers of libraries (the lab's
 * own among them) are their own: a library ends its work by the cell's signal.
 */
export function trackTimers(owner: () => Cell | undefined): void {
  track('setTimeout', true, owner)
  track('setInterval', false, owner)
  track('setImmediate', true, owner)
  for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate'] as const) {
    globalThis[name] = ((timer: AnyTimer | string | number | undefined) => {
      const cell = typeof timer === 'object' ? owners.get(timer) : undefined
      if (cell) settle(cell, timer as AnyTimer)
      original[name](timer as never)
    }) as never
  }
}

/** Ends what notebook code of this cell has scheduled. */
export function clearTimers(cell: Cell): void {
  for (const timer of cell.timers) {
    if ('refresh' in timer) original.clearTimeout(timer)
    else original.clearImmediate(timer)
  }
  cell.timers.clear()
  cells.delete(cell)
}

/** Ends what notebook code of any cell has scheduled. */
export function clearAllTimers(): void {
  for (const cell of [...cells]) clearTimers(cell)
}

const owners = new WeakMap<AnyTimer, Cell>()
/** Cells with timers under way. */
const cells = new Set<Cell>()

function track(name: 'setTimeout' | 'setInterval' | 'setImmediate', once: boolean, owner: () => Cell | undefined): void {
  const schedule = original[name] as unknown as Schedule
  const tracked: Schedule = (callback, ...rest) => {
    const cell = typeof callback === 'function' ? owner() : undefined
    if (!cell || !calledByNotebook()) return schedule(callback, ...rest)
    // Code of a stopped cell that goes on all the same is stopped here, so that it cannot keep itself going.
    cell.signal.throwIfAborted()
    const timer: AnyTimer = schedule((...values) => {
      if (once) settle(cell, timer)
      callback(...values)
    }, ...rest)
    cell.timers.add(timer)
    cells.add(cell)
    owners.set(timer, cell)
    return timer
  }
  Object.defineProperty(tracked, 'name', { value: name })
  const promised = (schedule as { [promisify.custom]?: unknown })[promisify.custom]
  if (promised) Object.defineProperty(tracked, promisify.custom, { value: promised })
  globalThis[name] = tracked as never
}

function settle(cell: Cell, timer: AnyTimer): void {
  cell.timers.delete(timer)
  if (cell.timers.size === 0) cells.delete(cell)
}

const repository = new URL('../../', import.meta.url).pathname

/** Whether the function two frames up is a cell's, not a library's. */
function calledByNotebook(): boolean {
  const script = getCallSites(3)[2]?.scriptName ?? ''
  return !script.startsWith('node:') && !script.includes('/node_modules/')
    && !script.includes(`${repository}src/`) && !script.includes(`${repository}kernel/`)
}
