import { spawn } from 'node:child_process'
import { Agent } from 'node:http'
import { createRequire } from 'node:module'
import { Duplex } from 'node:stream'
import type Docker from 'dockerode'
import type { Place } from './places.ts'
import { sshOptions } from './reach.ts'

const require = createRequire(import.meta.url)

/** A client of an engine. By ssh it goes the way of the docker program: `docker system dial-stdio` at the other end. */
export function engineClient(place: Place): Docker {
  const Client: typeof Docker = require('dockerode')
  if (place.kind === 'unix') return new Client({ socketPath: place.target })
  if (place.kind === 'tcp') {
    const { hostname, port } = new URL(`tcp://${place.target}`)
    return new Client({ host: hostname, port: Number(port || 2375), protocol: 'http' })
  }
  return new Client({ host: 'docker', port: 80, protocol: 'http', agent: new SshAgent(place.target) } as Docker.DockerOptions)
}

/** One ssh process for each connection, under the person's own ssh configuration and keys. */
class SshAgent extends Agent {
  readonly #target: string

  constructor(target: string) {
    super({ keepAlive: true, maxSockets: 16 })
    this.#target = target
  }

  override createConnection(): Duplex {
    const child = spawn('ssh', [...sshOptions, '-T', this.#target, 'docker system dial-stdio'], { stdio: ['pipe', 'pipe', 'pipe'] })
    const stream = Duplex.from({ readable: child.stdout, writable: child.stdin })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => said = (said + text).slice(-2000))
    child.once('error', error => stream.destroy(error))
    child.once('close', status => status ? stream.destroy(new Error(said.trim() || `ssh ended with status ${status}`)) : undefined)
    stream.once('close', () => child.kill())
    // http.Agent expects a socket's methods; a process has no timers or delays of its own.
    return Object.assign(stream, { setTimeout: () => stream, setNoDelay: () => stream, setKeepAlive: () => stream, ref: () => stream, unref: () => stream })
  }
}
