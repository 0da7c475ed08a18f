import type Docker from 'dockerode'
import type { Container, RunOptions } from '../api/lab.ts'
import { WirebookError } from '../error.ts'
import type { LabProcess, LabTerminal, RunningLab } from '../lab/backend.ts'
import type { LabHost } from '../lab/host.ts'
import { Node, type TerminalSize } from '../lab/node.ts'
import { execIn } from './exec.ts'
import { explain } from './failure.ts'
import { isMissing, removeContainer } from './replace.ts'
import { containerTerminal } from './terminal.ts'

/** A container that was started, in the lab that it was started in. */
export class LabContainer extends Node implements Container {
  readonly name: string
  readonly id: string
  readonly image: string
  readonly host: LabHost
  readonly #lab: RunningLab
  readonly #docker: Docker.Container
  readonly #exit: Promise<number> | undefined
  #info: Docker.ContainerInspectInfo
  /** Whose network it shares, for `--network=container:…`. */
  readonly #peer: LabContainer | undefined

  constructor(host: LabHost, lab: RunningLab, info: Docker.ContainerInspectInfo, more: { exit?: Promise<number>; peer?: LabContainer } = {}) {
    super()
    this.host = host
    this.id = info.Id
    this.name = info.Name.replace(/^\//, '')
    this.image = info.Config.Image
    this.#lab = lab
    this.#docker = lab.docker(host.name).getContainer(info.Id)
    this.#info = info
    this.#exit = more.exit
    this.#peer = more.peer
  }

  get ip(): string {
    if (this.#peer) return this.#peer.ip
    if (this.#info.HostConfig.NetworkMode === 'host') return this.host.ip
    const address = this.#endpoints().map(([, endpoint]) => endpoint.IPAddress).find(address => address)
    if (address) return address
    throw new WirebookError(`${this.name} has no address: its network is "${this.#info.HostConfig.NetworkMode}".`, {
      remedy: `Look at its interfaces with await ${this.name}.links().`,
    })
  }

  get mac(): string {
    if (this.#peer) return this.#peer.mac
    if (this.#info.HostConfig.NetworkMode === 'host') return this.host.mac
    return this.#endpoints().map(([, endpoint]) => endpoint.MacAddress).find(mac => mac) ?? ''
  }

  address(network: string): string | undefined {
    if (this.#peer) return this.#peer.address(network)
    return this.#endpoints().find(([name, endpoint]) => name === network || endpoint.NetworkID === network)?.[1].IPAddress || undefined
  }

  async inspect(): Promise<Docker.ContainerInspectInfo> {
    this.#mustLive()
    this.#info = await this.#ask('inspect', () => this.#docker.inspect())
    return this.#info
  }

  async logs(): Promise<string> {
    this.#mustLive()
    const raw = await this.#ask('read the log of', () => this.#docker.logs({ stdout: true, stderr: true, follow: false }))
    return this.#info.Config.Tty ? raw.toString() : unframe(raw)
  }

  async wait(): Promise<number> {
    if (this.#exit) return this.#exit
    this.#mustLive()
    return (await this.#ask('wait for', () => this.#docker.wait())).StatusCode
  }

  async stop(): Promise<void> {
    if (this.host.currentLab !== this.#lab) return
    await this.#ask('stop', async () => {
      await this.#docker.stop().catch(error => {
        if (error.statusCode !== 304 && !isMissing(error)) throw error
      })
      if (!this.#info.HostConfig.AutoRemove) return
      await this.#docker.wait({ condition: 'removed' }).catch(error => {
        if (!isMissing(error)) throw error
      })
    })
  }

  async remove(): Promise<void> {
    if (this.host.currentLab !== this.#lab) return
    await this.#ask('remove', () => removeContainer(this.#docker))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove()
  }

  override async namespace(): Promise<string> {
    const { pid } = await this.#state()
    const { collect } = await import('../lab/collect.ts')
    const link = ['readlink', `/proc/${pid}/ns/net`]
    return (await collect(this.host.execIn(this.#lab, link), link.join(' '), this.name, { print: false })).text
  }

  async spawn(command: string[], options: RunOptions): Promise<LabProcess> {
    this.#mustLive()
    return this.#ask('run a command in', () => execIn(this.#docker, this.host, this.#lab, command, options))
  }

  async spawnInNetwork(command: string[]): Promise<LabProcess> {
    const { pid } = await this.#state()
    return this.host.execIn(this.#lab, ['nsenter', `--net=/proc/${pid}/ns/net`, '--', ...command])
  }

  protected async openTerminal(command: string[], size: TerminalSize): Promise<LabTerminal> {
    await this.#state()
    return containerTerminal(this.#docker, this.host, this.#lab, command, size)
  }

  protected describe(): string {
    const mode = this.#info.HostConfig.NetworkMode ?? ''
    const shares = this.#peer ? `container:${this.#peer.name}` : mode === 'default' ? 'bridge' : mode
    const addresses = this.#endpoints().filter(([, endpoint]) => endpoint.IPAddress).map(([, endpoint]) => `${endpoint.IPAddress} ${endpoint.MacAddress}`)
    return `${this.name}: ${this.image} on ${this.host.name}, network ${shares}${addresses.map(address => `, ${address}`).join('')}`
  }

  #endpoints(): [string, Docker.NetworkInfo][] {
    return Object.entries(this.#info.NetworkSettings.Networks ?? {}) as [string, Docker.NetworkInfo][]
  }

  async #state(): Promise<{ pid: number }> {
    const { State } = await this.inspect()
    if (State.Running && State.Pid > 0) return { pid: State.Pid }
    throw new WirebookError(`${this.name} is not running (it ended with exit status ${State.ExitCode}).`, { remedy: 'Run the cell that makes it again.' })
  }

  #mustLive(): void {
    if (this.host.currentLab === this.#lab) return
    throw new WirebookError(`${this.name} was in a lab that has ended.`, { remedy: 'Run the cell that makes it again.' })
  }

  async #ask<T>(what: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request()
    } catch (error) {
      throw await explain(error, { host: this.host, what: `${what} "${this.name}"`, name: this.name })
    }
  }
}

/** The text of the engine's frames (see exec.ts), both streams in order. */
export function unframe(raw: Buffer): string {
  const parts: Buffer[] = []
  for (let at = 0; at + 8 <= raw.length; at += 8 + raw.readUInt32BE(at + 4)) parts.push(raw.subarray(at + 8, at + 8 + raw.readUInt32BE(at + 4)))
  return Buffer.concat(parts).toString()
}
