import type { Host, Machine, MachineSpec, RunOptions, Topology } from '../api/lab.ts'
import type { LabProcess, LabTerminal, RunningLab } from './backend.ts'
import { Node, type TerminalSize } from './node.ts'

/** What a machine needs of the lab that it belongs to. */
export interface LabOfMachine {
  /** The running lab; starts it when it does not run. */
  ready(): Promise<RunningLab>
  /** The running lab, if it runs. */
  readonly current: RunningLab | undefined
  readonly topology: Topology
  readonly hosts: Host[]
  spec(name: string): MachineSpec
}

/** A handle on a machine by its name in the topology: usable before the lab runs, and through its restarts. */
export class LabMachine extends Node implements Machine {
  readonly name: string
  readonly role: 'host' | 'router' = 'router'
  protected readonly lab: LabOfMachine

  constructor(name: string, lab: LabOfMachine) {
    super()
    this.name = name
    this.lab = lab
  }

  get interface(): string {
    return this.lab.spec(this.name).interface
  }

  get ip(): string {
    return this.lab.spec(this.name).address.replace(/\/.*/, '')
  }

  get mac(): string {
    return this.lab.spec(this.name).mac ?? ''
  }

  get subnet(): string {
    return this.lab.topology.lan
  }

  async spawn(command: string[], options: RunOptions): Promise<LabProcess> {
    return (await this.lab.ready()).exec(this.name, command, { env: options.env, cwd: options.cwd })
  }

  spawnInNetwork(command: string[], options: RunOptions): Promise<LabProcess> {
    return this.spawn(command, options)
  }

  protected async openTerminal(command: string[], size: TerminalSize): Promise<LabTerminal> {
    return (await this.lab.ready()).terminal(this.name, command, size)
  }

  protected describe(): string {
    const { owns = [] } = this.lab.spec(this.name)
    return `${this.name}: ${this.role}, ${this.interface} ${[this.ip, ...owns].join(', ')}${this.mac && ` ${this.mac}`}`
  }
}
