import type Docker from 'dockerode'
import { randomBytes } from 'node:crypto'
import type { LabTerminal, RunningLab } from '../lab/backend.ts'
import type { LabHost } from '../lab/host.ts'
import type { TerminalSize } from '../lab/node.ts'
import { killTree } from './process-tree.ts'

/**
 * A program in a container on a pseudo-terminal, as one types it: `docker exec -it`. Closing the terminal does not end a
 * program that `docker exec` started, so it is found again and ended. What tells it from others are its detach keys: a
 * sequence of our own, which also keeps Ctrl-P, the first of the usual ones, for the program.
 */
export function containerTerminal(container: Docker.Container, host: LabHost, lab: RunningLab, command: string[], size: TerminalSize, options: string[] = []): LabTerminal {
  const letters = [...randomBytes(12)].map(byte => String.fromCharCode(97 + (byte % 26)))
  const keys = ['ctrl-_', ...letters]
  const typed = Buffer.from(['\x1f', ...letters].join('')).toString('base64')
  const terminal = host.terminalIn(lab, ['docker', 'exec', '--interactive', '--tty', '--detach-keys', keys.join(','), ...options, container.id, ...command], size)
  const end = async (signal: NodeJS.Signals) => {
    const { ExecIDs } = await container.inspect()
    for (const id of ExecIDs ?? []) {
      const exec = await lab.docker(host.name).getExec(id).inspect()
      if (exec.Running && String(exec.DetachKeys) === typed) await killTree(host.name, lab, exec.Pid, signal)
    }
  }
  return {
    ...terminal,
    onData: listener => terminal.onData(listener),
    write: text => terminal.write(text),
    resize: (columns, rows) => terminal.resize(columns, rows),
    exit: terminal.exit,
    kill(signal = 'SIGHUP') {
      void end('SIGKILL').catch(() => {}).finally(() => terminal.kill(signal))
    },
  }
}
