/**
 * A thread that waits for SIGINT (Ctrl-C in a terminal that shares the kernel's process group, or a front end that
 * interrupts by signal). Node tells of signals on the main thread, which may spin; the one thing that a signal reaches
 * without it is a script with `breakOnSigint`, so this thread runs one that sleeps.
 */
import { Script } from 'node:vm'
import { parentPort } from 'node:worker_threads'

const sleep = new Script('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)')

for (;;) {
  try {
    sleep.runInThisContext({ breakOnSigint: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw error
    parentPort?.postMessage('SIGINT')
  }
}
