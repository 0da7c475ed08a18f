import { StringDecoder } from 'node:string_decoder'
import type { Readable } from 'node:stream'
import type { CommandResult, RunOptions } from '../api/lab.ts'
import { WirebookError } from '../error.ts'
import { output } from '../output.ts'
import { printed } from '../printed.ts'
import type { LabProcess } from './backend.ts'

/**
 * Follows a program to its end: prints as it runs, feeds it, ends it at its time limit or when the cell is interrupted.
 * `typed` is the command for messages, `where` the node's name.
 */
export async function collect(process: LabProcess, typed: string, where: string, options: RunOptions = {}): Promise<CommandResult> {
  const { print = true, check = true, input, timeout } = options
  const { signal } = output()
  const started = performance.now()
  const texts = { stdout: '', stderr: '' }
  let text = ''
  const follow = (stream: Readable, name: 'stdout' | 'stderr') => {
    const decoder = new StringDecoder('utf8')
    const take = (piece: string) => {
      if (piece === '') return
      texts[name] += piece
      text += piece
      if (print) output().write(piece, name)
    }
    stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)))
    stream.on('end', () => take(decoder.end()))
    stream.on('error', () => {})
  }
  follow(process.stdout, 'stdout')
  follow(process.stderr, 'stderr')
  process.stdin.on('error', () => {}) // it may end without reading all of its input
  process.stdin.end(input)

  let stopped: 'interrupted' | 'timeout' | undefined
  const stop = (why: typeof stopped) => {
    if (stopped) return
    stopped = why
    process.kill('SIGKILL')
  }
  const interrupt = () => stop('interrupted')
  if (signal.aborted) interrupt()
  signal.addEventListener('abort', interrupt, { once: true })
  const timer = timeout === undefined ? undefined : setTimeout(() => stop('timeout'), timeout * 1000)
  let exitCode: number
  try {
    exitCode = await process.exit
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', interrupt)
  }
  if (stopped === 'interrupted') throw interruption(signal)
  if (stopped === 'timeout') {
    throw new WirebookError(`${where}: "${typed}" had not ended after ${timeout} s and was stopped.${tail(text)}`, {
      remedy: 'Give it more time with { timeout: seconds }, or let it end by itself.',
    })
  }
  const result = { exitCode, ...texts, text: text.replace(/\n$/, ''), ms: performance.now() - started }
  if (check && exitCode !== 0) throw new CommandError(typed, where, result, print)
  return printed(result, print, result.text)
}

/** A command ended with a status other than 0. */
export class CommandError extends WirebookError {
  readonly result: CommandResult
  constructor(typed: string, where: string, result: CommandResult, printed = false) {
    super(`${where}: "${typed}" ended with exit status ${result.exitCode}${meaning(result.exitCode)}.${printed ? '' : tail(result.text)}`)
    this.name = 'CommandError'
    this.result = result
  }
}

/** What the cell's interruption looks like to the code that waits: the signal's own reason. */
export function interruption(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new WirebookError('The cell was interrupted.')
}

function meaning(exitCode: number): string {
  if (exitCode === 126) return ' (it cannot be run)'
  if (exitCode === 127) return ' (there is no such command)'
  if (exitCode > 128 && exitCode < 160) return ` (ended by signal ${exitCode - 128})`
  return ''
}

function tail(text: string): string {
  const lines = text.trimEnd().split('\n')
  return text.trim() === '' ? '' : ` It printed:\n${lines.slice(-8).join('\n')}`
}
