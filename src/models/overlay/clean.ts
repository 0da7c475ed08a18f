import type { Host } from '../../api/lab.ts'
import type { LabHost } from '../../lab/host.ts'
import { isOurs } from '../../docker/notebook.ts'
import { labHosts, swarmOf } from './members.ts'
import { removeOverlay } from './networks.ts'
import { overlaysOn } from './overlays-on.ts'
import { removeService } from './service.ts'

/** Removes the services, then the overlay networks, that this notebook made on a manager. A swarm would start their containers anew. */
export async function cleanSwarm(host: LabHost, all: Host[]): Promise<void> {
  const { docker, lab } = await host.engine()
  if (!(await swarmOf(docker))?.ControlAvailable) return
  const hosts = labHosts(all)
  for (const { ID, Spec } of await docker.listServices()) {
    if (isOurs(lab, Spec?.Labels)) await removeService(host, hosts, ID, Spec?.Name ?? ID)
  }
  for (const { Name } of await overlaysOn(host)) {
    if (Name !== 'ingress') await removeOverlay(host, hosts, Name)
  }
}
