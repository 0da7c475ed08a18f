import type { Task } from '../../api/models.ts'
import type { LabHost } from '../../lab/host.ts'
import { output } from '../../output.ts'
import { until } from './until.ts'

/** Seconds. Engines that missed each other's first words try again within a minute: libnetwork's rejoinClusterInterval. */
const patience = 100

/**
 * Waits until the engines that run a service's tasks have told each other so. Swarm calls a task running as soon as its
 * process runs; which host a neighbour lives on is gossip between the engines (port 7946), and may come later, a minute
 * later where a swarm was left and begun anew on a busy machine.
 */
export async function peersKnown(networks: string[], tasks: Task[], hosts: LabHost[]): Promise<void> {
  const running = hosts.filter(host => tasks.some(task => task.host === host.name && task.state === 'running'))
  if (running.length < 2) return
  const addresses = tasks.filter(task => task.state === 'running').flatMap(task => task.address ?? [])
  let missing: string[] = []
  let told = false
  await until(async () => {
    missing = (await Promise.all(running.map(host => unknownTo(host, networks, running, addresses)))).flat()
    if (missing.length > 0 && !told) {
      output().write('waiting until the engines have told each other where the tasks are\n')
      told = true
    }
    return missing.length === 0 || undefined
  }, { what: 'the engines know of each other', timeout: patience, reason: () => `${missing.join('. ')}.` })
}

interface VerboseNetwork {
  Driver: string
  Name: string
  Peers?: { IP: string }[] | null
  Services?: Record<string, { Tasks?: { EndpointIP: string }[] | null }> | null
}

/** What the gossip has not brought to a host yet: other hosts of its networks, and tasks there (`docker network inspect --verbose`). */
async function unknownTo(host: LabHost, networks: string[], hosts: LabHost[], addresses: string[]): Promise<string[]> {
  const { docker } = await host.engine()
  // dockerode passes the query on, though its types do not have it.
  const verbosely = (network: string) => docker.getNetwork(network) as unknown as { inspect(query: { verbose: true }): Promise<VerboseNetwork> }
  const inspected = await Promise.all(networks.map(network => verbosely(network).inspect({ verbose: true })))
  const overlays = inspected.filter(({ Driver }) => Driver === 'overlay')
  if (overlays.length === 0) return []
  const known = new Set(overlays.flatMap(({ Services }) => Object.values(Services ?? {})).flatMap(({ Tasks }) => (Tasks ?? []).map(task => task.EndpointIP)))
  return [
    ...overlays.flatMap(({ Name, Peers }) => hosts.filter(other => !Peers?.some(({ IP }) => IP === other.ip))
      .map(other => `${host.name} does not know that ${other.name} is part of ${Name}`)),
    ...addresses.filter(address => !known.has(address)).map(address => `${host.name} does not know of the task at ${address}`),
  ]
}
