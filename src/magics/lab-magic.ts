import { WirebookError } from '../error.ts'
import type { NotebookLab } from '../lab/lab.ts'
import { topologyNames } from '../lab/topology.ts'
import { output } from '../output.ts'
import { found } from './in.ts'
import type { Magic } from './magic.ts'

/** `%lab`: what the lab is doing; `%lab start`, `stop`, `plan`. */
export function labMagic(lab: () => NotebookLab | Promise<NotebookLab>): Magic {
  const actions = ['start', 'stop', 'plan', ...topologyNames.map(name => `start ${name}`)]
  return {
    name: '%lab',
    usage: '%lab [start [TOPOLOGY] | stop | plan]',
    summary: 'shows the lab: machines, engines, containers; starts a fresh one, ends it, prints the commands that build it',
    complete: () => actions,
    async run(argument) {
      const [action = '', topology, ...rest] = argument.trim().split(/\s+/)
      const notebook = await lab()
      const print = (text: string) => output().write(text.endsWith('\n') ? text : `${text}\n`)
      if (rest.length > 0 || (topology !== undefined && action !== 'start')) throw wrong(argument)
      switch (action) {
        case '':
        case 'status':
          return print(await status(notebook))
        case 'start':
          await notebook.start({ topology: topology as 'tutorial' | undefined })
          return
        case 'stop':
          await notebook.stop()
          return print('lab stopped')
        case 'plan':
          return print(notebook.plan())
      }
      throw wrong(argument)
    },
  }
}

function wrong(argument: string): WirebookError {
  return new WirebookError(`%lab knows no "${argument.trim()}".`, { remedy: `Write %lab, %lab start, ${topologyNames.map(name => `%lab start ${name}`).join(', ')}, %lab stop or %lab plan.` })
}

async function status(lab: NotebookLab): Promise<string> {
  const containers = await found(lab)
  const lines = lab.machines.map(machine => {
    const { owns = [] } = lab.spec(machine.name)
    const names = containers.filter(({ host }) => host.name === machine.name).map(({ name }) => name)
    const running = machine.role === 'router' ? `router${owns.length > 0 ? `, answers as ${owns.join(', ')}` : ''}` : names.length > 0 ? names.join(', ') : 'no containers'
    return [machine.name, machine.interface, machine.ip, machine.mac, lab.running || machine.role === 'router' ? running : 'not running']
  })
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map(line => line[column]!.length)))
  const table = lines.map(line => line.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd())
  return [String(lab), ...table].join('\n')
}
