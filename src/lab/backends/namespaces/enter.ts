import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { spawn as spawnTerminal } from 'node-pty'
import type { LabProcess, LabTerminal, ProcessOptions } from '../../backend.ts'
import { LabError } from '../../lab-error.ts'
import { labPath } from '../../plan/script.ts'

/** Runs a program as root on a machine, given by the number of a process of it. */
export function enter(pid: number, command: string[], options: ProcessOptions = {}): LabProcess {
  const child = spawn('nsenter', enterArguments(pid, command, options), {
    cwd: '/',
    detached: true, // a process group of its own, so that kill ends what the command started too
    env: environment(options),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => {}) // a program may end without reading all of its input
  const exit = new Promise<number>((resolve, reject) => {
    child.once('error', cause => reject(new LabError(`nsenter could not be started: ${cause.message}`, {
      remedy: 'install util-linux', cause })))
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal!]))
  })
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, exit, kill: signal => killGroup(child.pid, signal) }
}

/** Runs a program as root on a machine in a pseudo-terminal. */
export function enterTerminal(
  pid: number, command: string[], options: ProcessOptions & { columns?: number; rows?: number } = {},
): LabTerminal {
  const terminal = spawnTerminal('nsenter', enterArguments(pid, command, options), {
    name: 'xterm-256color',
    cols: options.columns ?? 120,
    rows: options.rows ?? 30,
    cwd: '/',
    env: environment(options),
  })
  const exit = new Promise<number>(resolve => {
    terminal.onExit(({ exitCode, signal }) => resolve(signal ? 128 + signal : exitCode))
  })
  return {
    onData: listener => void terminal.onData(listener),
    write: text => terminal.write(text),
    resize: (columns, rows) => terminal.resize(columns, rows),
    exit,
    kill: signal => killGroup(terminal.pid, signal),
  }
}

function enterArguments(pid: number, command: string[], options: ProcessOptions): string[] {
  if (command.length === 0) throw new LabError('the command is empty', { remedy: "give a program and its arguments: ['ip', 'addr']" })
  return [`--target=${pid}`, '--user', '--mount', '--uts', '--ipc', '--net', '--pid', '--',
    'sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', options.cwd ?? '/root', ...command]
}

function environment(options: ProcessOptions): Record<string, string> {
  return { PATH: labPath, HOME: '/root', USER: 'root', LOGNAME: 'root', SHELL: '/bin/bash', LANG: 'C.UTF-8', TERM: 'xterm-256color', ...options.env }
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // it has ended already
  }
}
