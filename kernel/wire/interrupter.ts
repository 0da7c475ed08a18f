import type { FromThread } from './port.ts'
import { words } from './text-ring.ts'

/** ms that main has to take notice by itself: more than the kernel itself is ever busy, so it is not cut in its own work. */
const grace = 100
/** ms between looks whether main goes on, after its JavaScript was terminated. */
const look = 10
/** Looks between two attempts, for code that loops again in each new callback. */
const looks = 10
const mostAttempts = 100

/**
 * Interrupts the main thread. It is told, which serves a cell that waits; where it takes no notice because JavaScript
 * runs without end, that JavaScript is terminated from here, which leaves variables and the process as they are
 * (https://chromedevtools.github.io/devtools-protocol/v8/Runtime/#method-terminateExecution).
 */
export function interrupter(control: Int32Array, tell: (message: FromThread) => void, log: (text: string) => void): () => void {
  let timer: NodeJS.Timeout | undefined

  const terminate = async (): Promise<void> => {
    const { Session } = await import('node:inspector')
    const main = new Session()
    main.connectToMainThread()
    main.post('Runtime.terminateExecution', error => {
      if (error) log(`the running code could not be stopped: ${error.message}`)
      // A session left open would hold the process at its end.
      main.disconnect()
    })
  }

  return () => {
    const interrupt = Atomics.add(control, words.interrupts, 1) + 1
    tell({ kind: 'interrupt', interrupt, terminated: false })
    clearTimeout(timer)
    const attempt = (count: number): void => {
      if (Atomics.load(control, words.acknowledged) >= interrupt) {
        if (count > 0) tell({ kind: 'interrupt', interrupt, terminated: true })
        return
      }
      if (count >= mostAttempts * looks) return log(`the running code does not stop after ${mostAttempts} attempts; restart the kernel`)
      if (count % looks === 0) terminate().catch(error => log(`the running code could not be stopped: ${(error as Error).message}`))
      timer = setTimeout(attempt, look, count + 1)
    }
    timer = setTimeout(attempt, grace, 0)
  }
}
