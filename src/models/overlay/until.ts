import { setTimeout as delay } from 'node:timers/promises'
import { WirebookError } from '../../error.ts'
import { interruption } from '../../lab/collect.ts'
import { output } from '../../output.ts'

export interface UntilOptions {
  /** What is waited for, for the error: `B is Ready`. */
  what: string
  /** Seconds */
  timeout: number
  /** What stands in the way at the deadline, in a sentence or more. */
  reason?: () => string | Promise<string>
  /** First pause between two looks, ms; it grows to ten times as much. */
  pause?: number
}

/**
 * Looks again and again until there is a value. Swarm's managers tell no events for tasks, so that looking is the only way.
 * Throws at the deadline, saying what was waited for and why it did not come.
 */
export async function until<T>(look: () => Promise<T | undefined>, { what, timeout, reason, pause = 15 }: UntilOptions): Promise<T> {
  const { signal } = output()
  const end = performance.now() + timeout * 1000
  for (let wait = pause; ; wait = Math.min(wait * 1.3, pause * 10)) {
    if (signal.aborted) throw interruption(signal)
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > end) {
      const why = await reason?.()
      throw new WirebookError(`Waited ${timeout} s until ${what}.${why ? `\n${why}` : ''}`)
    }
    await delay(wait, undefined, { signal }).catch(() => {}) // the interruption is told at the top
  }
}
