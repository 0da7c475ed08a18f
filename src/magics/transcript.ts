import { WirebookError } from '../error.ts'
import { interruption } from '../lab/collect.ts'
import { output } from '../output.ts'
import type { ShellWindow, WindowState } from '../terminal/shell-window.ts'
import { keyOf, type BlockLine } from './block.ts'
import { pingsForever, runsInForeground, watcher } from './typed.ts'

/** Where a cell of commands is typed. */
export interface Place {
  /** For messages: A, or a container's name. */
  name: string
  /** Opens a shell in a window of its own. */
  open(columns: number, print: (text: string) => void): Promise<ShellWindow>
  /** Called before a command is typed at the place's own shell: makes way for what it makes by name. */
  before?(line: string): Promise<void>
  /** Watches for the container that a `docker run` in the foreground starts; calls back when it serves (listens on TCP). */
  whenServing?(serving: (name: string) => void): Promise<(() => void) | undefined>
  /** Whether the program in the foreground of a window waits for input. */
  reads?(window: ShellWindow): Promise<boolean>
  /** Takes over a window whose program goes on serving after the cell. */
  keep?(window: ShellWindow, name: string): void
  /** Ends what the cell's commands left in the foreground, after an interruption. */
  abandon?(): Promise<void>
  /** Called when the cell is done. */
  close?(): Promise<void>
}

interface Open {
  window: ShellWindow
  /** The command in it, once typed. */
  line: string
  /** Name of the container that serves in its foreground. */
  serves?: string
  /** It watches (tcpdump, logs) until it is told to stop. */
  watches?: boolean
  /** Lines were typed into a program of it, so that the program's status is theirs. */
  inner?: boolean
  /** A program in it waits for input: the next line is for it. */
  reads?: boolean
  /** We ended what runs there by Ctrl-C. */
  interrupted?: boolean
}

/** Replies after which a ping without an end is stopped, as a person would. */
const enoughReplies = 4
/** ms of silence after which a ping without an answer is stopped. */
const pingPatience = 5000
/** ms without any output after which a command is taken to hang. */
const patience = 60_000
/** ms after which a silent command is looked at: it may wait for input. */
const glance = 500
/** ms in which a prompt that was written reaches us, through a slow lab too. */
const onTheWay = 300
/** ms for a shell to show its first prompt, or to end. */
const shellDeadline = 15_000

/** Types the lines of a cell as a person would, each when the one before is done, and shows what a terminal shows. */
export class Transcript {
  readonly #place: Place
  readonly #lines: BlockLine[]
  readonly #windows: Open[] = []
  readonly #columns: number
  #front: Open | undefined
  /** Whether lines follow that a program could read. */
  #more = false
  /** Whether a key is pressed next: then a command that goes on running is not waited for. */
  #keyNext = false
  /** The last command of the place's own shell that failed. */
  #failure: Failure | undefined

  constructor(place: Place, lines: BlockLine[]) {
    this.#place = place
    this.#lines = lines
    this.#columns = Math.min(1000, Math.max(100, ...lines.map(line => line.text.length + 40)))
  }

  async run(): Promise<void> {
    const { signal } = output()
    const interrupt = async () => {
      for (const { window } of this.#windows) window.mute()
      await Promise.allSettled(this.#windows.map(({ window }) => window.kill())) // the lab itself may have ended
    }
    signal.addEventListener('abort', interrupt, { once: true })
    try {
      for (const [at, line] of this.#lines.entries()) {
        if (signal.aborted) break
        this.#keyNext = keyOf(this.#lines.slice(at + 1).find(next => !next.printed)?.text ?? '') !== undefined
        this.#more = this.#lines.slice(at + 1).some(next => !next.printed && next.shell === undefined)
        await this.#type(line)
      }
      await this.#finish()
    } catch (error) {
      await interrupt()
      await this.#place.abandon?.()
      throw signal.aborted ? interruption(signal) : error
    } finally {
      signal.removeEventListener('abort', interrupt)
      await this.#place.close?.()
    }
    if (signal.aborted) throw interruption(signal)
    if (this.#failure) {
      const { line, status } = this.#failure
      throw new WirebookError(`${this.#place.name}: "${line.trim()}" ended with exit status ${status}.`, {
        remedy: remedyFor(this.#failure),
      })
    }
  }

  async #type(line: BlockLine): Promise<void> {
    const key = keyOf(line.text)
    const state = this.#front?.window.state.kind
    if (state !== 'continuation') {
      if (line.printed) return
      if (line.text.trim() === '' && (state === undefined || state === 'prompt' || state === 'inner')) return
    }
    if (key !== undefined) return this.#press(key)
    const open = await this.#windowFor(line)
    const own = open.window.state.kind === 'prompt'
    const longest = 4000 // a terminal takes lines of 4095 bytes (termios(3), canonical mode)
    if (Buffer.byteLength(line.text) > longest) {
      throw new WirebookError(`A line of ${Buffer.byteLength(line.text)} bytes cannot be typed: a terminal takes ${longest}.`, { remedy: 'Break it into several lines with \\.' })
    }
    open.reads = false
    if (own) {
      open.line = line.text
      open.inner = open.interrupted = false
      await this.#place.before?.(line.text)
    } else if (open.window.state.kind === 'continuation') {
      open.line += `\n${line.text}`
    } else {
      open.inner = true
    }
    await this.#follow(open, line.text, own)
  }

  /** The window that a line belongs to: the one in front, or another where its prompt says so. */
  async #windowFor(line: BlockLine): Promise<Open> {
    const front = this.#front
    const kind = front?.window.state.kind
    if (front && (kind === 'continuation' || (front.reads && line.shell === undefined))) return front
    if (line.shell === 'container' && kind !== 'inner') {
      const inner = this.#windows.findLast(({ window }) => window.state.kind === 'inner')
      if (inner) return this.#show(inner)
      throw new WirebookError(`"${line.text}" is meant for a container's shell, but none is open here.`, {
        remedy: 'A line such as `docker run -it --rm --name=bbox busybox sh` in the same cell opens one; or use %%in NAME for a container that runs.',
      })
    }
    if (!front || kind === 'ended') return this.#open()
    if (front.serves !== undefined || front.watches) return this.#ownShell()
    if (line.shell === 'host' && kind === 'inner') return this.#ownShell()
    return front
  }

  /** A window whose own shell waits: one that is open already, or a new one. */
  async #ownShell(): Promise<Open> {
    const idle = this.#windows.find(({ window }) => window.state.kind === 'prompt')
    return idle ? this.#show(idle) : this.#open()
  }

  async #open(): Promise<Open> {
    this.#front?.window.finishLine()
    this.#front?.window.toBack()
    const window = await this.#place.open(this.#columns, text => output().write(text))
    const open: Open = { window, line: '' }
    this.#windows.push(open)
    this.#front = open
    const state = await this.#until(open, state => state.kind === 'prompt' || state.kind === 'ended', shellDeadline)
    if (state?.kind === 'prompt') return open
    throw new WirebookError(`${this.#place.name}: the shell ${state ? `ended with exit status ${state.kind === 'ended' ? state.status : '?'}` : 'showed no prompt'} before anything was typed.${window.shown && ` It showed:\n${window.shown}`}`)
  }

  #show(open: Open): Open {
    if (open === this.#front) return open
    this.#front?.window.finishLine()
    this.#front?.window.toBack()
    open.window.toFront()
    this.#front = open
    return open
  }

  async #press(key: string): Promise<void> {
    const open = this.#front
    if (!open) return
    open.interrupted = true
    open.window.key(key)
    delete open.serves
    delete open.watches
    const state = await this.#until(open, settled, shellDeadline)
    if (!state) throw new WirebookError(`${this.#place.name}: "${open.line}" did not end after the key.`)
  }

  /** Types a line and waits until the terminal waits for the next one. */
  async #follow(open: Open, line: string, own: boolean): Promise<void> {
    const { window } = open
    const watch = own ? watcher(line) : undefined
    let served: string | undefined
    const serving = own && runsInForeground(line) ? await this.#place.whenServing?.(name => {
      served = name
      window.nudge()
    }) : undefined
    window.line(line)
    try {
      if (watch) return await this.#watch(open, watch.ready)
      const endless = pingsForever(line)
      let stopped = false
      let silent = 0
      for (;;) {
        const seen = window.shown.length
        const limit = endless && !stopped ? pingPatience : glance
        const state = await this.#until(open, state => {
          if (settled(state) || served !== undefined) return true
          return endless && !stopped && replies(window.shown) >= enoughReplies
        }, limit)
        if (state && settled(state)) return this.#note(open, state)
        if (served !== undefined) return void (open.serves = served)
        if (endless && !stopped) {
          if (!state && window.shown.length > seen && replies(window.shown) > 0) continue
          stopped = open.interrupted = true
          window.key('\x03')
          continue
        }
        silent = window.shown.length > seen ? 0 : silent + limit
        if (this.#keyNext && silent >= 2 * glance) return
        if (await this.#place.reads?.(window)) {
          // It may be the shell itself that waits for its next command, and its prompt is still on the way.
          const late = await this.#until(open, settled, onTheWay)
          if (late) return this.#note(open, late)
          open.reads = true
          if (this.#more) return
          throw new WirebookError(`${this.#place.name}: "${line.trim()}" waits for input, but the cell has no more lines for it.`, { remedy: 'Add the lines, with ^D at the end of the input.' })
        }
        if (silent < patience) continue
        throw new WirebookError(`${this.#place.name}: "${line.trim()}" has printed nothing for ${patience / 1000} s, and neither ended nor asked for a command.`, {
          remedy: 'Let it run in the background with & at its end, stop it with a line ^C, or give it a limit (timeout 100 …).',
        })
      }
    } finally {
      serving?.()
    }
  }

  /** A program that watches goes to the back as soon as it watches; what it shows is printed when it is stopped. */
  async #watch(open: Open, ready: RegExp | undefined): Promise<void> {
    const { window } = open
    const state = await this.#until(open, state => settled(state) || (ready !== undefined && ready.test(window.shown)), ready ? shellDeadline : 300)
    if (state && settled(state)) return this.#note(open, state)
    open.watches = true
  }

  #note(open: Open, state: WindowState): void {
    if (state.kind === 'ended') {
      this.#windows.splice(this.#windows.indexOf(open), 1)
      this.#front = undefined
      if (state.status !== 0 && !open.interrupted) this.#failure = { line: open.line, status: state.status, shown: open.window.shown }
      return
    }
    if (state.kind !== 'prompt' || state.status === 0 || open.interrupted) return
    // A shell in a container ends with the status of its last command: only docker's own (125 to 127) count.
    if (open.inner && !(state.status >= 125 && state.status <= 127)) return
    this.#failure = { line: open.line, status: state.status, shown: open.window.shown }
    if (/\bdocker\b.*\s-\w*t/.test(open.line) && !open.inner) this.#stopBefore(open.line, state.status)
  }

  /** The lines after a container's shell that never opened must not be typed into the host's. */
  #stopBefore(line: string, status: number): void {
    if (!/\s(?:ba|da|a)?sh\s*$/.test(line)) return
    throw new WirebookError(`${this.#place.name}: "${line.trim()}" ended with exit status ${status}, so the lines below it were not typed.`, {
      remedy: remedyFor(this.#failure),
    })
  }

  /** Ends the cell: shells are left, watchers stopped, servers kept. */
  async #finish(): Promise<void> {
    for (const open of [...this.#windows].sort(one => one.watches ? -1 : 0)) {
      const { window } = open
      if (open.watches) {
        this.#show(open)
        // The kernel hands captured packets over in batches, up to a second late (tcpdump(8), --immediate-mode).
        if (/tcpdump/.test(open.line)) await this.#quiet(open, 1200)
        open.interrupted = true
        window.key('\x03')
        const state = await this.#until(open, settled, shellDeadline)
        if (!state) throw new WirebookError(`${this.#place.name}: "${open.line}" did not end after Ctrl-C.`)
        this.#note(open, state)
      }
      if (open.reads) window.key('\x04')
      if (window.state.kind === 'continuation') {
        throw new WirebookError(`${this.#place.name}: the last command is unfinished: "${open.line.trim()}".`, { remedy: 'A quote, a here-document or a loop is not closed.' })
      }
      window.finishLine()
      if (open.serves !== undefined) {
        output().write(`(${open.serves} keeps running in its window; docker stop ${open.serves} ends it)\n`)
        this.#place.keep?.(window, open.serves)
        continue
      }
      await this.#leave(open)
    }
  }

  /** Exits the shells in a window, the innermost first, and the window with its own. */
  async #leave(open: Open): Promise<void> {
    const { window } = open
    window.mute()
    for (let depth = 0; depth < 10 && window.state.kind !== 'ended'; depth++) {
      window.line('exit')
      if (!await this.#until(open, settled, shellDeadline)) break
    }
    if (window.state.kind !== 'ended') await window.kill()
  }

  /** Waits until a window has shown nothing for so many ms, ten times that at most. */
  async #quiet(open: Open, ms: number): Promise<void> {
    for (let round = 0; round < 10; round++) {
      const { length } = open.window.shown
      if (await this.#until(open, state => settled(state) || open.window.shown.length > length, ms)) continue
      return
    }
  }

  /** Waits until the state is as wanted; undefined after so many ms. */
  #until(open: Open, wanted: (state: WindowState) => boolean, limit: number): Promise<WindowState | undefined> {
    const { window } = open
    const { signal } = output()
    return new Promise((resolve, reject) => {
      const settle = (state: WindowState | undefined) => {
        clearTimeout(timer)
        unwatch()
        signal.removeEventListener('abort', look)
        if (signal.aborted) reject(interruption(signal))
        else resolve(state)
      }
      const look = () => {
        if (signal.aborted || wanted(window.state)) settle(window.state)
      }
      const timer = setTimeout(() => settle(undefined), limit)
      const unwatch = window.watch(look)
      signal.addEventListener('abort', look)
      look()
    })
  }
}

interface Failure { line: string; status: number; shown: string }

function remedyFor(failure: Failure | undefined): string {
  const image = /Unable to find image '([^']+)'/.exec(failure?.shown ?? '')?.[1]
  if (image) return `The lab has no registry. It has busybox and nginx; ./wirebook image add FILE adds ${image} from a docker save archive.`
  if (failure?.status === 127) return 'There is no such command on this machine.'
  return 'If it is meant to fail, write || true after it.'
}

function settled(state: WindowState): boolean {
  return state.kind !== 'running'
}

function replies(shown: string): number {
  return shown.match(/bytes from .*(?:seq|icmp_seq)=\d+/g)?.length ?? 0
}
