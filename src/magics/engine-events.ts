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
  #started: Docker.Container[] = []
  #execs: string[] = []
  #serving: ((name: string) => void) | undefined

  private constructor(host: LabHost, docker: Docker, lab: RunningLab, events: Readable) {
    this.#host = host
    this.#docker = docker
    this.#lab = lab
    this.#events = events
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
    return new EngineEvents(host, docker, lab, events)
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

  /** Ends what was started and still runs: containers that are to be removed when they end, programs in containers. */
  async abandon(): Promise<void> {
    await Promise.allSettled([
      ...this.#started.map(container => removeContainer(container)),
      ...this.#execs.map(async id => {
        const { Running, Pid } = await this.#docker.getExec(id).inspect()
        if (Running) await killTree(this.#host, this.#lab, Pid)
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
    const container = this.#docker.getContainer(event.id)
    const info = await container.inspect()
    if (info.HostConfig.AutoRemove) this.#started.push(container)
    if (!serving || this.#serving !== serving) return
    const watch = watchListening(this.#host, this.#lab, info.State.Pid, undefined, 3600)
    this.#watches.add(watch)
    const listens = await watch.exit === 0
    this.#watches.delete(watch)
    if (listens && this.#serving === serving) serving(info.Name.slice(1))
  }
}
