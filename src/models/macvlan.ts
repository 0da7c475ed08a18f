import type { MacvlanModel } from '../api/models.ts'
import { createNetwork } from '../docker/network.ts'
import { runContainer } from '../docker/run.ts'
import { WirebookError } from '../error.ts'
import { networkChoice, type HostChoice } from './host-choice.ts'

const modes = ['bridge', 'private', 'vepa', 'passthru']

/**
 * Sub-interfaces of a parent, each with a MAC of its own. A parent with a dot is a VLAN of an interface: the engine makes
 * `ens33.10` for VLAN 10 itself. https://docs.docker.com/engine/network/drivers/macvlan/
 */
export function macvlanModel(hostOf: HostChoice): MacvlanModel {
  return {
    async create(name, options = {}) {
      const host = hostOf(options.host)
      const { mode, ipRange } = options
      if (mode !== undefined && !modes.includes(mode)) throw new WirebookError(`mode: macvlan has ${modes.join(', ')}, not "${mode}".`)
      const parent = options.parent ?? host.interface
      const subnet = options.subnet ?? host.subnet
      const gateway = options.gateway ?? (subnet === host.subnet ? host.gateway : undefined)
      return createNetwork(host, {
        Name: name,
        Driver: 'macvlan',
        IPAM: { Driver: 'default', Config: [{ Subnet: subnet, Gateway: gateway, IPRange: ipRange, AuxiliaryAddresses: host.takenIn(subnet) }] },
        Options: { parent, ...(mode && { macvlan_mode: mode }) },
      }, { parent })
    },

    async run(image, options) {
      const { host, name } = await networkChoice(hostOf, options?.network, options?.host, `run ${image}`)
      return runContainer(host, image, options, { mode: name, endpoint: true })
    },
  }
}
