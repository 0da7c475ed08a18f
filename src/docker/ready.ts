import { WirebookError } from '../error.ts'
import type { RunningLab } from '../lab/backend.ts'
import type { LabHost } from '../lab/host.ts'
import { watchListening } from './listening.ts'
import type { Log } from './run.ts'

export type Readiness = 'running' | { port: number } | { log: string | RegExp }

const limit = 30

/** Waits for the condition. `exited` when the container ends before; throws after 30 s, saying what did not come. */
export async function becomesReady(readiness: Readiness, host: LabHost, lab: RunningLab, pid: number, log: Log, exit: Promise<number>): Promise<'ready' | 'exited'> {
  if (readiness === 'running') return 'ready'
  const exited = exit.then(() => 'exited' as const)
  if ('port' in readiness) {
    const watch = watchListening(host, lab, pid, readiness.port, limit)
    const listening = watch.exit.then(code => {
      if (code === 0) return 'ready' as const
      if (code === 1) return exited
      throw new WirebookError(`Nothing in the container listened on port ${readiness.port} within ${limit} s. Its log:\n${log.text.trim() || '(empty)'}`)
    })
    return Promise.race([listening, exited]).finally(() => watch.kill())
  }
  const { log: pattern } = readiness
  let timer: NodeJS.Timeout | undefined
  const appears = new Promise<'ready'>((resolve, reject) => {
    const look = () => {
      if (typeof pattern === 'string' ? log.text.includes(pattern) : log.text.search(pattern) >= 0) resolve('ready')
    }
    log.onText(look)
    look()
    timer = setTimeout(() => reject(new WirebookError(`The container's log did not show ${pattern} within ${limit} s. It shows:\n${log.text.trim() || '(nothing)'}`)), limit * 1000)
  })
  return Promise.race([appears, exited]).finally(() => clearTimeout(timer))
}
