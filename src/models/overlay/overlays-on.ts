import type Docker from 'dockerode'
import { isOurs } from '../../docker/notebook.ts'
import { networkInfo, removeContainer } from '../../docker/replace.ts'
import type { LabHost } from '../../lab/host.ts'
import { until } from './until.ts'

/** The overlay networks that a host has at present; none when its engine does not answer. */
export async function overlaysOn(host: LabHost): Promise<Docker.NetworkInspectInfo[]> {
  const { docker } = await host.engine()
  return (await docker.listNetworks().catch(() => [])).filter(({ Driver }) => Driver === 'overlay')
}

/** Removes the containers that this notebook ran on a network, on one host. */
export async function emptyNetwork(host: LabHost, id: string): Promise<void> {
  const { docker, lab } = await host.engine()
  const info = await networkInfo(docker.getNetwork(id))
  if (!info) return
  await Promise.all(Object.keys(info.Containers ?? {}).map(async containerId => {
    const container = docker.getContainer(containerId)
    const inspected = await container.inspect().catch(() => undefined)
    if (inspected && isOurs(lab, inspected.Config.Labels)) await removeContainer(container)
  }))
}

/** Seconds for hosts to drop networks that nobody uses any more, and after which a slow one is told to. */
const patience = 60
const promptly = 4

/**
 * Waits until these hosts have dropped the overlay networks that `which` picks. An engine that is busy when its last task on
 * a network ends can forget to, and then keeps it: it is told to disconnect what is left and to remove it.
 */
export async function dropped(hosts: LabHost[], what: string, which: (network: Docker.NetworkInspectInfo) => boolean): Promise<void> {
  const began = performance.now()
  let left: string[] = []
  await until(async () => {
    const found = (await Promise.all(hosts.map(async host => (await overlaysOn(host)).filter(which).map(network => ({ host, network }))))).flat()
    left = found.map(({ host, network }) => `${host.name} still has ${network.Name}`)
    if (performance.now() - began > promptly * 1000) await Promise.all(found.map(({ host, network }) => pushOut(host, network.Id)))
    return found.length === 0 || undefined
  }, { what: `${hosts.map(host => host.name).join(', ')} dropped ${what}`, timeout: patience, reason: () => `${left.join(', ')}.` })
}

/** Disconnects every endpoint of a network, the load balancer's too, and removes it; what the engine refuses it will do itself later. */
async function pushOut(host: LabHost, id: string): Promise<void> {
  const { docker } = await host.engine()
  const network = docker.getNetwork(id)
  const info = await network.inspect().catch(() => undefined) as Docker.NetworkInspectInfo | undefined
  for (const { Name } of Object.values(info?.Containers ?? {})) await network.disconnect({ Container: Name, Force: true }).catch(() => {})
  await network.remove().catch(() => {})
}
