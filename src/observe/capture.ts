import { writeFile } from 'node:fs/promises'
import type { NetworkNode } from '../api/lab.ts'
import type { Capture, CaptureOptions, Captured } from '../api/packets.ts'
import { WirebookError } from '../error.ts'
import type { LabProcess } from '../lab/backend.ts'
import { output } from '../output.ts'
import { deadline } from './deadline.ts'
import { readPcap } from './packets/pcap.ts'
import { spawnInNetwork } from './spawn.ts'
import { formatPcap } from './tcpdump-text.ts'

/** Seconds for tcpdump to begin, and to hand over what it has when it is told to end. */
const patience = 10

/**
 * tcpdump beside a shell that passes on signals named on its standard input. So a capture is driven the same way on every
 * backend, and ends with its owner: at the end of the input the shell ends tcpdump.
 * -U and --immediate-mode: each packet is written as it comes. -Z root: in a user namespace there is no tcpdump user.
 */
const script = `exec 3<&0
tcpdump "$@" </dev/null 3<&- & pid=$!
( while read -r signal; do kill -s "$signal" $pid; done; kill -s TERM $pid ) <&3 >/dev/null 2>&1 & reader=$!
exec 3<&-
wait $pid; status=$?
kill $reader 2>/dev/null
exit $status`

/** Listens with tcpdump on an interface of a node. Resolves once packets are being caught. */
export async function capture(on: NetworkNode, options: CaptureOptions = {}): Promise<Capture> {
  const { count, filter = '' } = options
  const name = options.interface ?? defaultInterface(on)
  if (count !== undefined && !(Number.isInteger(count) && count > 0)) {
    throw new WirebookError(`capture: count must be a whole number above 0, not ${count}.`)
  }
  const words = ['-i', name, '-n', '-U', '--immediate-mode', '-s', '0', '-Z', 'root', ...(count ? ['-c', String(count)] : []), '-w', '-']
  const process = await spawnInNetwork(on, ['sh', '-c', script, 'sh', ...words, ...(filter ? ['--', filter] : [])])
  const running = new RunningCapture(process, on, name, filter)
  await running.listening()
  return running
}

class RunningCapture implements Capture {
  readonly #process: LabProcess
  readonly #node: NetworkNode
  readonly #interface: string
  readonly #filter: string
  readonly #chunks: Buffer[] = []
  #messages = ''
  #ended = false
  #wake: (() => void)[] = []
  #result: Promise<Captured> | undefined

  constructor(process: LabProcess, node: NetworkNode, interfaceName: string, filter: string) {
    this.#process = process
    this.#node = node
    this.#interface = interfaceName
    this.#filter = filter
    process.stdin.on('error', () => {}) // it has ended by itself
    process.stdout.on('data', (chunk: Buffer) => this.#chunks.push(chunk))
    process.stderr.on('data', (chunk: Buffer) => {
      this.#messages += chunk.toString()
      this.#notify()
    })
    const ended = () => {
      this.#ended = true
      this.#notify()
    }
    process.exit.then(ended, ended)
    const { signal } = output()
    const interrupt = () => process.stdin.end()
    signal.addEventListener('abort', interrupt, { once: true })
    process.exit.finally(() => signal.removeEventListener('abort', interrupt)).catch(() => {})
  }

  async listening(): Promise<void> {
    try {
      await this.#until(() => /listening on /.test(this.#messages) || this.#ended, 'tcpdump listens')
    } catch (error) {
      this.#process.kill('SIGKILL')
      throw error
    }
    if (/listening on /.test(this.#messages)) return
    throw await this.#failure()
  }

  stop(): Promise<Captured> {
    return this.#result ??= this.#finish()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#result) this.#process.stdin.end()
    await Promise.race([this.#process.exit.catch(() => {}), deadline(patience)])
  }

  async #finish(): Promise<Captured> {
    await this.#drain()
    this.#process.stdin.end()
    try {
      await this.#until(() => this.#ended, 'tcpdump ends')
    } catch (error) {
      this.#process.kill('SIGKILL')
      throw error
    }
    const pcap = new Uint8Array(Buffer.concat(this.#chunks))
    const file = readPcap(pcap)
    if (file.problem) throw new WirebookError(`The capture on ${this.#node.name} ${this.#interface} cannot be read: ${file.problem}.\n${this.#messages.trim()}`)
    const text = await formatPcap(this.#node, pcap)
    return {
      interface: this.#interface,
      filter: this.#filter,
      packets: file.packets,
      dropped: this.#reports().at(-1)?.dropped ?? 0,
      text: ({ hex = false } = {}) => (hex ? text.hex : text.plain),
      pcap,
      async save(path) {
        await writeFile(path, pcap)
        return path
      },
    }
  }

  /**
   * The kernel counts a packet when it enters the capture's buffer, tcpdump when it has taken it out. On SIGUSR1 tcpdump
   * prints both counts (tcpdump(8)); when they agree, all that was on the wire before is written.
   */
  async #drain(): Promise<void> {
    const until = performance.now() + patience * 1000
    for (let asked = 1; !this.#ended && performance.now() < until; asked++) {
      const before = this.#reports().length
      this.#process.stdin.write('USR1\n')
      await this.#until(() => this.#reports().length > before || this.#ended, 'tcpdump tells its counts')
      const last = this.#reports().at(-1)
      if (last && last.captured + last.dropped >= last.received) return
    }
  }

  #reports(): { captured: number; received: number; dropped: number }[] {
    const reports = this.#messages.matchAll(/(\d+) packets? captured[,\n] ?(\d+) packets? received by filter[,\n] ?(\d+) packets? dropped by kernel/g)
    return [...reports].map(([, captured, received, dropped]) => ({ captured: Number(captured), received: Number(received), dropped: Number(dropped) }))
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    const limit = new AbortController()
    const late = deadline(patience, limit.signal).then(() => true, () => false)
    try {
      while (!condition()) {
        const woken = new Promise<false>(resolve => this.#wake.push(() => resolve(false)))
        if (await Promise.race([woken, late])) {
          throw new WirebookError(`${this.#node.name}: waited ${patience} s until ${what}.${this.#messages && ` It printed:\n${this.#messages.trim()}`}`)
        }
      }
    } finally {
      limit.abort()
    }
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake()
  }

  /** Why tcpdump ended at once, in terms of what was asked. */
  async #failure(): Promise<WirebookError> {
    const said = this.#messages.replaceAll(/^tcpdump: /gm, '').trim()
    if (/No such device|doesn't exist|No such file/i.test(said)) {
      const links = await this.#node.links().catch(() => [])
      return new WirebookError(`${this.#node.name} has no interface "${this.#interface}" to listen on.`, {
        remedy: links.length > 0 ? `It has ${links.map(link => link.name).join(', ')}.` : undefined,
      })
    }
    if (/syntax error|expression|parse error|illegal token|unknown host|invalid/i.test(said)) {
      return new WirebookError(`tcpdump does not understand the filter "${this.#filter}": ${said}`, {
        remedy: "Write a pcap filter (pcap-filter(7)): 'icmp', 'udp port 4789', 'host 192.168.111.129 and not arp'.",
      })
    }
    if (/not found/.test(said)) {
      return new WirebookError(`The machine of ${this.#node.name} has no tcpdump.`, { remedy: 'Install the package tcpdump; `./wirebook doctor` says how.' })
    }
    return new WirebookError(`tcpdump on ${this.#node.name} ended before it listened: ${said || 'it printed nothing'}`)
  }
}

/** A machine's LAN interface; eth0 in a container. */
function defaultInterface(node: NetworkNode): string {
  const own = 'interface' in node ? node.interface : undefined
  return typeof own === 'string' && own !== '' ? own : 'eth0'
}
