import type { IpvlanModel } from '../api/models.ts'
import { createNetwork } from '../docker/network.ts'
import { runContainer } from '../docker/run.ts'
import { WirebookError } from '../error.ts'
import { networkChoice, type HostChoice } from './host-choice.ts'

const modes = ['l2', 'l3', 'l3s']

/** Sub-interfaces of a parent that share its MAC. https://docs.docker.com/engine/network/drivers/ipvlan/ */
export function ipvlanModel(hostOf: HostChoice): IpvlanModel {
  return {
    async create(name, options = {}) {
      const host = hostOf(options.host)
      const { mode = 'l2' } = options
      if (!modes.includes(mode)) throw new WirebookError(`mode: ipvlan has ${modes.join(', ')}, not "${mode}".`)
      const parent = options.parent ?? host.interface
      const subnets = options.subnets ?? [host.subnet]
      const gatewayOf = (subnet: string, at: number) => (at === 0 ? options.gateway : undefined) ?? (subnet === host.subnet ? host.gateway : undefined)
      return createNetwork(host, {
        Name: name,
        Driver: 'ipvlan',
        IPAM: { Driver: 'default', Config: subnets.map((subnet, at) => ({ Subnet: subnet, Gateway: gatewayOf(subnet, at), AuxiliaryAddresses: host.takenIn(subnet) })) },
        Options: { parent, ipvlan_mode: mode },
      }, { parent })
    },

    async run(image, options) {
      const { host, name } = await networkChoice(hostOf, options?.network, options?.host, `run ${image}`)
      return runContainer(host, image, options, { mode: name, endpoint: true })
    },
  }
}
