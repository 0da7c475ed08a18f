import type { Host, Lab, Machine, MachineSpec, Need, StartOptions, Topology } from '../api/lab.ts'
import { WirebookError } from '../error.ts'
import { displaySymbol, output, type Displayable, type MimeBundle } from '../output.ts'
import type { RunningLab } from './backend.ts'
import { LabHost } from './host.ts'
import { LabMachine, type LabOfMachine } from './machine.ts'
import { plan, planScript } from './plan.ts'
import { thisEnvironment } from './plan/environment.ts'
import { topology as makeTopology, validateTopology } from './topology.ts'

/** The notebook's lab: starts at its first use or with `start`; its machines are handles that outlive a restart. */
export class NotebookLab implements Lab, Displayable, LabOfMachine {
  #topology = makeTopology()
  #options: StartOptions = {}
  #current: RunningLab | undefined
  #starting: Promise<RunningLab> | undefined
  /** Why the last lab ended, when nobody asked it to. */
  #lost: string | undefined
  #handles = new Map<string, LabMachine>()
  /** Resolves when the usual images are in the engines, or could not be brought. */
  imagesReady: Promise<void> = Promise.resolve()
  #endings: ((lab: RunningLab) => void)[] = []

  get current(): RunningLab | undefined {
    return this.#current
  }

  get topology(): Topology {
    return this.#topology
  }

  get running(): boolean {
    return this.#current !== undefined
  }

  get backend(): string {
    return this.#mustRun().backend
  }

  get engine(): string {
    return this.#mustRun().engine
  }

  get startMs(): number {
    return this.#mustRun().startMs
  }

  get features(): Need[] {
    return this.#mustRun().features
  }

  async start(options: StartOptions = {}): Promise<void> {
    const topology = topologyOf(options) // a wrong option leaves the lab that runs alone
    await this.stop()
    this.#topology = topology
    this.#options = options
    await this.ready()
  }

  async stop(): Promise<void> {
    await this.#starting?.catch(() => {})
    this.#lost = undefined
    const lab = this.#current
    this.#current = undefined
    await lab?.stop()
  }

  async ready(): Promise<RunningLab> {
    if (this.#current) return this.#current
    if (this.#lost !== undefined) {
      throw new WirebookError(`The lab has ended: ${this.#lost}`, { remedy: 'Start a fresh one with `await lab.start()` and run the cells again.' })
    }
    this.#starting ??= this.#begin().finally(() => {
      this.#starting = undefined
    })
    return this.#starting
  }

  get A(): Host {
    return this.host('A')
  }

  get B(): Host {
    return this.host('B')
  }

  get router(): Machine {
    return this.machine('router')
  }

  get machines(): Machine[] {
    return this.#topology.machines.map(({ name }) => this.machine(name))
  }

  get hosts(): Host[] {
    return this.#topology.machines.filter(({ role }) => role === 'host').map(({ name }) => this.host(name))
  }

  machine(name: string): Machine {
    const { role } = this.spec(name)
    let handle = this.#handles.get(name)
    if (handle?.role !== role) {
      handle = role === 'host' ? new LabHost(name, this) : new LabMachine(name, this)
      this.#handles.set(name, handle)
    }
    return handle
  }

  host(name: string): Host {
    const machine = this.machine(name)
    if (machine instanceof LabHost) return machine
    const names = this.hosts.map(host => host.name).join(', ')
    throw new WirebookError(`"${name}" is the lab's ${machine.role}; it has no Docker Engine. The hosts are ${names}.`)
  }

  spec(name: string): MachineSpec {
    const spec = this.#topology.machines.find(machine => machine.name === name)
    if (spec) return spec
    const { machines } = this.#topology
    throw new WirebookError(`The lab has no machine "${name}". It has ${machines.map(machine => machine.name).join(', ')}.`, {
      remedy: `Use one of those, or start a lab with more hosts: await lab.start({ hosts: ${machines.filter(({ role }) => role === 'host').length + 1} }).`,
    })
  }

  plan(): string {
    return planScript(plan(this.#topology, thisEnvironment()))
  }

  /** Calls back when a lab has ended, wanted or not. */
  onEnd(listener: (lab: RunningLab) => void): void {
    this.#endings.push(listener)
  }

  [displaySymbol](): MimeBundle {
    return { 'text/plain': this.toString() }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  async #begin(): Promise<RunningLab> {
    const { startLab } = await import('./choose.ts')
    const slow = whenSlow()
    const lab = await startLab(this.#topology, { ...this.#options, signal: output().signal, progress: slow.say }).finally(slow.end)
    this.#current = lab
    void lab.ended.then(reason => {
      for (const listener of this.#endings) listener(lab)
      if (this.#current !== lab) return
      this.#current = undefined
      this.#lost = reason
    })
    output().write(`${this.toString()}\n`)
    this.imagesReady = this.#preload(lab)
    return lab
  }

  /** Brings the usual images into the engines while the learner reads; a container that comes first brings its own. */
  async #preload(lab: RunningLab): Promise<void> {
    try {
      const { preload } = await import('./images/preload.ts')
      await preload(lab)
    } catch {
      // The container that needs the image says what is wrong with it.
    }
  }

  #mustRun(): RunningLab {
    if (this.#current) return this.#current
    throw new WirebookError('The lab does not run yet.', { remedy: 'Start it with `await lab.start()`, or use one of its hosts.' })
  }

  /** One line: how long it took to start, its machines, what it is made of; another when it is smaller than usual. */
  toString(): string {
    const machines = this.#topology.machines.map(({ name, address }) => `${name} ${address.replace(/\/.*/, '')}`).join(', ')
    const lab = this.#current
    if (!lab) return `lab not running: ${machines}`
    return `lab up in ${(lab.startMs / 1000).toFixed(2)} s: ${machines} (${lab.backend}, Docker ${lab.engine})${lab.note ? `\n${lab.note}` : ''}`
  }
}

function topologyOf({ topology = 'tutorial', hosts }: StartOptions): Topology {
  if (typeof topology === 'string') return makeTopology({ name: topology, hosts })
  const { name, ...own } = topology
  return validateTopology({ ...makeTopology({ ...own, hosts }), name })
}

/** Says what a start is doing only once it takes longer than anybody waits without asking: a lab is usually up before. */
function whenSlow(patience = 1500): { say(text: string): void; end(): void } {
  let last: string | undefined
  let late = false
  const timer = setTimeout(() => {
    late = true
    if (last) output().write(`… ${last}\n`)
  }, patience)
  return {
    say: text => {
      last = text
      if (late) output().write(`… ${text}\n`)
    },
    end: () => clearTimeout(timer),
  }
}
