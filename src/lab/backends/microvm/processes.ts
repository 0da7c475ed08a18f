/** Programs and terminals on a machine inside the guest. */
import { StringDecoder } from 'node:string_decoder'
import type { LabProcess, LabTerminal, ProcessOptions } from '../../backend.ts'
import { LabError } from '../../lab-error.ts'
import { labPath } from '../../plan/script.ts'
import type { GuestLink } from './link.ts'

export function guestProcess(link: GuestLink, process: number, command: string[], options: ProcessOptions = {}): LabProcess {
  const channel = link.open({ kind: 'exec', process, cwd: options.cwd ?? '/root', env: environment(options), words: checked(command) })
  return {
    stdin: channel.stdin,
    stdout: channel.stdout,
    stderr: channel.stderr,
    exit: channel.exit,
    kill: (signal = 'SIGKILL') => channel.signal(signal),
  }
}

export function guestTerminal(
  link: GuestLink, process: number, command: string[], options: ProcessOptions & { columns?: number; rows?: number } = {},
): LabTerminal {
  const channel = link.open({
    kind: 'pty', process, cwd: options.cwd ?? '/root', env: environment(options), words: checked(command),
    columns: options.columns ?? 120, rows: options.rows ?? 30,
  })
  const decoder = new StringDecoder('utf8')
  return {
    onData: listener => void channel.stdout.on('data', (data: Buffer) => listener(decoder.write(data))),
    write: text => void channel.stdin.write(text),
    resize: (columns, rows) => channel.resize(columns, rows),
    exit: channel.exit,
    kill: (signal = 'SIGKILL') => channel.signal(signal),
  }
}

function checked(command: string[]): string[] {
  if (command.length === 0) throw new LabError('the command is empty', { remedy: "give a program and its arguments: ['ip', 'addr']" })
  return command
}

function environment(options: ProcessOptions): Record<string, string> {
  return { PATH: labPath, HOME: '/root', USER: 'root', LOGNAME: 'root', SHELL: '/bin/bash', LANG: 'C.UTF-8', TERM: 'xterm-256color', ...options.env }
}
