import type Docker from 'dockerode'
import { WirebookError } from '../error.ts'
import type { LabHost } from '../lab/host.ts'
import { isOurs } from './notebook.ts'

/** Removes the container of this name if this notebook made it. True when the name is free now, false when it is another's. */
export async function removeContainerNamed(host: LabHost, name: string): Promise<boolean> {
  const { docker, lab } = await host.engine()
  const container = docker.getContainer(name)
  let info: Docker.ContainerInspectInfo
  try {
    info = await container.inspect()
  } catch (error) {
    if (isMissing(error)) return true
    throw error
  }
  if (!isOurs(lab, info.Config.Labels)) return false
  await removeContainer(container)
  return true
}

/** Removes a container at once; one that is going by itself is waited for, so that its name and addresses are free. */
export async function removeContainer(container: Docker.Container): Promise<void> {
  try {
    await container.remove({ force: true, v: true })
  } catch (error) {
    if (isMissing(error)) return
    if (!/already in progress/.test(String(error))) throw error
    await container.wait({ condition: 'removed' }).catch(error => {
      if (!isMissing(error)) throw error
    })
  }
}

/** Removes the networks of this name that this notebook made, and what was run on them. False when one is another's. */
export async function removeNetworksNamed(host: LabHost, name: string): Promise<boolean> {
  const { docker, lab } = await host.engine()
  const found = (await docker.listNetworks({ filters: { name: [name] } })).filter(network => network.Name === name)
  for (const { Id, Labels, Name } of found) {
    if (isPredefined(Name)) {
      throw new WirebookError(`"${Name}" is one of Docker's own networks and cannot be replaced.`, { remedy: 'Choose another name.' })
    }
    if (!isOurs(lab, Labels)) return false
    await removeNetwork(host, Id)
  }
  return true
}

/** What an engine tells of a network; nothing when it is gone. */
export async function networkInfo(network: Docker.Network): Promise<Docker.NetworkInspectInfo | undefined> {
  try {
    return await network.inspect()
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Removes a network: containers that were run on it go, others that were connected to it later are disconnected. */
export async function removeNetwork(host: LabHost, id: string): Promise<void> {
  const { docker, lab } = await host.engine()
  const network = docker.getNetwork(id)
  const info = await networkInfo(network)
  if (!info) return
  await Promise.all(Object.keys(info.Containers ?? {}).map(async containerId => {
    const container = docker.getContainer(containerId)
    const inspected = await container.inspect().catch(() => undefined)
    const mode = inspected?.HostConfig.NetworkMode
    if (inspected && isOurs(lab, inspected.Config.Labels) && (mode === info.Name || mode === info.Id)) await removeContainer(container)
    else await network.disconnect({ Container: containerId, Force: true }).catch(error => {
      if (!isMissing(error)) throw error
    })
  }))
  await network.remove().catch((error: unknown) => {
    if (!isMissing(error)) throw error
  })
}

export function isPredefined(name: string): boolean {
  return ['bridge', 'host', 'none', 'ingress', 'docker_gwbridge'].includes(name)
}

export function isMissing(error: unknown): boolean {
  return (error as { statusCode?: number }).statusCode === 404
}
