import type { LabHost } from '../../lab/host.ts'

/** Kills the containers of a swarm's tasks on these hosts: of one service, or of all. */
export async function killTasks(hosts: LabHost[], serviceId?: string): Promise<void> {
  const label = `com.docker.swarm.service.id${serviceId === undefined ? '' : `=${serviceId}`}`
  await Promise.all(hosts.map(async host => {
    const { docker } = await host.engine()
    // An engine that does not answer has nothing that could be killed.
    const found = await docker.listContainers({ filters: { label: [label] } }).catch(() => [])
    await Promise.all(found.map(({ Id }) => docker.getContainer(Id).kill().catch(() => {}))) // it may have ended just now
  }))
}
