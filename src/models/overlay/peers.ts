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
  let missing: string[] = []
  let told = false
  await until(async () => {
    const found = await Promise.all(networks.flatMap(network => running.map(host => strangers(network, host, running))))
    missing = found.flat()
    if (missing.length > 0 && !told) {
      output().write('waiting until the engines have told each other where the tasks are\n')
      told = true
    }
    return missing.length === 0 || undefined
  }, { what: 'the engines know of each other', timeout: patience, reason: () => `${missing.join('. ')}.` })
}

/** The hosts that an engine does not know to be part of the network yet. */
async function strangers(network: string, host: LabHost, hosts: LabHost[]): Promise<string[]> {
  const { docker } = await host.engine()
  const { Driver, Name, Peers } = await docker.getNetwork(network).inspect() as { Driver: string; Name: string; Peers?: { IP: string }[] | null }
  if (Driver !== 'overlay') return []
  return hosts.filter(other => !Peers?.some(({ IP }) => IP === other.ip)).map(other => `${host.name} does not know that ${other.name} is part of ${Name}`)
}
