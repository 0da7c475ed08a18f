import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { constants } from 'node:os'
import { text } from 'node:stream/consumers'
import { spawn as spawnTerminal } from 'node-pty'
import type { LabProcess, LabTerminal, ProcessOptions } from '../../backend.ts'
import { LabError } from '../../lab-error.ts'
import { quoteCommand } from '../../quote.ts'
import type { Place } from './places.ts'

/** Never asks for a password, and gives up in time. */
export const sshOptions = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10']

/** The way to run programs on an engine's machine: here for a unix socket, by ssh else; none for tcp. */
export class Reach {
  readonly #place: Place
  /** What makes a program run as root there: nothing for root, sudo for others. */
  #asRoot: string[] = []

  /** Finds out how to be root there. @throws {LabError} when a program cannot be run */
  static async to(place: Place, signal: AbortSignal): Promise<Reach> {
    const reach = new Reach(place)
    if (place.kind === 'tcp') return reach
    const probe = reach.#spawn(['sh', '-c', 'if [ "$(id -u)" = 0 ]; then echo root; elif sudo -n true 2>/dev/null; then echo sudo; else echo user; fi'], {}, signal)
    const [way, status] = await Promise.all([text(probe.stdout), probe.exit])
    if (status !== 0) throw new LabError(`no program can be run on ${place.name} (${place.url}): status ${status}`, { remedy: `try: ssh -o BatchMode=yes ${place.target} true` })
    if (way.trim() === 'sudo') reach.#asRoot = ['sudo', '-n', '--']
    return reach
  }

  /** Whether programs can be run there at all. */
  get programs(): boolean {
    return this.#place.kind !== 'tcp'
  }

  private constructor(place: Place) {
    this.#place = place
  }

  exec(command: string[], options: ProcessOptions = {}): LabProcess {
    return this.#spawn(command, options)
  }

  #spawn(command: string[], options: ProcessOptions, signal?: AbortSignal): LabProcess {
    const tag = `WIREBOOK_COMMAND=${randomBytes(8).toString('hex')}`
    const [program, ...parameters] = this.#commandLine([tag], command, options, ['-T'])
    const child = spawn(program!, parameters, { detached: true, stdio: ['pipe', 'pipe', 'pipe'], signal })
    child.stdin.on('error', () => {}) // a program may end without reading all of its input
    const exit = new Promise<number>((resolve, reject) => {
      child.once('error', cause => reject(new LabError(`${program} could not be started: ${cause.message}`, { remedy: `is ${program} installed?`, cause })))
      child.once('close', (code, end) => resolve(code ?? 128 + constants.signals[end!]))
    })
    exit.catch(() => {}) // looked at by the caller, later
    return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, exit, kill: end => this.#signalTagged(tag, end) }
  }

  terminal(command: string[], options: ProcessOptions & { columns?: number; rows?: number } = {}): LabTerminal {
    const tag = `WIREBOOK_COMMAND=${randomBytes(8).toString('hex')}`
    const [program, ...parameters] = this.#commandLine([tag, 'TERM=xterm-256color'], command, options, ['-tt'])
    const terminal = spawnTerminal(program!, parameters, { name: 'xterm-256color', cols: options.columns ?? 120, rows: options.rows ?? 30 })
    const exit = new Promise<number>(resolve => terminal.onExit(({ exitCode, signal }) => resolve(signal ? 128 + signal : exitCode)))
    return {
      onData: listener => void terminal.onData(listener),
      write: data => terminal.write(data),
      resize: (columns, rows) => terminal.resize(columns, rows),
      exit,
      kill: end => this.#signalTagged(tag, end),
    }
  }

  #commandLine(variables: string[], command: string[], options: ProcessOptions, how: string[]): string[] {
    if (this.#place.kind === 'tcp') {
      throw new LabError(`programs cannot be run on ${this.#place.name}: ${this.#place.url} leads to its engine only`, { remedy: 'name it as ssh://user@machine' })
    }
    const set = [...variables, ...Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`)]
    const inner = options.cwd === undefined ? command : ['sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', options.cwd, ...command]
    const whole = [...this.#asRoot, 'env', ...set, ...inner]
    return this.#place.kind === 'unix' ? whole : ['ssh', ...sshOptions, ...how, this.#place.target, quoteCommand(whole)]
  }

  /** A signal does not travel by ssh: the command and what it started are found by the variable that they inherit. */
  #signalTagged(tag: string, signal: NodeJS.Signals = 'SIGKILL'): void {
    const find = 'for p in /proc/[0-9]*; do if tr "\\0" "\\n" < $p/environ 2>/dev/null | grep -qx "$1"; then kill -s "$2" "${p#/proc/}"; fi; done'
    // Given as parameters of sh, so the variable is in no environment but the command's.
    const killer = this.#spawn(['sh', '-c', find, 'sh', tag, signal.replace(/^SIG/, '')], {})
    killer.stdin.end()
    killer.stdout.resume()
    killer.stderr.resume()
  }
}
