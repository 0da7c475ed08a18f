import type { LabProcess } from '../lab/backend.ts'
import { interruption } from '../lab/collect.ts'
import { WirebookError } from '../error.ts'
import { output } from '../output.ts'

export interface Followed { exitCode: number; stdout: Buffer; stderr: string; /** Both, in the order in which they came. */ text: string; interrupted: boolean }

export interface FollowOptions {
  /** Called with each piece of text as it comes. */
  onText?: (text: string, stream: 'stdout' | 'stderr') => void
  /** Seconds after which it is ended and an error thrown. */
  limit: number
  /** What it is, for that error: `ping on A`. */
  what: string
  /** On interruption: end it with SIGINT and return what it had. Without it, the interruption is thrown. */
  partial?: boolean
  input?: string | Uint8Array
}

/** Follows a program to its end, within its time limit and until the cell is interrupted. */
export async function follow(process: LabProcess, { onText, limit, what, partial = false, input }: FollowOptions): Promise<Followed> {
  const { signal } = output()
  const stdout: Buffer[] = []
  let stderr = ''
  let text = ''
  const take = (stream: 'stdout' | 'stderr') => (chunk: Buffer) => {
    const piece = chunk.toString()
    text += piece
    if (stream === 'stdout') stdout.push(chunk)
    else stderr += piece
    onText?.(piece, stream)
  }
  process.stdout.on('data', take('stdout'))
  process.stderr.on('data', take('stderr'))
  process.stdin.on('error', () => {}) // it may end without reading its input
  process.stdin.end(input)
  let interrupted = false
  let late = false
  let killer: NodeJS.Timeout | undefined
  const interrupt = () => {
    interrupted = true
    process.kill(partial ? 'SIGINT' : 'SIGKILL')
    killer = setTimeout(() => process.kill('SIGKILL'), 1000) // one that does not listen to SIGINT
  }
  const timer = setTimeout(() => {
    late = true
    process.kill('SIGKILL')
  }, limit * 1000)
  if (signal.aborted) interrupt()
  else signal.addEventListener('abort', interrupt, { once: true })
  let exitCode: number
  try {
    exitCode = await process.exit
  } finally {
    clearTimeout(timer)
    clearTimeout(killer)
    signal.removeEventListener('abort', interrupt)
  }
  if (late) throw new WirebookError(`${what} had not ended after ${limit} s and was stopped.${text.trim() && ` It printed:\n${text.trim()}`}`)
  if (interrupted && !partial) throw interruption(signal)
  return { exitCode, stdout: Buffer.concat(stdout), stderr, text, interrupted }
}
