import type Docker from 'dockerode'
import { isOurs } from '../../docker/notebook.ts'
import { isMissing, removeContainer } from '../../docker/replace.ts'
import type { LabHost } from '../../lab/host.ts'

/** The overlay networks that a host has at present; none when its engine does not answer. */
export async function overlaysOn(host: LabHost): Promise<Docker.NetworkInspectInfo[]> {
  const { docker } = await host.engine()
  return (await docker.listNetworks().catch(() => [])).filter(({ Driver }) => Driver === 'overlay')
}

/** Removes the containers that this notebook ran on a network, on one host. */
export async function emptyNetwork(host: LabHost, id: string): Promise<void> {
  const { docker, lab } = await host.engine()
  let info: Docker.NetworkInspectInfo
  try {
    info = await docker.getNetwork(id).inspect()
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  await Promise.all(Object.keys(info.Containers ?? {}).map(async containerId => {
    const container = docker.getContainer(containerId)
    const inspected = await container.inspect().catch(() => undefined)
    if (inspected && isOurs(lab, inspected.Config.Labels)) await removeContainer(container)
  }))
}
