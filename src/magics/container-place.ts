import type { LabContainer } from '../docker/container.ts'
import { promptVariables, ShellWindow } from '../terminal/shell-window.ts'
import type { RunningLab } from '../lab/backend.ts'
import type { Place } from './transcript.ts'

/** A shell in a container, for %%in. */
export function containerPlace(container: LabContainer, lab: RunningLab): Place {
  const variables = Object.entries(promptVariables('/ # ')).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  return {
    name: container.name,
    async open(columns, print) {
      const { containerTerminal } = await import('../docker/terminal.ts')
      const docker = lab.docker(container.host.name).getContainer(container.id)
      return new ShellWindow(containerTerminal(docker, container.host, lab, ['sh'], { columns, rows: 40 }, variables), print, { redraws: true })
    },
  }
}
