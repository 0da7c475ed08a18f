import { setTimeout as delay } from 'node:timers/promises'

/** Resolves after so many seconds: the other side of a race with what is waited for. Keeps no process alive. */
export function deadline(seconds: number, signal?: AbortSignal): Promise<void> {
  return delay(seconds * 1000, undefined, { ref: false, signal })
}
