import type { LabTerminal } from '../lab/backend.ts'
import { completeLength, stripAnsi } from './ansi.ts'
import { ScreenLines } from './screen-lines.ts'

/** What the shell in a window does. */
export type WindowState =
  /** It waits for a command. `status` is the exit status of the last one. */
  | { kind: 'prompt'; status: number }
  /** It waits for the rest of an unfinished command. */
  | { kind: 'continuation' }
  /** A program that it runs shows a shell's prompt of its own: a container's. */
  | { kind: 'inner' }
  | { kind: 'running' }
  | { kind: 'ended'; status: number }

/** Our prompts carry an OSC sequence, which no terminal shows, with what the shell knows. */
const marker = /\x1b\]697;(?:p;(\d+);(\d+)|c)\x07/
/** Variables that make an interactive shell (bash, dash, busybox) say when it waits. `prompt` is what is seen. */
export function promptVariables(prompt: string): Record<string, string> {
  return { PS1: `\x1b]697;p;$?;$$\x07${prompt}`, PS2: '\x1b]697;c\x07> ' }
}

/** An inner shell's prompt at the end of what is shown: `/ # `, `root@1f2e:/# `, `bash-5.1$ `. */
const innerPrompt = /^(?:[\w.@:~/-]*[\w~/:] ?|)[#$] $/
/** Time in which more text would have come if the prompt were part of a program's output, ms. */
const settleTime = 40

/** A shell in a pseudo-terminal as one watches it: what it prints goes to `print`, its prompt only with the next command. */
export class ShellWindow {
  state: WindowState = { kind: 'running' }
  /** What was shown since the last line was typed, without escape sequences. */
  shown = ''
  /** The shell's process number, as it sees it; 0 before its first prompt. */
  shellPid = 0
  readonly ended: Promise<number>
  readonly #terminal: LabTerminal
  readonly #lines: ScreenLines
  readonly #end: ((shellPid: number) => Promise<void>) | undefined
  readonly #redraws: boolean
  #buffer = ''
  /** The shell's prompt, or an unfinished line that looks like one, not yet printed. */
  #held = ''
  #started = false
  #timer: NodeJS.Timeout | undefined
  #watchers = new Set<() => void>()
  /** Printed later when another window is in front. */
  #backlog: string[] | undefined
  #print: (text: string) => void
  #mute = false

  /**
   * `end` ends the shell of a process number and what it started, where closing the terminal does not.
   * `redraws`: the shell edits lines, and draws its prompt again when it learns the terminal's size.
   */
  constructor(terminal: LabTerminal, print: (text: string) => void, { end, redraws = false }: { end?: (shellPid: number) => Promise<void>; redraws?: boolean } = {}) {
    this.#terminal = terminal
    this.#end = end
    this.#redraws = redraws
    this.#print = print
    this.#lines = new ScreenLines(text => this.#emit(text))
    terminal.onData(text => this.#receive(text))
    this.ended = terminal.exit
    const over = (status: number) => {
      clearTimeout(this.#timer)
      if (this.state.kind === 'running') this.#release()
      this.#held = ''
      this.state = { kind: 'ended', status }
      this.#changed()
    }
    terminal.exit.then(over, () => over(1))
  }

  /** Types text and Enter at whatever reads there. */
  line(text: string): void {
    this.#release()
    this.shown = ''
    this.state = { kind: 'running' }
    this.#terminal.write(`${text}\r`)
  }

  /** Types a key: `\x03` is Ctrl-C. */
  key(text: string): void {
    this.#release()
    if (this.state.kind !== 'ended') this.state = { kind: 'running' }
    this.#terminal.write(text)
  }

  /** Calls back whenever something was shown or the state changed, until the returned function is called. */
  watch(listener: () => void): () => void {
    this.#watchers.add(listener)
    return () => void this.#watchers.delete(listener)
  }

  /** Keeps what it shows until it is in front again. */
  toBack(): void {
    this.#backlog ??= []
  }

  /** Prints what came meanwhile. */
  toFront(): void {
    const text = this.#backlog?.join('') ?? ''
    this.#backlog = undefined
    if (text) this.#print(text)
  }

  /** Lets those who watch look again. */
  nudge(): void {
    this.#changed()
  }

  /** Prints nothing from now on. */
  mute(): void {
    this.#mute = true
  }

  finishLine(): void {
    this.#lines.flush()
    if (this.#lines.midLine) this.#emit('\n')
  }

  async kill(): Promise<void> {
    if (this.state.kind === 'ended') return
    if (this.shellPid > 0) await this.#end?.(this.shellPid)
    this.#terminal.kill('SIGKILL')
  }

  #receive(text: string): void {
    clearTimeout(this.#timer)
    this.#buffer += text
    for (;;) {
      const found = marker.exec(this.#buffer)
      if (!found) break
      const before = this.#buffer.slice(0, found.index)
      this.#buffer = this.#buffer.slice(found.index + found[0].length)
      const waits = this.state.kind === 'prompt' || this.state.kind === 'continuation'
      if (this.#redraws && this.#started && before.endsWith('\r')) {
        // The same prompt once more, perhaps with what has been typed behind it: nothing has ended.
        if (waits) this.#held = ''
        else this.#show(before)
        continue
      }
      if (waits) this.#held = ''
      else if (this.#started) {
        this.#show(before)
        this.#lines.flush()
      }
      this.#release()
      this.#started = true
      if (found[2] !== undefined) this.shellPid = Number(found[2])
      this.state = found[1] === undefined ? { kind: 'continuation' } : { kind: 'prompt', status: Number(found[1]) }
    }
    const length = completeLength(this.#buffer)
    const rest = this.#buffer.slice(0, length)
    this.#buffer = this.#buffer.slice(length)
    if (this.#started) {
      if (this.state.kind === 'prompt' || this.state.kind === 'continuation') this.#held += rest
      else this.#show(rest)
    }
    this.#changed()
  }

  /** Prints whole lines; holds back an unfinished one that looks like an inner prompt. */
  #show(text: string): void {
    this.shown += stripAnsi(text)
    if (this.state.kind === 'inner') this.state = { kind: 'running' }
    const all = this.#held + text
    const tail = all.lastIndexOf('\n') + 1
    this.#held = ''
    const line = stripAnsi(all.slice(tail)).replace(/^.*\r/s, '') // a shell draws its prompt again when it learns the terminal's size
    if (innerPrompt.test(line)) {
      this.#lines.write(all.slice(0, tail))
      this.#held = line
      this.#timer = setTimeout(() => {
        this.state = { kind: 'inner' }
        this.#changed()
      }, settleTime)
    } else {
      this.#lines.write(all)
    }
  }

  #release(): void {
    const held = this.#held
    this.#held = ''
    if (held) this.#lines.write(held)
  }

  #emit(text: string): void {
    if (this.#mute) return
    if (this.#backlog) this.#backlog.push(text)
    else this.#print(text)
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }
}
