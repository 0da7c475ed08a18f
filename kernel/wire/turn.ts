/** ms of work after which the thread's other work has its turn. */
const longest = 5

/**
 * Gives the event loop a turn when the last is some time ago. A socket that has what is asked of it resolves at once,
 * so that a flood on one would otherwise keep the others, control and heartbeat among them, waiting for good.
 */
export function turns(): () => Promise<void> | undefined {
  let last = performance.now()
  return () => {
    if (performance.now() - last < longest) return undefined
    return new Promise<void>(resolve => setImmediate(() => {
      last = performance.now()
      resolve()
    }))
  }
}
