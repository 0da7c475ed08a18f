import { isOurs } from '../docker/notebook.ts'
import { killTree } from '../docker/process-tree.ts'
import { isPredefined, removeContainerNamed, removeNetworksNamed } from '../docker/replace.ts'
import { collect } from '../lab/collect.ts'
import { LabHost } from '../lab/host.ts'
import type { NotebookLab } from '../lab/lab.ts'
import { rememberName } from '../docker/names.ts'
import { promptVariables, ShellWindow } from '../terminal/shell-window.ts'
import { EngineEvents } from './engine-events.ts'
import { readsTerminal } from './reads-terminal.ts'
import type { Place } from './transcript.ts'
import { named, type Named } from './typed.ts'

/** A shell on a machine of the lab, for %%sh. */
export function hostPlace(lab: NotebookLab, name: string): Place {
  const machine = lab.machine(name)
  const place: Place = {
    name,
    async open(columns, print) {
      const running = await lab.ready()
      return new ShellWindow(running.terminal(name, shell, { columns, rows: 40, env: shellVariables }), print, {
        end: async pid => {
          if (lab.current === running) await killTree(name, running, pid)
        },
      })
    },
    async reads(window) {
      const command = readsTerminal(window.shellPid)
      const running = await lab.ready()
      return (await collect(running.exec(name, command), 'look', name, { print: false, check: false })).exitCode === 0
    },
  }
  return machine instanceof LabHost ? { ...place, ...withEngine(lab, machine) } : place
}

/** What a machine with an engine adds: `docker` commands get what they need, and end when the cell is interrupted. */
function withEngine(lab: NotebookLab, host: LabHost): Partial<Place> {
  const made = new Set<string>()
  let events: Promise<EngineEvents> | undefined
  return {
    async before(line) {
      if (!/\bdocker\s/.test(line)) return
      await lab.imagesReady // typed commands cannot bring their images themselves
      events ??= EngineEvents.of(host)
      await events
      const thing = named(line)
      if (!thing || made.has(`${thing.kind} ${thing.name}`)) return
      made.add(`${thing.kind} ${thing.name}`)
      await makeWay(host, thing)
      rememberName(thing.name)
    },
    whenServing: async serving => (await events)?.whenServing(serving),
    keep: closeWhenDone,
    abandon: async () => (await events)?.abandon(),
    close: async () => (await events)?.close(),
  }
}

/** A window that outlives its cell is closed when its program has ended. */
function closeWhenDone(window: ShellWindow): void {
  window.mute()
  const unwatch = window.watch(() => {
    if (window.state.kind !== 'prompt') return
    unwatch()
    window.line('exit')
  })
}

/** In an empty folder of its own, so that a file which an earlier run left is in nobody's way. */
const shell = ['sh', '-c', 'cd "$(mktemp -d)" && exec bash --noprofile --norc --noediting -i']
const shellVariables = {
  ...promptVariables('$ '),
  HISTFILE: '', PAGER: 'cat', LESS: 'FRX',
  'BASH_FUNC_sudo%%': '() { "$@"\n}', // the lab's shell is root's; sudo itself does not work in a user namespace
}

/** What an earlier run of the cell made under this name goes first, as with the helpers. */
async function makeWay(host: LabHost, { kind, name }: Named): Promise<void> {
  const { docker, lab } = await host.engine()
  switch (kind) {
    case 'container':
      await removeContainerNamed(host, name)
      return
    case 'network':
      if (!isPredefined(name)) await removeNetworksNamed(host, name)
      return
    case 'service': {
      const { Swarm } = await docker.info()
      if (!Swarm?.ControlAvailable) return // not a manager: the command itself says so
      const service = (await docker.listServices({ filters: { name: [name] } })).find(({ Spec }) => Spec?.Name === name)
      if (service && isOurs(lab, service.Spec?.Labels)) await docker.getService(service.ID).remove()
      return
    }
    case 'swarm': {
      const { Swarm } = await docker.info()
      if (lab.backend !== 'engines' && Swarm?.LocalNodeState !== 'inactive') await docker.swarmLeave({ force: true })
    }
  }
}
