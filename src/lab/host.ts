import type Docker from 'dockerode'
import type { Container, Host } from '../api/lab.ts'
import { WirebookError } from '../error.ts'
import type { LabProcess, LabTerminal, RunningLab } from './backend.ts'
import { LabMachine } from './machine.ts'
import type { TerminalSize } from './node.ts'
import { contains, subnet } from './topologies/address.ts'

/** A machine with a Docker Engine of its own. */
export class LabHost extends LabMachine implements Host {
  override readonly role = 'host'

  get docker(): Docker {
    const { current } = this.lab
    if (!current) throw new WirebookError(`The lab does not run, so ${this.name} has no engine yet.`, { remedy: 'Run `await lab.start()` first.' })
    return current.docker(this.name)
  }

  /** The engine of this host, and the lab that it belongs to. */
  async engine(): Promise<{ docker: Docker; lab: RunningLab }> {
    const lab = await this.lab.ready()
    return { docker: lab.docker(this.name), lab }
  }

  /** The lab that runs now, if one does: what was made in another is gone. */
  get currentLab(): RunningLab | undefined {
    return this.lab.current
  }

  /** Starts a program on the machine itself, in the lab that a container of it was made in. */
  execIn(lab: RunningLab, command: string[]): LabProcess {
    return lab.exec(this.name, command)
  }

  terminalIn(lab: RunningLab, command: string[], size: TerminalSize): LabTerminal {
    return lab.terminal(this.name, command, size)
  }

  /** The router's address on the LAN. */
  get gateway(): string {
    return this.lab.topology.gateway
  }

  /** Addresses of a subnet that the lab's machines have, by their names: an engine must not give them to containers. */
  takenIn(text: string): Record<string, string> {
    const net = subnet(text)
    const addresses = this.lab.topology.machines.map(({ name, address }) => [name, address.replace(/\/.*/, '')] as const)
    return Object.fromEntries(addresses.filter(([, address]) => address !== this.gateway && contains(net, address)))
  }

  async containers(): Promise<Container[]> {
    const { listContainers } = await import('../docker/list.ts')
    return listContainers(this)
  }

  async clean(): Promise<void> {
    const { cleanSwarm } = await import('../models/overlay/clean.ts')
    await cleanSwarm(this, this.lab.hosts)
    const { clean } = await import('../docker/clean.ts')
    await clean(this)
  }
}
