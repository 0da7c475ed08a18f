import type Docker from 'dockerode'
import type { Readable } from 'node:stream'
import { watchListening } from '../docker/listening.ts'
import { killTree } from '../docker/process-tree.ts'
import { removeContainer } from '../docker/replace.ts'
import type { LabProcess, RunningLab } from '../lab/backend.ts'
import type { LabHost } from '../lab/host.ts'

/** What a cell's typed commands start in the engine of their host: the engine tells it as events. */
export class EngineEvents {
  readonly #host: LabHost
  readonly #docker: Docker
  readonly #lab: RunningLab
  readonly #events: Readable
  readonly #watches = new Set<LabProcess>()
  /** Containers that were there before. */
  readonly #before: Set<string>
  #execs: string[] = []
  #serving: ((name: string) => void) | undefined

  private constructor(host: LabHost, docker: Docker, lab: RunningLab, events: Readable, before: Set<string>) {
    this.#host = host
    this.#docker = docker
    this.#lab = lab
    this.#events = events
    this.#before = before
    let rest = ''
    events.on('error', () => {}) // the lab may end before the cell
    events.on('data', chunk => {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop()!
      for (const line of lines) {
        if (line.trim()) void this.#take(JSON.parse(line)).catch(() => {}) // it is gone again: the window shows why
      }
    })
  }

  static async of(host: LabHost): Promise<EngineEvents> {
    const { docker, lab } = await host.engine()
    const events = await docker.getEvents({ filters: { type: ['container'], event: ['start', 'exec_start'] } }) as Readable
    const before = new Set((await docker.listContainers({ all: true })).map(({ Id }) => Id))
    return new EngineEvents(host, docker, lab, events, before)
  }

  /** Calls back when a container that starts from now on listens on a TCP port, until the returned function is called. */
  whenServing(serving: (name: string) => void): () => void {
    this.#serving = serving
    return () => {
      this.#serving = undefined
      for (const watch of this.#watches) watch.kill()
      this.#watches.clear()
    }
  }

  /** Ends what was started in the foreground and still runs: containers that a terminal was attached to, programs in containers. */
  async abandon(): Promise<void> {
    const made = (await this.#docker.listContainers({ all: true })).filter(({ Id }) => !this.#before.has(Id))
    await Promise.allSettled([
      ...made.map(async ({ Id }) => {
        const container = this.#docker.getContainer(Id)
        const { Config, HostConfig } = await container.inspect()
        if (Config.AttachStdout) await (HostConfig.AutoRemove ? removeContainer(container) : container.kill())
      }),
      ...this.#execs.map(async id => {
        const { Running, Pid } = await this.#docker.getExec(id).inspect()
        if (Running) await killTree(this.#host.name, this.#lab, Pid)
      }),
    ])
  }

  close(): void {
    this.#events.destroy()
    for (const watch of this.#watches) watch.kill()
  }

  async #take(event: { status: string; id: string; Actor?: { Attributes?: Record<string, string> } }): Promise<void> {
    if (event.status.startsWith('exec_start')) {
      const id = event.Actor?.Attributes?.execID
      if (id) this.#execs.push(id)
      return
    }
    const serving = this.#serving
    if (!serving) return
    const info = await this.#docker.getContainer(event.id).inspect()
    if (this.#serving !== serving) return
    const watch = watchListening(this.#host, this.#lab, info.State.Pid, undefined, 3600)
    this.#watches.add(watch)
    const listens = await watch.exit === 0
    this.#watches.delete(watch)
    if (listens && this.#serving === serving) serving(info.Name.slice(1))
  }
}
