import type { LabHost } from '../lab/host.ts'
import { explain } from './failure.ts'
import { isOurs } from './notebook.ts'
import { isMissing, isPredefined, removeContainer, removeNetwork } from './replace.ts'

/** Removes all that this notebook made on a host: containers, then networks, then volumes. */
export async function clean(host: LabHost): Promise<void> {
  const { docker, lab } = await host.engine()
  try {
    const containers = (await docker.listContainers({ all: true })).filter(({ Labels }) => isOurs(lab, Labels))
    await Promise.all(containers.map(({ Id }) => removeContainer(docker.getContainer(Id))))
    const networks = (await docker.listNetworks()).filter(({ Name, Labels, Scope }) => Scope === 'local' && !isPredefined(Name) && isOurs(lab, Labels))
    for (const { Id } of networks) await removeNetwork(host, Id)
    const { Volumes } = await docker.listVolumes()
    for (const { Name, Labels } of Volumes ?? []) {
      if (isOurs(lab, Labels)) await docker.getVolume(Name).remove().catch(error => {
        if (!isMissing(error)) throw error
      })
    }
  } catch (error) {
    throw await explain(error, { host, what: 'clean up' })
  }
}
