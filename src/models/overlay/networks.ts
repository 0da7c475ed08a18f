import type { Host, Network } from '../../api/lab.ts'
import { createNetwork, findNetwork, LabNetwork } from '../../docker/network.ts'
import { isOurs } from '../../docker/notebook.ts'
import { removeNetwork } from '../../docker/replace.ts'
import { WirebookError } from '../../error.ts'
import type { LabHost } from '../../lab/host.ts'
import { labHosts, managerOf } from './members.ts'
import { dropped, emptyNetwork } from './overlays-on.ts'
import { removeService } from './service.ts'
import { until } from './until.ts'

/** Seconds for a network to be free of the tasks that used it. */
const patience = 30
const vniOption = 'com.docker.network.driver.overlay.vxlanid_list'

export interface OverlayNetworkOptions { subnet?: string; attachable?: boolean; mtu?: number; encrypted?: boolean }

/**
 * Makes an overlay network. One of this name which this notebook made is replaced, with the services and containers on it;
 * the new one takes over its VNI and subnet, so that a cell that is run again shows the same numbers.
 */
export async function createOverlay(hosts: Host[], name: string, options: OverlayNetworkOptions): Promise<Network> {
  const { subnet, attachable = false, mtu, encrypted = false } = options
  const { manager } = await managerOf(hosts)
  const old = await removeOverlay(manager, labHosts(hosts), name)
  const driverOptions: Record<string, string> = {
    ...(old?.vni && { [vniOption]: old.vni }),
    ...(mtu !== undefined && { 'com.docker.network.driver.mtu': String(mtu) }),
    ...(encrypted && { encrypted: '' }),
  }
  const wanted = subnet ?? old?.subnet
  return createNetwork(manager, {
    Name: name, Driver: 'overlay', Attachable: attachable, Options: driverOptions,
    IPAM: wanted ? { Driver: 'default', Config: [{ Subnet: wanted }] } : undefined,
  })
}

/** The network that an option names; an overlay network is known to the managers until a container uses it elsewhere. */
export async function overlayNamed(hosts: Host[], network: Network | string | undefined, what: string): Promise<{ manager: LabHost; network: Network }> {
  const { manager } = await managerOf(hosts)
  if (network instanceof LabNetwork) return { manager, network }
  if (typeof network !== 'string' || network === '') {
    throw new WirebookError(`cannot ${what}: network is ${network === undefined ? 'missing' : JSON.stringify(network)}; it must be an overlay network or its name.`, {
      remedy: "Make one: const vxlanA = await overlay.create('vxlanA'), and pass { network: vxlanA }.",
    })
  }
  return { manager, network: await findNetwork(manager, network, what) }
}

/** Removes an overlay network that this notebook made, with what uses it, and waits until every host has dropped it. */
export async function removeOverlay(manager: LabHost, hosts: LabHost[], name: string): Promise<{ vni?: string; subnet?: string } | undefined> {
  const { docker, lab } = await manager.engine()
  const old = (await docker.listNetworks({ filters: { name: [name] } })).find(network => network.Name === name && network.Driver === 'overlay')
  if (!old || !isOurs(lab, old.Labels)) return undefined
  const services = await docker.listServices() as { ID: string; Spec: { Name: string; TaskTemplate?: { Networks?: { Target?: string }[] } } }[]
  const users = services.filter(({ Spec }) => Spec.TaskTemplate?.Networks?.some(({ Target }) => Target === old.Id || Target === name))
  await Promise.all(users.map(({ ID, Spec }) => removeService(manager, hosts, ID, Spec.Name)))
  // Containers that were run on it by themselves are known only to their own hosts.
  await Promise.all(hosts.filter(host => host !== manager).map(host => emptyNetwork(host, old.Id)))
  let reason = ''
  await until(async () => {
    try {
      await removeNetwork(manager, old.Id)
      return true
    } catch (error) {
      // A task that has just ended still counts as a user until the manager has noted it.
      if (!/in use|active endpoints/i.test(String(error))) throw error
      reason = (error as Error).message
      return undefined
    }
  }, { what: `the network ${name} that was there before is free`, timeout: patience, reason: () => reason })
  // A host that still has it would refuse the new one's subnet.
  await dropped(hosts, `the network ${name} that was there before`, ({ Id }) => Id === old.Id)
  return { vni: old.Options?.[vniOption], subnet: old.IPAM?.Config?.[0]?.Subnet }
}
