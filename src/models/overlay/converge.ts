import type { Task } from '../../api/models.ts'
import { WirebookError } from '../../error.ts'
import type { LabHost } from '../../lab/host.ts'
import { output } from '../../output.ts'
import { history } from './history.ts'
import type { ApiNode } from './members.ts'
import { isWanted, placeOf, taskOf, type ApiTask } from './tasks.ts'
import { until } from './until.ts'

export interface ConvergeOptions {
  name: string
  /** Replicas that must run. */
  wanted: number
  /** Seconds */
  timeout: number
  /** Replaced tasks that were told of before. */
  told: Set<string>
  look(): Promise<{ tasks: ApiTask[]; nodes: ApiNode[]; hosts: LabHost[] }>
  /** Throws when the service itself has gone. */
  gone(): Promise<void>
}

/** So many failures of one task in a row are no accident: waiting longer will not help. */
const hopeless = 4

/**
 * Waits until as many tasks run, on nodes that are Ready, as are wanted. Tells each step as it comes, and what became of
 * tasks that had to be replaced.
 */
export async function converge({ name, wanted, timeout, told, look, gone }: ConvergeOptions): Promise<Task[]> {
  let last: Awaited<ReturnType<typeof look>> | undefined
  let shown = ''
  const done = await until(async () => {
    last = await look()
    const { tasks, nodes, hosts } = last
    if (tasks.length === 0 && wanted > 0) await gone()
    const wantedTasks = tasks.filter(isWanted)
    const running = wantedTasks.filter(task => task.Status.State === 'running' && isReady(task, nodes))
    const line = `${name}: ${running.length} of ${wanted} running${pendingText(name, wantedTasks.filter(task => !running.includes(task)), nodes, hosts)}`
    if (line !== shown) output().write(`${shown = line}\n`)
    for (const event of untold(name, tasks, nodes, hosts, told)) output().write(`${event}\n`)
    const failing = repeatedFailure(tasks)
    if (failing) throw new WirebookError(`${name} cannot converge: its task ${name}.${failing.Slot} failed ${hopeless} times on end.\n${reasons(name, tasks, nodes, hosts)}`, { remedy: 'Look at the command and the image of the service.' })
    return running.length === wanted && wantedTasks.length === wanted ? running : undefined
  }, {
    what: `${wanted} tasks of ${name} run`, timeout,
    reason: () => (last ? reasons(name, last.tasks, last.nodes, last.hosts) : ''),
  })
  const { nodes, hosts } = last!
  const tasks = done.map(task => taskOf(task, nodes, hosts)).sort((one, other) => one.slot - other.slot)
  output().write(`${name} converged: ${tasks.map(task => `${name}.${task.slot} on ${task.host}`).join(', ') || 'no tasks wanted'}\n`)
  return tasks
}

function isReady(task: ApiTask, nodes: ApiNode[]): boolean {
  return nodes.some(node => node.ID === task.NodeID && node.Status.State === 'ready')
}

function pendingText(name: string, tasks: ApiTask[], nodes: ApiNode[], hosts: LabHost[]): string {
  const pending = tasks.map(task => {
    const place = placeOf(task, nodes, hosts)
    const state = task.Status.State === 'running' ? 'its node does not answer' : task.Status.State
    return `${name}.${task.Slot ?? 0} ${state}${place && ` on ${place}`}`
  })
  return pending.length > 0 ? ` (${pending.join(', ')})` : ''
}

/** What each task waits for, at the deadline. */
function reasons(name: string, tasks: ApiTask[], nodes: ApiNode[], hosts: LabHost[]): string {
  const lines = tasks.filter(isWanted).map(task => {
    const place = placeOf(task, nodes, hosts)
    const { State, Err, Message } = task.Status
    const why = Err || (Message && Message !== State ? Message : '')
    return `${name}.${task.Slot ?? 0}${place && ` on ${place}`} is ${State}${why && `: ${why}`}`
  })
  const down = nodes.filter(node => node.Status.State !== 'ready').map(node => `The node ${node.Description?.Hostname ?? node.ID} is ${node.Status.State}${node.Status.Message ? `: ${node.Status.Message}` : ''}`)
  return [...lines, ...history(name, tasks, nodes, hosts).slice(-5), ...down].join('\n') || 'The manager lists no task.'
}

function untold(name: string, tasks: ApiTask[], nodes: ApiNode[], hosts: LabHost[], told: Set<string>): string[] {
  const replaced = tasks.filter(task => !isWanted(task))
  const lines = history(name, tasks, nodes, hosts)
  return replaced.flatMap((task, i) => {
    // Told once the new task has its place, so that one line says both.
    const next = tasks.find(later => later.Slot === task.Slot && later.CreatedAt > task.CreatedAt)
    if (told.has(task.ID) || (next && !next.NodeID)) return []
    told.add(task.ID)
    return [lines[i]!]
  })
}

function repeatedFailure(tasks: ApiTask[]): ApiTask | undefined {
  for (const slot of new Set(tasks.map(task => task.Slot))) {
    const ofSlot = tasks.filter(task => task.Slot === slot)
    const failed = ofSlot.filter(task => task.Status.State === 'failed' || task.Status.State === 'rejected')
    if (failed.length >= hopeless && !ofSlot.some(task => task.Status.State === 'running')) return failed.at(-1)
  }
  return undefined
}
