import type { BridgeModel } from '../api/models.ts'
import { createNetwork, findNetwork } from '../docker/network.ts'
import { runContainer } from '../docker/run.ts'
import { networkChoice, type HostChoice } from './host-choice.ts'

/** A bridge on the host, a veth pair for each container, and NAT to the outside. */
export function bridgeModel(hostOf: HostChoice): BridgeModel {
  return {
    async run(image, options = {}) {
      if (options.network === undefined) return runContainer(hostOf(options.host), image, options, { mode: 'bridge' })
      const { host, name } = await networkChoice(hostOf, options.network, options.host, `run ${image}`)
      return runContainer(host, image, options, { mode: name, endpoint: name !== 'bridge' })
    },

    create(name, options = {}) {
      const { subnet, gateway, mtu, internal } = options
      return createNetwork(hostOf(options.host), {
        Name: name,
        Driver: 'bridge',
        Internal: internal,
        IPAM: subnet || gateway ? { Driver: 'default', Config: [{ Subnet: subnet, Gateway: gateway }] } : undefined,
        Options: mtu === undefined ? {} : { 'com.docker.network.driver.mtu': String(mtu) },
      })
    },

    network: (name = 'bridge', host) => findNetwork(hostOf(host), name),
  }
}
