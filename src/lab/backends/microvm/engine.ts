/** dockerode to an engine inside the guest: HTTP over channels of the one stream. */
import { Agent } from 'node:http'
import type { Duplex } from 'node:stream'
import Docker from 'dockerode'
import { guestSocket } from './guest-lab.ts'
import type { GuestLink } from './link.ts'

export function guestEngine(link: GuestLink, process: number): Docker {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 2, timeout: 60_000 })
  agent.createConnection = () => link.connect(guestSocket(process)) as Duplex
  // The name and port are only words in the request's header: the agent decides where it goes.
  return new Docker({ protocol: 'http', host: 'localhost', port: 80, agent } as Docker.DockerOptions)
}
