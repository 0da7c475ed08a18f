import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { WirebookError } from '../../error.ts'
import { jupyterEnvironment } from '../jupyter/environment.ts'
import { python } from '../paths.ts'

/** What execute.py reports, a line each. Seconds throughout. */
export type Step =
  | { event: 'chapter'; chapter: string; cells: number }
  | { event: 'cell'; chapter: string; cell: number; heading: string }
  | { event: 'done'; chapter: string; cell: number; seconds: number }
  | { event: 'end'; chapter: string; seconds: number; error: CellFailure | null; facts: Record<string, string> }

export interface CellFailure {
  /** The code cell's number, from 1; absent when the kernel itself failed. */
  cell?: number
  heading?: string
  name: string
  message: string
  traceback: string[]
}

export interface Job {
  kernel: string
  /** Seconds that one cell may take. */
  timeout: number
  chapters: { chapter: string; source: string; target: string; folder: string }[]
  /** Expressions to evaluate in the notebook after its last cell. */
  facts: Record<string, string>
}

/** Runs notebooks one after another through nbclient. Ends them all when `signal` aborts or this process ends. */
export async function* execute(job: Job, { env, signal }: { env: NodeJS.ProcessEnv; signal: AbortSignal }): AsyncGenerator<Step> {
  const script = fileURLToPath(new URL('execute.py', import.meta.url))
  const child = spawn(python, [script], {
    // A group of its own: a Ctrl-C in the terminal reaches it once, through `signal`.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...jupyterEnvironment(), ...env, PYTHONDONTWRITEBYTECODE: '1' },
  })
  const stop = () => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  const failed = new Promise<never>((_, reject) => child.once('error', cause =>
    reject(new WirebookError(`${python} does not start.`, { cause, remedy: 'run ./wirebook setup' }))))
  const exited = new Promise<number | null>(resolve => child.once('close', resolve))
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-20_000)))
  child.stdin.on('error', () => {})
  child.stdin.write(`${JSON.stringify(job)}\n`)
  try {
    for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as Step
    const status = await Promise.race([exited, failed])
    if (status !== 0 && !signal.aborted) {
      throw new WirebookError(`nbclient ended with status ${status}:\n${complaints.trim()}`, {
        remedy: 'run ./wirebook doctor; where the kernel does not start, its own words are above',
      })
    }
  } finally {
    signal.removeEventListener('abort', stop)
    child.stdin.end()
    await Promise.race([exited, failed.catch(() => {})])
  }
}
