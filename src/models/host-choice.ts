import type { Host, Network } from '../api/lab.ts'
import { LabNetwork, findNetwork } from '../docker/network.ts'
import { WirebookError } from '../error.ts'
import { LabHost } from '../lab/host.ts'

/** The host that an option names; the lab's first one when it names none. */
export type HostChoice = (host: Host | undefined) => LabHost

export function hostChoice(first: () => Host): HostChoice {
  return host => {
    const chosen = host ?? first()
    if (chosen instanceof LabHost) return chosen
    const name = (chosen as { name?: string }).name
    throw new WirebookError(`host: ${name ? `"${name}" has no Docker Engine` : 'that is not a machine of the lab'}.`, {
      remedy: "Give one of the lab's hosts: { host: lab.B }.",
    })
  }
}

/** The network that an option names, on the host that runs the container; a network object brings its host along. */
export async function networkChoice(hostOf: HostChoice, network: Network | string | undefined, host: Host | undefined, what: string): Promise<{ host: LabHost; name: string }> {
  if (network instanceof LabNetwork) return { host: hostOf(host ?? network.host), name: network.name }
  if (typeof network !== 'string' || network === '') {
    throw new WirebookError(`cannot ${what}: network is ${network === undefined ? 'missing' : JSON.stringify(network)}; it must be a network or its name.`, {
      remedy: 'Make one with create and pass it on: { network: net }.',
    })
  }
  const chosen = hostOf(host)
  return { host: chosen, name: (await findNetwork(chosen, network, what)).name }
}
