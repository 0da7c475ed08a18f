import type { LabHost } from '../lab/host.ts'
import { LabContainer } from './container.ts'
import { explain } from './failure.ts'
import { isOurs } from './notebook.ts'
import { isMissing } from './replace.ts'

/** Running containers of a host that this notebook made, oldest first. */
export async function listContainers(host: LabHost): Promise<LabContainer[]> {
  const { docker, lab } = await host.engine()
  try {
    const found = (await docker.listContainers()).filter(({ Labels }) => isOurs(lab, Labels)).sort((one, other) => one.Created - other.Created)
    const containers = await Promise.all(found.map(({ Id }) => containerOf(host, Id)))
    return containers.filter(container => container !== undefined)
  } catch (error) {
    throw await explain(error, { host, what: 'list the containers' })
  }
}

/** The container of a name or id, undefined when the host has none. */
export async function containerOf(host: LabHost, nameOrId: string): Promise<LabContainer | undefined> {
  const { docker, lab } = await host.engine()
  try {
    const info = await docker.getContainer(nameOrId).inspect()
    const of = /^container:(.+)$/.exec(info.HostConfig.NetworkMode ?? '')?.[1]
    return new LabContainer(host, lab, info, { peer: of ? await containerOf(host, of) : undefined })
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
