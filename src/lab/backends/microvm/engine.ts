/** dockerode to an engine inside the guest: HTTP over channels of the one stream. */
import { Agent } from 'node:http'
import type { Duplex } from 'node:stream'
import Docker from 'dockerode'
import { guestSocket } from './guest-lab.ts'
import type { GuestLink } from './link.ts'

export function guestEngine(link: GuestLink, process: number): Docker {
  // A connection that is kept would bring what a later cell asks for to the cell that opened it.
  const agent = new Agent({ keepAlive: false })
  agent.createConnection = () => link.connect(guestSocket(process)) as Duplex
  // The name and port are only words in the request's header: the agent decides where it goes.
  return new Docker({ protocol: 'http', host: 'localhost', port: 80, agent } as Docker.DockerOptions)
}
