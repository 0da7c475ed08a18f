/** A lab inside the guest: built there by the same plan as everywhere, or found there after a restore. */
import { get } from 'node:http'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import type { Need, Topology } from '../../../api/lab.ts'
import { LabError } from '../../lab-error.ts'
import { type Environment, plan, planScript } from '../../plan.ts'
import { engineLog, engineSocket } from '../../plan/machine.ts'
import { featureScript } from '../namespaces/features.ts'
import type { GuestChannel, GuestLink } from './link.ts'

/** What the plan must know of the guest: a root that is really root, and a merged /usr (tree.ts). */
export const guestEnvironment: Environment = {
  userNamespace: false,
  folders: ['/usr'],
  links: { '/bin': 'usr/bin', '/sbin': 'usr/sbin', '/lib': 'usr/lib', '/lib64': 'usr/lib64' },
  cgroup: 2,
  busybox: '/usr/bin/busybox',
}

/** The script that builds a topology in the guest. */
export function guestScript(topology: Topology): string {
  return planScript(plan(topology, guestEnvironment)) + featureScript
}

/** What is kept beside a snapshot, and known of a lab that has been built. */
export interface GuestLabState {
  topology: Topology
  /** First process of each machine, as the guest's agent sees it. */
  processes: Record<string, number>
  features: Need[]
  engine: string
}

/** Runs the plan and goes on burying its orphans; its standard input stays open for as long as the lab is to live. */
const planRunner = `exec unshare --mount --pid --net --uts --ipc --fork --kill-child bash --norc -c '
{ eval "$(cat /run/wirebook/plan)"; } </dev/null &
while read -r _; do :; done' wirebook-lab`

/** Builds a lab. Resolves when all machines are set up and all engines answer. */
export async function buildGuestLab(link: GuestLink, topology: Topology, signal: AbortSignal): Promise<GuestLabState> {
  await runInGuest(link, ['sh', '-c', 'mkdir -p /run/wirebook && cat > /run/wirebook/plan'], guestScript(topology))
  const channel = link.openPlan({ kind: 'exec', process: 0, words: ['bash', '-c', planRunner] })
  const hearing = new PlanEvents(channel)
  const hosts = topology.machines.filter(machine => machine.role === 'host').map(machine => machine.name)
  const engines = await hearing.unlessBroken(Promise.all(hosts.map(async host => {
    const process = await hearing.machine(host)
    return await awaitGuestEngine(link, process, signal, () => hearing.engineStatus(host))
  })), signal)
  await hearing.unlessBroken(Promise.all([...topology.machines.map(({ name }) => hearing.ready(name)), hearing.probed]), signal)
  return {
    topology,
    processes: Object.fromEntries(await Promise.all(topology.machines.map(async ({ name }) => [name, await hearing.machine(name)]))),
    features: [...new Set<Need>([...hearing.features, 'ipvs'])],
    engine: engines[0] ?? 'unknown',
  }
}

/** Runs a program of the guest itself to its end and returns what it printed. */
export async function runInGuest(link: GuestLink, words: string[], input = ''): Promise<string> {
  const channel = link.open({ kind: 'exec', process: 0, words })
  channel.stdin.end(input)
  const [output, errors, status] = await Promise.all([text(channel.stdout), text(channel.stderr), channel.exit])
  if (status !== 0) throw new LabError(`in the microvm, ${words.join(' ')} failed (${status}): ${errors.trim()}`)
  return output
}

/** Where the guest's agent finds a host's engine. */
export function guestSocket(process: number): string {
  return `/proc/${process}/root${engineSocket}`
}

async function awaitGuestEngine(
  link: GuestLink, process: number, signal: AbortSignal, ended: () => number | undefined,
): Promise<string> {
  for (;;) {
    const version = await pingEngine(link, process)
    if (version !== undefined) return version
    signal.throwIfAborted()
    const status = ended()
    if (status !== undefined) {
      const log = await runInGuest(link, ['tail', '-n', '12', `/proc/${process}/root${engineLog}`]).catch(String)
      throw new LabError(`a Docker Engine in the microvm ended with status ${status}:\n${log.trim()}`)
    }
    await delay(50, undefined, { signal })
  }
}

/** The engine's version, or nothing while it does not listen. */
export function pingEngine(link: GuestLink, process: number): Promise<string | undefined> {
  return new Promise(resolve => {
    const request = get({ path: '/_ping', createConnection: () => link.connect(guestSocket(process)) }, response => {
      response.resume()
      response.on('end', () => resolve(/^Docker\/(\S+)/.exec(String(response.headers.server))?.[1] ?? 'unknown'))
    })
    request.on('error', () => resolve(undefined)) // not listening yet: asked again, unless it has ended
  })
}

/** What the plan's script says, line by line; see planScript. */
export class PlanEvents {
  readonly features: Need[] = []
  readonly probed: Promise<void>
  readonly #machines = new Map<string, PromiseWithResolvers<number>>()
  readonly #ready = new Map<string, PromiseWithResolvers<void>>()
  readonly #engines = new Map<string, number>()
  readonly #probed = Promise.withResolvers<void>()
  readonly #broken = Promise.withResolvers<never>()
  #errors = ''

  constructor(channel: GuestChannel) {
    this.probed = this.#probed.promise
    this.#broken.promise.catch(() => {}) // looked at by unlessBroken
    channel.stderr.on('data', (data: Buffer) => { this.#errors = (this.#errors + data.toString()).slice(-20_000) })
    createInterface({ input: channel.stdout }).on('line', line => this.#hear(line))
    channel.exit.then(() => this.#break('it ended'), (error: Error) => this.#broken.reject(error))
  }

  machine(name: string): Promise<number> {
    return slot(this.#machines, name).promise
  }

  ready(name: string): Promise<void> {
    return slot(this.#ready, name).promise
  }

  /** Exit status of a host's engine when it has ended. */
  engineStatus(host: string): number | undefined {
    return this.#engines.get(host)
  }

  async unlessBroken<T>(wanted: Promise<T>, signal: AbortSignal): Promise<T> {
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
    aborted.catch(() => {})
    wanted.catch(() => {})
    return await Promise.race([wanted, this.#broken.promise, aborted])
  }

  #hear(line: string): void {
    const [word, name = '', value = ''] = line.split(' ')
    if (word === 'machine') slot(this.#machines, name).resolve(Number(value))
    else if (word === 'ready') slot(this.#ready, name).resolve()
    else if (word === 'ended') this.#engines.set(name, Number(value))
    else if (word === 'failed') setTimeout(() => this.#break(`at ${name}`), 50) // its words come by another stream
    else if (word === 'feature') this.features.push(name as Need)
    else if (word === 'probed') this.#probed.resolve()
  }

  #break(why: string): void {
    this.#broken.reject(new LabError(`the lab could not be built in the microvm (${why}):\n${this.#errors.trim()}`))
  }
}

function slot<T>(slots: Map<string, PromiseWithResolvers<T>>, name: string): PromiseWithResolvers<T> {
  const present = slots.get(name)
  if (present) return present
  const made = Promise.withResolvers<T>()
  slots.set(name, made)
  return made
}
