import type { LabHost } from '../../lab/host.ts'
import type { ApiNode } from './members.ts'
import { isWanted, placeOf, type ApiTask } from './tasks.ts'

/**
 * What became of the tasks of a service that were replaced, one line each, oldest first: `bboxes.2 on B: its node is down;
 * a new task took its place on A`.
 */
export function history(name: string, tasks: ApiTask[], nodes: ApiNode[], hosts: LabHost[]): string[] {
  return tasks.filter(task => !isWanted(task)).map(task => {
    const next = tasks.find(later => later.Slot === task.Slot && later.CreatedAt > task.CreatedAt)
    const place = placeOf(task, nodes, hosts)
    const newPlace = next && placeOf(next, nodes, hosts)
    const after = !next ? 'it was not replaced' : newPlace ? `a new task took its place on ${newPlace}` : 'a new task waits for a place'
    return `${name}.${task.Slot ?? 0}${place && ` on ${place}`}: ${whatHappened(task, nodes)}; ${after}`
  })
}

function whatHappened(task: ApiTask, nodes: ApiNode[]): string {
  const { State, Err, Message, ContainerStatus } = task.Status
  const node = nodes.find(node => node.ID === task.NodeID)
  if (State === 'failed' || State === 'rejected') {
    const exit = ContainerStatus?.ExitCode
    return `${State}${Err ? `, ${Err}` : ''}${exit !== undefined && !Err ? `, exit status ${exit}` : ''}`
  }
  if (!node) return 'its node is no longer in the swarm'
  if (node.Status.State !== 'ready') return `its node is ${node.Status.State}${node.Status.Message ? ` (${node.Status.Message})` : ''}`
  if (node.Spec.Availability !== 'active') return `its node was set to ${node.Spec.Availability}`
  if (State === 'orphaned') return 'its node was gone for too long'
  if (State === 'complete') return 'its command ended'
  return `was told to stop${Message && Message !== State ? ` (${Message})` : ''}`
}
