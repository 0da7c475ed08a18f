import type Docker from 'dockerode'
import type { Host } from '../../api/lab.ts'
import type { OverlayModel, SwarmNode } from '../../api/models.ts'
import { explain } from '../../docker/failure.ts'
import { WirebookError } from '../../error.ts'
import type { LabHost } from '../../lab/host.ts'
import { output } from '../../output.ts'
import type { HostChoice } from '../host-choice.ts'
import { killTasks } from './kill-tasks.ts'
import { apiNodes, hostOfNode, labHosts, managerOf, rememberManager, swarmNode, swarmOf, type ApiNode } from './members.ts'
import { dropped, emptyNetwork, overlaysOn } from './overlays-on.ts'
import { until } from './until.ts'

/** The port that managers listen on: https://docs.docker.com/engine/swarm/swarm-tutorial/#open-protocols-and-ports-between-the-hosts */
const managementPort = 2377
/** Seconds for a node to become Ready, or to leave. */
const patience = 30

/** Making a swarm of the lab's hosts, and leaving it. */
export function swarm(hostOf: HostChoice, hosts: () => Host[]): OverlayModel['swarm'] {
  return {
    async init(manager) {
      const host = hostOf(manager)
      const { docker, lab } = await host.engine()
      const what = 'begin a swarm'
      await leave(host, 'for a new one')
      await asked(host, what, () => docker.swarmInit({
        ListenAddr: `0.0.0.0:${managementPort}`, AdvertiseAddr: `${host.ip}:${managementPort}`, ForceNewCluster: false, Spec: {},
      }))
      rememberManager(lab, host)
      const node = await ready(docker, (await docker.info()).Swarm.NodeID, host.name)
      await hasGateway(docker, host.name)
      output().write(`Swarm initialized: ${host.name} (${host.ip}) is its manager, node ${node.ID}\n`)
      return swarmNode(node)
    },

    async join(...workers) {
      const { manager, docker } = await managerOf(hosts())
      const joining = workers.length > 0 ? workers.map(worker => hostOf(worker)) : labHosts(hosts()).filter(host => host !== manager)
      if (joining.includes(manager)) {
        throw new WirebookError(`${manager.name} is the manager of the swarm; it cannot join it.`, { remedy: `Give the others: ${labHosts(hosts()).filter(host => host !== manager).map(host => `lab.${host.name}`).join(', ')}.` })
      }
      const { JoinTokens } = await asked(manager, 'read the join token', () => docker.swarmInspect()) as { JoinTokens: { Worker: string } }
      return Promise.all(joining.map(host => join(host, manager, docker, JoinTokens.Worker)))
    },

    async nodes() {
      const { docker } = await managerOf(hosts())
      return (await apiNodes(docker)).map(swarmNode)
    },

    async leave(...leaving) {
      const all = leaving.length > 0 ? leaving.map(host => hostOf(host)) : labHosts(hosts())
      // Workers first: a manager that is gone can no longer be told.
      const managers: LabHost[] = []
      await Promise.all(all.map(async host => {
        const { docker } = await host.engine()
        if ((await swarmOf(docker))?.ControlAvailable) managers.push(host)
        else await leave(host)
      }))
      for (const host of managers) await leave(host)
    },
  }
}

async function join(host: LabHost, manager: LabHost, managerDocker: Docker, token: string): Promise<SwarmNode> {
  const { docker } = await host.engine()
  const before = await swarmOf(docker)
  const nodes = await apiNodes(managerDocker)
  const known = nodes.find(node => node.ID === before?.NodeID && node.Status.State === 'ready')
  if (known && before?.LocalNodeState === 'active') {
    output().write(`${host.name} is in this swarm already, as a ${known.Spec.Role}.\n`)
    return swarmNode(known)
  }
  await leave(host, 'for a new one')
  await asked(host, `join the swarm of ${manager.name}`, () => docker.swarmJoin({
    ListenAddr: `0.0.0.0:${managementPort}`, AdvertiseAddr: `${host.ip}:${managementPort}`, RemoteAddrs: [`${manager.ip}:${managementPort}`], JoinToken: token,
  }))
  const node = await ready(managerDocker, (await docker.info()).Swarm.NodeID, host.name)
  await hasGateway(docker, host.name)
  // What this host was in the swarm before it left stays listed as Down; it will not come back.
  for (const old of nodes) {
    if (old.ID !== node.ID && hostOfNode(old, [host])) await managerDocker.getNode(old.ID).remove({ force: true }).catch(() => {})
  }
  output().write(`${host.name} joined the swarm of ${manager.name} as a worker, node ${node.ID}\n`)
  return swarmNode(node)
}

async function ready(docker: Docker, id: string, name: string): Promise<ApiNode> {
  let last: ApiNode | undefined
  return until(async () => {
    last = (await apiNodes(docker)).find(node => node.ID === id)
    return last?.Status.State === 'ready' ? last : undefined
  }, { what: `${name} is Ready`, timeout: patience, reason: () => (last ? `Its state is ${last.Status.State}${last.Status.Message ? `: ${last.Status.Message}` : ''}.` : 'The manager does not list it.') })
}

/** The engine makes the networks of a swarm after it has joined: the node is whole when it has docker_gwbridge. */
async function hasGateway(docker: Docker, name: string): Promise<void> {
  await until(async () => (await docker.listNetworks({ filters: { name: ['docker_gwbridge'] } })).length > 0 || undefined,
    { what: `${name} has docker_gwbridge`, timeout: patience })
}

/** Leaves the swarm that a host is in, if it is in one. */
async function leave(host: LabHost, why = ''): Promise<void> {
  const { docker, lab } = await host.engine()
  const state = await swarmOf(docker)
  if (!state || state.LocalNodeState === 'inactive') return
  // What runs on its overlay networks would keep them, and their subnets, for seconds after.
  await killTasks([host])
  await Promise.all((await overlaysOn(host)).filter(({ Name }) => Name !== 'ingress').map(({ Id }) => emptyNetwork(host, Id)))
  await asked(host, 'leave the swarm', async () => {
    await docker.swarmLeave({ _query: { force: true } } as unknown as { force: boolean })
  })
  await until(async () => (await swarmOf(docker))?.LocalNodeState === 'inactive' || undefined, { what: `${host.name} has left the swarm`, timeout: patience })
  await dropped([host], 'its overlay networks', () => true)
  if (state.ControlAvailable) rememberManager(lab, undefined)
  output().write(`${host.name} left the swarm that it was in${why && ` ${why}`}.\n`)
}

async function asked<T>(host: LabHost, what: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    throw await explain(error, { host, what })
  }
}
