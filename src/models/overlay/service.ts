import type Docker from 'dockerode'
import type { Container, Host } from '../../api/lab.ts'
import type { Service, Task } from '../../api/models.ts'
import { explain } from '../../docker/failure.ts'
import { containerOf } from '../../docker/list.ts'
import { isMissing } from '../../docker/replace.ts'
import { WirebookError } from '../../error.ts'
import type { RunningLab } from '../../lab/backend.ts'
import type { LabHost } from '../../lab/host.ts'
import { displaySymbol, output, type Displayable, type MimeBundle } from '../../output.ts'
import { converge } from './converge.ts'
import { history } from './history.ts'
import { killTasks } from './kill-tasks.ts'
import { apiNodes, hostOfNode, labHosts, type ApiNode } from './members.ts'
import { apiTasks, isWanted, taskOf, type ApiTask } from './tasks.ts'
import { peersKnown } from './peers.ts'
import { until } from './until.ts'

/** Seconds for the containers of a removed service to be gone. */
const patience = 30

interface ApiService {
  ID: string
  Version: { Index: number }
  Spec: Docker.ServiceSpec & { Mode?: { Replicated?: { Replicas?: number } } }
  Endpoint?: { VirtualIPs?: { NetworkID: string; Addr?: string }[] }
}

/** The ids of the networks that its tasks are in. */
function networksOf(spec: Docker.ServiceSpec): string[] {
  const { Networks } = (spec as { TaskTemplate?: { Networks?: { Target?: string }[] } }).TaskTemplate ?? {}
  return (Networks ?? []).flatMap(({ Target }) => Target ?? [])
}

/** A service of the lab's swarm. */
export class SwarmService implements Service, Displayable {
  readonly name: string
  readonly id: string
  readonly #manager: LabHost
  readonly #lab: RunningLab
  readonly #hosts: () => Host[]
  /** Replaced tasks that a message has told of. */
  readonly #told = new Set<string>()

  constructor(manager: LabHost, lab: RunningLab, hosts: () => Host[], service: { id: string; name: string }) {
    this.#manager = manager
    this.#lab = lab
    this.#hosts = hosts
    this.id = service.id
    this.name = service.name
  }

  async tasks(): Promise<Task[]> {
    const { tasks, nodes, hosts } = await this.#look()
    return tasks.filter(isWanted).map(task => taskOf(task, nodes, hosts)).sort((one, other) => one.slot - other.slot)
  }

  async history(): Promise<string[]> {
    const { tasks, nodes, hosts } = await this.#look()
    return history(this.name, tasks, nodes, hosts)
  }

  async container(host: Host): Promise<Container> {
    const found = await until(async () => {
      const { tasks, nodes } = await this.#look()
      const task = tasks.find(task => isWanted(task) && task.Status.State === 'running' && this.#hostOf(task, nodes)?.name === host.name)
      return task ? { task } : tasks.some(task => isWanted(task) && task.Status.State !== 'running') ? undefined : {}
    }, { what: `a task of ${this.name} runs on ${host.name}`, timeout: patience, reason: () => this.#places() })
    const container = 'task' in found && found.task ? await this.#containerOf(found.task, await apiNodes(this.#docker())) : undefined
    if (container) return container
    throw new WirebookError(`${this.name} has no task on ${host.name}. ${await this.#places()}`, { remedy: 'Take the host of one of its tasks, or give it more replicas: await service.scale(n).' })
  }

  async containers(): Promise<Container[]> {
    const { tasks, nodes } = await this.#look()
    const running = tasks.filter(task => isWanted(task) && task.Status.State === 'running').sort((one, other) => (one.Slot ?? 0) - (other.Slot ?? 0))
    const containers = await Promise.all(running.map(task => this.#containerOf(task, nodes)))
    return containers.filter(container => container !== undefined)
  }

  async scale(replicas: number): Promise<void> {
    if (!(Number.isInteger(replicas) && replicas >= 0 && replicas <= 1000)) throw new WirebookError(`scale: a whole number of replicas from 0 to 1000 is needed, not ${replicas}.`)
    await this.#asked('scale', async () => {
      const { Version, Spec } = await this.#inspect()
      await this.#docker().getService(this.id).update({ _query: { version: Version.Index }, _body: { ...Spec, Mode: { Replicated: { Replicas: replicas } } } })
    })
    await this.converged()
  }

  async converged(options: { timeout?: number } = {}): Promise<Task[]> {
    const { Spec } = await this.#asked('look at', () => this.#inspect())
    const tasks = await converge({
      name: this.name, wanted: Spec.Mode?.Replicated?.Replicas ?? 1, timeout: options.timeout ?? 60, told: this.#told,
      look: () => this.#look(), gone: () => this.#asked('look at', () => this.#inspect()).then(() => undefined),
    })
    await peersKnown(networksOf(Spec), tasks, labHosts(this.#hosts()))
    return tasks
  }

  async virtualIp(network?: string): Promise<string | undefined> {
    const { Endpoint } = await this.#asked('look at', () => this.#inspect())
    const networks = await this.#docker().listNetworks()
    const name = (id: string) => networks.find(({ Id }) => Id === id)?.Name ?? ''
    const chosen = (Endpoint?.VirtualIPs ?? []).find(({ NetworkID }) =>
      (network === undefined ? name(NetworkID) !== 'ingress' : NetworkID === network || name(NetworkID) === network))
    return chosen?.Addr?.replace(/\/\d+$/, '')
  }

  async remove(): Promise<void> {
    if (this.#manager.currentLab !== this.#lab) return
    await removeService(this.#manager, labHosts(this.#hosts()), this.id, this.name)
    output().write(`The service ${this.name} is removed.\n`)
  }

  [displaySymbol](): MimeBundle {
    return { 'text/plain': `${this.name}: service ${this.id}, managed by ${this.#manager.name}` }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `${this.name}: service ${this.id}, managed by ${this.#manager.name}`
  }

  async #look(): Promise<{ tasks: ApiTask[]; nodes: ApiNode[]; hosts: LabHost[] }> {
    const docker = this.#docker()
    const [tasks, nodes] = await this.#asked('list the tasks of', () => Promise.all([apiTasks(docker, this.id), apiNodes(docker)]))
    return { tasks, nodes, hosts: labHosts(this.#hosts()) }
  }

  #hostOf(task: ApiTask, nodes: ApiNode[]): LabHost | undefined {
    return hostOfNode(nodes.find(node => node.ID === task.NodeID), labHosts(this.#hosts()))
  }

  async #containerOf(task: ApiTask, nodes: ApiNode[]): Promise<Container | undefined> {
    const host = this.#hostOf(task, nodes)
    const id = task.Status.ContainerStatus?.ContainerID
    return host && id ? containerOf(host, id) : undefined
  }

  async #places(): Promise<string> {
    const tasks = await this.tasks()
    return tasks.length === 0 ? 'It has no tasks.' : `Its tasks: ${tasks.map(({ slot, host, state }) => `${this.name}.${slot} ${state}${host && ` on ${host}`}`).join(', ')}.`
  }

  #docker(): Docker {
    if (this.#manager.currentLab !== this.#lab) throw new WirebookError(`Service "${this.name}" was in a lab that has ended.`, { remedy: 'Run the cell that makes it again.' })
    return this.#lab.docker(this.#manager.name)
  }

  async #inspect(): Promise<ApiService> {
    return await this.#docker().getService(this.id).inspect() as ApiService
  }

  async #asked<T>(what: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request()
    } catch (error) {
      if (isMissing(error)) throw new WirebookError(`Service "${this.name}" is no longer there.`, { remedy: 'Run the cell that makes it again.', cause: error })
      throw await explain(error, { host: this.#manager, what: `${what} the service "${this.name}"`, name: this.name })
    }
  }
}

/**
 * Removes a service and waits until its tasks have ended, so that networks and names are free. Its containers are killed
 * first: the engine would wait 2 s for the gossip to tell that they go, and then for their grace period.
 */
export async function removeService(manager: LabHost, hosts: LabHost[], id: string, name: string): Promise<void> {
  const { docker } = await manager.engine()
  await killTasks(hosts, id)
  try {
    await docker.getService(id).remove()
  } catch (error) {
    if (!isMissing(error)) throw await explain(error, { host: manager, what: `remove the service "${name}"`, name })
  }
  let left: ApiTask[] = []
  await until(async () => {
    const nodes = await apiNodes(docker)
    const reachable = new Set(nodes.filter(node => node.Status.State === 'ready').map(node => node.ID))
    left = (await apiTasks(docker, id)).filter(task => task.NodeID && reachable.has(task.NodeID) && !ended.has(task.Status.State))
    return left.length === 0 ? true : undefined
  }, { what: `the tasks of ${name} are gone`, timeout: patience, reason: () => left.map(task => `${name}.${task.Slot} is still ${task.Status.State}`).join('\n') })
}

const ended = new Set(['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned'])
