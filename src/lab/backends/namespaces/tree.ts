import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { LabError } from '../../lab-error.ts'
import { type Account, thisAccount } from './account.ts'

/**
 * In its new user namespace a process is nobody until ids are mapped; it keeps its rights meanwhile (--keep-caps), waits
 * for a line, takes the mapped root's ids and becomes the lab. Without the line it ends.
 */
const hold = `echo unshared
read -r line || exit
exec setpriv --reuid 0 --regid 0 --clear-groups unshare --mount --pid --net --uts --ipc --fork --kill-child bash --norc -c "$1" wirebook-lab`

/**
 * Process 1 of the lab. It only reads its standard input, at whose end, which is the end of its owner, it ends, and the
 * kernel ends all others with it. Bash, because it also buries the orphans that come to process 1; dash does not.
 */
const init = `exec 4<&0 </dev/null
{ eval "$(cat <&3)"; } 4<&- &
exec 3<&-
while read -r line <&4; do :; done`

type Stdio = [Writable, Readable, Readable, Writable, undefined]

/** The lab's processes, from the first: a tree in which everything ends with the first. */
export class LabTree {
  readonly ended: Promise<string>
  readonly #child: ChildProcess
  readonly #pids = new Map<string, number>()
  readonly #ready = new Map<string, PromiseWithResolvers<void>>()
  readonly #started = new Map<string, PromiseWithResolvers<number>>()
  readonly #engineEnded = new Map<string, number>()
  readonly #broken = Promise.withResolvers<never>()
  #errors = ''
  #reason: string | undefined
  #over = false

  /** Starts the tree, which then runs the script. Resolves when the tree is in its namespaces. */
  static async grow(script: string, signal: AbortSignal): Promise<LabTree> {
    const account = thisAccount()
    const tree = new LabTree()
    try {
      await tree.unlessBroken(tree.#become(account, script), signal)
      return tree
    } catch (error) {
      await tree.end('it did not start')
      throw error
    }
  }

  private constructor() {
    this.#broken.promise.catch(() => {}) // looked at by unlessBroken, when somebody waits
    this.#child = spawn('unshare', ['--user', '--keep-caps', 'sh', '-c', hold, 'wirebook-lab', init], {
      cwd: '/',
      detached: true, // a session of its own: Ctrl-C at the owner's terminal is not for it
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    })
    const gone = Promise.withResolvers<string>()
    this.ended = gone.promise
    this.#child.once('error', cause => {
      this.#over = true
      this.#broken.reject(new LabError(`the lab's first process could not be started: ${cause.message}`, {
        remedy: 'run ./wirebook doctor', cause }))
      gone.resolve(cause.message)
    })
    this.#child.once('exit', (code, endSignal) => {
      this.#over = true
      const reason = this.#reason ?? `its first process ended by itself (${endSignal ?? `status ${code}`})`
      // What its processes said last may still be on the way.
      const said = this.#child.stderr!.readableEnded ? Promise.resolve() : new Promise(resolve => this.#child.stderr!.once('close', resolve))
      void said.then(() => this.#break('the lab ended while it was starting'))
      gone.resolve(reason)
    })
    for (const stream of this.#child.stdio) stream?.on('error', () => {}) // the other end is gone: `exit` says so
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-20_000)
    })
  }

  async #become(account: Account, script: string): Promise<void> {
    const [stdin, stdout, , scriptPipe] = this.#child.stdio as Stdio
    const unshared = Promise.withResolvers<void>()
    createInterface({ input: stdout }).on('line', line => {
      if (line === 'unshared') unshared.resolve()
      else this.#hear(line)
    })
    await unshared.promise
    await account.map(this.#child.pid!)
    stdin.write('become the lab\n')
    scriptPipe.end(script)
  }

  /** What the plan's script says, line by line. */
  #hear(line: string): void {
    const [word, name = '', value = ''] = line.split(' ')
    switch (word) {
      case 'machine':
        this.#pids.set(name, Number(value))
        this.#slot(this.#started, name).resolve(Number(value))
        break
      case 'ready':
        this.#slot(this.#ready, name).resolve()
        break
      case 'ended':
        this.#engineEnded.set(name, Number(value))
        break
      case 'failed':
        // The words on standard error come by another pipe: give them the turn.
        setTimeout(() => this.#break(`the lab could not be built (${name})`), 20)
        break
    }
  }

  #break(message: string): void {
    const said = this.#errors.trim().split('\n').slice(-12).join('\n')
    this.#broken.reject(new LabError(said ? `${message}:\n${said}` : message, {
      remedy: 'run ./wirebook doctor; it says what this machine lacks, and which other backend serves',
    }))
  }

  #slot<T>(slots: Map<string, PromiseWithResolvers<T>>, name: string): PromiseWithResolvers<T> {
    let slot = slots.get(name)
    if (!slot) slots.set(name, slot = Promise.withResolvers<T>())
    return slot
  }

  /** Resolves when a machine is set up and its engine, if it has one, is starting. */
  ready(machine: string): Promise<void> {
    return this.#slot(this.#ready, machine).promise
  }

  /** The machine's first process, as this process sees it. Waits until it is there. */
  started(machine: string): Promise<number> {
    return this.#slot(this.#started, machine).promise
  }

  /** The machine's first process, as this process sees it. @throws {LabError} when the machine is not there */
  pid(machine: string): number {
    const pid = this.#pids.get(machine)
    if (pid === undefined) {
      throw new LabError(`no machine is called ${JSON.stringify(machine)}`, { remedy: `machines are: ${[...this.#pids.keys()].join(', ')}` })
    }
    if (this.#over) throw new LabError(`the lab has ended: ${this.#reason ?? 'by itself'}`, { remedy: 'start it again: await lab.start()' })
    return pid
  }

  /** Exit status of a host's engine when it has ended. */
  engineStatus(host: string): number | undefined {
    return this.#engineEnded.get(host)
  }

  /** Waits for something, but no longer than the lab is whole and the signal is quiet. */
  async unlessBroken<T>(wanted: Promise<T>, signal: AbortSignal): Promise<T> {
    const aborted = Promise.withResolvers<never>()
    const abort = () => aborted.reject(signal.reason?.name === 'TimeoutError'
      ? new LabError(`the lab was not up in time:\n${this.#errors.trim().split('\n').slice(-12).join('\n')}`, { remedy: 'is the machine very busy? Try again, or with fewer hosts' })
      : signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    wanted.catch(() => {}) // when another promise wins, nobody looks at this one
    try {
      return await Promise.race([this.#broken.promise, wanted, aborted.promise])
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  /** From now on a lab does not keep its owner from ending: a script that is done ends, and its lab with it. */
  unref(): void {
    this.#child.unref()
    for (const stream of this.#child.stdio) (stream as Socket | null)?.unref()
  }

  /** Ends the lab. Resolves when all of its processes are gone. */
  async end(reason: string): Promise<void> {
    this.#reason ??= reason
    if (this.#over) return
    this.#child.ref()
    this.#child.stdin!.end()
    this.#child.stdin!.destroy()
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 2000) // unshare's child dies with it (--kill-child)
    await this.ended
    clearTimeout(late)
  }
}
