import { constants } from 'node:os'

const ending = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs `work` with a signal that aborts when a person or the system asks this process to end; the process itself stays
 * until the work has cleaned up. True when it was asked to.
 */
export async function whileRunning(work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  const controller = new AbortController()
  const stop = (name: NodeJS.Signals) => controller.abort(new Error(`stopped by ${name} (${constants.signals[name]})`))
  for (const name of ending) process.on(name, stop)
  try {
    await work(controller.signal)
  } catch (error) {
    if (!controller.signal.aborted) throw error
  } finally {
    for (const name of ending) process.off(name, stop)
  }
  return controller.signal.aborted
}
