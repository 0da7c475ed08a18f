import type Docker from 'dockerode'
import type { Task } from '../../api/models.ts'
import type { LabHost } from '../../lab/host.ts'
import { hostOfNode, type ApiNode } from './members.ts'

/** A task as the manager's API tells it: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Task */
export interface ApiTask {
  ID: string
  CreatedAt: string
  UpdatedAt: string
  ServiceID: string
  Slot?: number
  NodeID?: string
  DesiredState: string
  Status: { Timestamp: string; State: string; Message?: string; Err?: string; ContainerStatus?: { ContainerID?: string; ExitCode?: number } }
  NetworksAttachments?: { Network: { ID: string; Spec: { Name: string; Ingress?: boolean } }; Addresses?: string[] }[]
}

/** All tasks of a service that the manager remembers, the replaced ones too, oldest first. */
export async function apiTasks(docker: Docker, serviceId: string): Promise<ApiTask[]> {
  // Not filtered by the engine: it refuses a service that has just been removed, whose tasks may still run.
  const tasks = (await docker.listTasks() as ApiTask[]).filter(task => task.ServiceID === serviceId)
  return tasks.sort((one, other) => one.CreatedAt.localeCompare(other.CreatedAt))
}

/** Whether the swarm still wants a task to run. */
export const isWanted = (task: ApiTask): boolean => ['running', 'ready', 'accepted'].includes(task.DesiredState)

export function taskOf(task: ApiTask, nodes: ApiNode[], hosts: LabHost[]): Task {
  const network = task.NetworksAttachments?.find(({ Network }) => !Network.Spec.Ingress && Network.Spec.Name !== 'ingress')
  const address = network?.Addresses?.[0]?.replace(/\/\d+$/, '')
  const { State, Err, ContainerStatus } = task.Status
  return {
    id: task.ID, slot: task.Slot ?? 0, host: placeOf(task, nodes, hosts), state: State, desired: task.DesiredState,
    ...(ContainerStatus?.ContainerID && { containerId: ContainerStatus.ContainerID }), ...(address && { address }), ...(Err && { error: Err }),
  }
}

/** The host that a task was given to, '' as long as it has none. */
export function placeOf(task: ApiTask, nodes: ApiNode[], hosts: LabHost[]): string {
  const node = nodes.find(node => node.ID === task.NodeID)
  return hostOfNode(node, hosts)?.name ?? node?.Description?.Hostname ?? task.NodeID ?? ''
}
