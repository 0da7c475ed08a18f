import type Docker from 'dockerode'
import type { Host } from '../../api/lab.ts'
import type { SwarmNode } from '../../api/models.ts'
import { WirebookError } from '../../error.ts'
import type { RunningLab } from '../../lab/backend.ts'
import { LabHost } from '../../lab/host.ts'
import { output } from '../../output.ts'
import { until } from './until.ts'

/** A node as the manager's API tells it: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Node */
export interface ApiNode {
  ID: string
  Version: { Index: number }
  Spec: { Role: 'manager' | 'worker'; Availability: string; Name?: string; Labels?: Record<string, string> }
  Description?: { Hostname?: string; Engine?: { EngineVersion?: string } }
  Status: { State: string; Message?: string; Addr?: string }
  ManagerStatus?: { Leader?: boolean; Reachability?: string; Addr?: string }
}

/** Who manages the swarm of a lab, once it is known. */
const managers = new WeakMap<RunningLab, LabHost>()

export function rememberManager(lab: RunningLab, manager: LabHost | undefined): void {
  if (manager) managers.set(lab, manager)
  else managers.delete(lab)
}

/** The host that manages the lab's swarm. Throws, saying which call makes one, when there is no swarm. */
export async function managerOf(hosts: Host[]): Promise<{ manager: LabHost; docker: Docker; lab: RunningLab }> {
  const all = labHosts(hosts)
  const first = all[0]
  if (!first) throw new WirebookError('The lab has no host with a Docker Engine.')
  const { lab } = await first.engine()
  const known = managers.get(lab)
  for (const host of known ? [known, ...all.filter(host => host !== known)] : all) {
    const { docker } = await host.engine()
    const state = await swarmOf(docker)
    if (!state?.ControlAvailable) continue
    rememberManager(lab, host)
    return { manager: host, docker, lab }
  }
  throw new WirebookError('None of the hosts manages a swarm yet.', { remedy: 'Make one first: await overlay.swarm.init(lab.A), then await overlay.swarm.join(lab.B).' })
}

export interface SwarmState { NodeID: string; NodeAddr: string; LocalNodeState: 'inactive' | 'pending' | 'active' | 'error' | 'locked'; ControlAvailable: boolean; Error?: string }

/** A host's place in a swarm; undefined when its engine does not answer. */
export async function swarmOf(docker: Docker): Promise<SwarmState | undefined> {
  try {
    return (await docker.info()).Swarm as SwarmState
  } catch {
    return undefined // an engine that has ended manages nothing
  }
}

export async function apiNodes(docker: Docker): Promise<ApiNode[]> {
  return await docker.listNodes() as ApiNode[]
}

/** As `docker node ls` shows it. */
export function swarmNode(node: ApiNode): SwarmNode {
  return {
    id: node.ID, hostname: node.Description?.Hostname ?? '', status: capital(node.Status.State), availability: capital(node.Spec.Availability),
    role: node.Spec.Role, leader: node.ManagerStatus?.Leader ?? false, address: addressOf(node), engine: node.Description?.Engine?.EngineVersion ?? '',
  }
}

/** A manager's own entry may tell 0.0.0.0; its ManagerStatus tells the address that it advertises. */
function addressOf(node: ApiNode): string {
  return (node.ManagerStatus?.Addr ?? node.Status.Addr ?? '').replace(/:\d+$/, '')
}

/** The lab's host that a node is, by its address. */
export function hostOfNode(node: ApiNode | undefined, hosts: LabHost[]): LabHost | undefined {
  return node && hosts.find(host => host.ip === addressOf(node))
}

export function labHosts(hosts: Host[]): LabHost[] {
  return hosts.filter((host): host is LabHost => host instanceof LabHost)
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

/** Seconds for a host that missed a heartbeat on a busy machine to be Ready again; one that is really gone is not waited for. */
const grace = 10

/** Waits a little until the manager holds all hosts of the swarm for Ready: tasks are placed on those that are. */
export async function membersReady(docker: Docker, members: LabHost[]): Promise<void> {
  await until(async () => {
    const nodes = await apiNodes(docker)
    const ready = members.filter(host => nodes.some(node => node.Status.State === 'ready' && hostOfNode(node, [host])))
    return ready.length === members.length || undefined
  }, { what: 'all hosts of the swarm are Ready', timeout: grace }).catch(error => {
    if (output().signal.aborted) throw error // else the service says itself where its tasks are
  })
}
