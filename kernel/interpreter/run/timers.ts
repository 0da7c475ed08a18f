/** The timers that a cell has started, so that stopping the cell stops them. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { promisify } from 'node:util'

type Handle = NodeJS.Timeout | NodeJS.Immediate
const running = new AsyncLocalStorage<Set<Handle>>()

/** Runs `work`; the timers that it starts, now or later, are ended by `clear`. */
export function withTimers<T>(work: () => T): { result: T; clear(): void } {
  const timers = new Set<Handle>()
  return {
    result: running.run(timers, work),
    clear() {
      for (const timer of timers) {
        clearTimeout(timer as NodeJS.Timeout)
        clearImmediate(timer as NodeJS.Immediate)
      }
      timers.clear()
    },
  }
}

/** Makes the global timer functions keep account. Called once. */
export function installTimers(): void {
  const { setTimeout, setInterval, setImmediate } = globalThis
  globalThis.setTimeout = accounted(setTimeout, true)
  globalThis.setInterval = accounted(setInterval, false)
  globalThis.setImmediate = accounted(setImmediate, true)
}

function accounted<F extends typeof setTimeout | typeof setInterval | typeof setImmediate>(start: F, once: boolean): F {
  const counted = (callback: (...values: unknown[]) => void, ...rest: unknown[]) => {
    const timers = running.getStore()
    if (!timers || typeof callback !== 'function') return (start as Function)(callback, ...rest)
    const timer = (start as Function)(once ? (...values: unknown[]) => {
      timers.delete(timer)
      return callback(...values)
    } : callback, ...rest) as Handle
    timers.add(timer)
    return timer
  }
  const custom = (start as unknown as Record<symbol, unknown>)[promisify.custom]
  Object.defineProperty(counted, 'name', { value: start.name })
  if (custom) Object.defineProperty(counted, promisify.custom, { value: custom })
  return counted as unknown as F
}
