import type Docker from 'dockerode'
import type { Readable } from 'node:stream'
import { watchListening } from '../docker/listening.ts'
import { isOurs } from '../docker/notebook.ts'
import { removeContainer, removeContainerNamed, removeNetworksNamed } from '../docker/replace.ts'
import type { LabProcess } from '../lab/backend.ts'
import { LabHost } from '../lab/host.ts'
import type { NotebookLab } from '../lab/lab.ts'
import { output } from '../output.ts'
import { promptVariables, ShellWindow } from '../terminal/shell-window.ts'
import type { Place } from './transcript.ts'
import { named } from './typed.ts'

/** A shell on a machine of the lab, for %%sh. */
export function hostPlace(lab: NotebookLab, name: string): Place {
  const machine = lab.machine(name)
  const made = new Set<string>()
  const started: Docker.Container[] = []
  const place: Place = {
    name,
    async open(columns, print) {
      const running = await lab.ready()
      return new ShellWindow(running.terminal(name, shell, { columns, rows: 40, env: shellVariables }), print)
    },
  }
  if (!(machine instanceof LabHost)) return place
  return {
    ...place,
    async before(line) {
      if (/\bdocker\s/.test(line)) await lab.imagesReady // typed commands cannot bring their images themselves
      const thing = named(line)
      if (!thing || made.has(`${thing.kind} ${thing.name}`)) return
      made.add(`${thing.kind} ${thing.name}`)
      await makeWay(machine, thing)
    },
    whenServing: serving => watchServers(machine, started, serving),
    keep: window => window.mute(),
    async abandon() {
      await Promise.all(started.map(container => removeContainer(container).catch(() => {}))) // the lab may be what ended
    },
  }
}

/** In an empty folder of its own, so that a file which an earlier run left is in nobody's way. */
const shell = ['sh', '-c', 'cd "$(mktemp -d)" && exec bash --noprofile --norc --noediting -i']
const shellVariables = {
  ...promptVariables('$ '),
  HISTFILE: '', PAGER: 'cat', LESS: 'FRX',
  'BASH_FUNC_sudo%%': '() { "$@"\n}', // the lab's shell is root's; sudo itself does not work in a user namespace
}

/** What an earlier run of the cell made under this name goes first, as with the helpers. */
async function makeWay(host: LabHost, { kind, name }: NonNullable<ReturnType<typeof named>>): Promise<void> {
  const { docker, lab } = await host.engine()
  switch (kind) {
    case 'container':
      await removeContainerNamed(host, name)
      return
    case 'network':
      if (!['bridge', 'host', 'none', 'ingress', 'docker_gwbridge'].includes(name)) await removeNetworksNamed(host, name)
      return
    case 'service': {
      const service = (await docker.listServices({ filters: { name: [name] } }).catch(() => [])).find(({ Spec }) => Spec?.Name === name)
      if (service && isOurs(lab, service.Spec?.Labels)) await docker.getService(service.ID).remove()
      return
    }
    case 'swarm': {
      const { Swarm } = await docker.info()
      if (lab.backend !== 'engines' && Swarm?.LocalNodeState !== 'inactive') await docker.swarmLeave({ force: true })
    }
  }
}

/** Follows the engine's events for containers that start, and looks when one of them listens. */
async function watchServers(host: LabHost, started: Docker.Container[], serving: (name: string) => void): Promise<{ stop(): void }> {
  const { docker, lab } = await host.engine()
  const watches: LabProcess[] = []
  let over = false
  const events = await docker.getEvents({ filters: { type: ['container'], event: ['start'] } }) as Readable
  const look = async (id: string) => {
    const container = docker.getContainer(id)
    const info = await container.inspect()
    if (info.HostConfig.AutoRemove) started.push(container)
    if (over) return
    const watch = watchListening(host, lab, info.State.Pid, undefined, 3600)
    watches.push(watch)
    if (over) watch.kill()
    if (await watch.exit === 0 && !over) serving(info.Name.slice(1))
  }
  let rest = ''
  events.on('error', () => {})
  events.on('data', chunk => {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      if (line.trim()) void look(JSON.parse(line).id).catch(() => {}) // it is gone again: the window shows why
    }
  })
  const stop = () => {
    over = true
    events.destroy()
    for (const watch of watches) watch.kill()
    output().signal.removeEventListener('abort', stop)
  }
  output().signal.addEventListener('abort', stop)
  return { stop }
}
