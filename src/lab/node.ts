import type { Address, Link, Route } from '../api/facts.ts'
import type { CommandResult, NetworkNode, RunOptions, Terminal } from '../api/lab.ts'
import type { Capture, CaptureOptions } from '../api/packets.ts'
import { WirebookError } from '../error.ts'
import type { Displayable, MimeBundle } from '../output.ts'
import { displaySymbol } from '../output.ts'
import type { LabProcess, LabTerminal } from './backend.ts'
import { collect } from './collect.ts'
import { quoteCommand } from './quote.ts'
import { shellTemplate } from './shell-template.ts'

export interface TerminalSize { columns: number; rows: number }

/** What machines and containers have in common: commands run in them, and a network stack to look at. */
export abstract class Node implements NetworkNode, Displayable {
  abstract readonly name: string
  abstract readonly ip: string

  /** Starts a program in the node. */
  abstract spawn(command: string[], options: RunOptions): Promise<LabProcess>
  /** Starts a program of the machine in the node's network namespace. */
  abstract spawnInNetwork(command: string[], options: RunOptions): Promise<LabProcess>
  protected abstract openTerminal(command: string[], size: TerminalSize): Promise<LabTerminal>
  /** One line that says what it is. */
  protected abstract describe(): string

  async run(command: string[], options: RunOptions = {}): Promise<CommandResult> {
    checkCommand(command)
    return collect(await this.spawn(command, options), quoteCommand(command), this.name, options)
  }

  async sh(strings: TemplateStringsArray, ...values: unknown[]): Promise<CommandResult> {
    if (!Array.isArray(strings) || !('raw' in strings)) {
      throw new WirebookError(`sh is a template tag: write ${this.name}.sh\`ip addr\`, with backquotes and no parentheses.`)
    }
    const { command, typed } = shellTemplate(strings, values)
    return collect(await this.spawn(command, {}), typed, this.name)
  }

  async terminal(command: string[] = ['sh'], options: { columns?: number; rows?: number; print?: boolean } = {}): Promise<Terminal> {
    checkCommand(command)
    const { columns = 100, rows = 30, print = true } = options
    const { Session } = await import('../terminal/session.ts')
    return new Session(await this.openTerminal(command, { columns, rows }), { where: this.name, typed: quoteCommand(command), print })
  }

  async inNetwork(command: string[], options: RunOptions = {}): Promise<CommandResult> {
    checkCommand(command)
    return collect(await this.spawnInNetwork(command, options), quoteCommand(command), this.name, options)
  }

  async links(): Promise<Link[]> {
    const { parseLinks } = await import('../observe/links.ts')
    return parseLinks(await this.#fact(['ip', '-json', '-details', 'addr'], ['ip', 'addr']))
  }

  async link(name: string): Promise<Link> {
    const links = await this.links()
    const link = links.find(link => link.name === name)
    if (link) return link
    throw new WirebookError(`${this.name} has no interface "${name}". It has ${links.map(link => link.name).join(', ')}.`)
  }

  async addresses(): Promise<Address[]> {
    return (await this.links()).flatMap(link => link.addresses)
  }

  async routes(): Promise<Route[]> {
    const { parseRoutes } = await import('../observe/routes.ts')
    return parseRoutes(await this.#fact(['ip', '-json', '-4', 'route'], ['ip', 'route']))
  }

  async namespace(): Promise<string> {
    return (await this.inNetwork(['readlink', '/proc/self/ns/net'], { print: false })).text
  }

  async capture(options: CaptureOptions = {}): Promise<Capture> {
    const { capture } = await import('../observe/capture.ts')
    return capture(this, options)
  }

  /** iproute2 in the node's network namespace; the node's own tool where the machine has no iproute2 that knows JSON. */
  async #fact(command: string[], fallback: string[]): Promise<string> {
    const facts = await this.inNetwork(command, { print: false, check: false })
    if (facts.exitCode === 0) return facts.stdout
    return (await this.run(fallback, { print: false })).stdout
  }

  [displaySymbol](): MimeBundle {
    return { 'text/plain': this.describe() }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.describe()
  }

  toString(): string {
    return this.name
  }
}

function checkCommand(command: string[]): void {
  if (Array.isArray(command) && command.length > 0 && command.every(word => typeof word === 'string' && !word.includes('\0'))) return
  throw new WirebookError(`A command is an array of words, not ${JSON.stringify(command)}.`, {
    remedy: "Write run(['ping', '-c', '1', '8.8.8.8']), or use the sh template for a shell command.",
  })
}
