import type { CommandResult, Terminal } from '../api/lab.ts'
import { WirebookError } from '../error.ts'
import type { LabTerminal } from '../lab/backend.ts'
import { interruption } from '../lab/collect.ts'
import { output } from '../output.ts'
import { stripAnsi } from './ansi.ts'
import { ScreenLines } from './screen-lines.ts'

/** A command in a pseudo-terminal, driven by what is typed and what appears. Ends when the cell is interrupted. */
export class Session implements Terminal {
  readonly ended: Promise<CommandResult>
  readonly #terminal: LabTerminal
  readonly #where: string
  readonly #typed: string
  #raw = ''
  #over = false
  /** Where in the plain text the next wait begins. */
  #seen = 0
  #listeners = new Set<() => void>()

  constructor(terminal: LabTerminal, { where, typed, print }: { where: string; typed: string; print: boolean }) {
    this.#terminal = terminal
    this.#where = where
    this.#typed = typed
    const started = performance.now()
    const lines = new ScreenLines(text => output().write(text))
    terminal.onData(text => {
      this.#raw += text
      if (print) lines.write(text)
      this.#notify()
    })
    const { signal } = output()
    const interrupt = () => terminal.kill('SIGKILL')
    if (signal.aborted) interrupt()
    signal.addEventListener('abort', interrupt, { once: true })
    this.ended = terminal.exit.then(exitCode => {
      signal.removeEventListener('abort', interrupt)
      if (print) lines.flush()
      this.#over = true
      this.#notify()
      const text = this.text.replace(/\n$/, '')
      return { exitCode, stdout: this.text, stderr: '', text, ms: performance.now() - started }
    })
    this.ended.catch(() => {})
  }

  /** Without escape sequences, line ends as `\n`; of a line that was drawn over, its last state. */
  get text(): string {
    return stripAnsi(this.#raw).replace(/\r+\n/g, '\n').replace(/^.*\r(?!$)/gm, '')
  }

  async line(text: string): Promise<void> {
    if (/[\r\n]/.test(text)) throw new WirebookError('line types one line; the text holds a line break.', { remedy: 'Call it once for each line.' })
    await this.type(`${text}\r`)
  }

  async type(text: string): Promise<void> {
    if (this.#over) throw new WirebookError(`${this.#where}: "${this.#typed}" has ended, so nothing can be typed into it.${this.#tail()}`)
    this.#terminal.write(text)
  }

  async waitFor(pattern: string | RegExp, options: { timeout?: number } = {}): Promise<string> {
    const { timeout = 10 } = options
    const { signal } = output()
    const find = () => {
      const fresh = this.text.slice(this.#seen)
      const at = typeof pattern === 'string' ? fresh.indexOf(pattern) : fresh.search(pattern)
      if (at < 0) return undefined
      const length = typeof pattern === 'string' ? pattern.length : fresh.slice(at).match(pattern)![0].length
      this.#seen += at + length
      return fresh.slice(0, at + length)
    }
    return new Promise((resolve, reject) => {
      const settle = (action: () => void) => {
        clearTimeout(timer)
        this.#listeners.delete(look)
        signal.removeEventListener('abort', look)
        action()
      }
      const fail = (why: string) => settle(() => reject(new WirebookError(`${this.#where}: waited for ${pattern instanceof RegExp ? pattern : JSON.stringify(pattern)} from "${this.#typed}", but ${why}.${this.#tail()}`)))
      const look = () => {
        if (signal.aborted) return settle(() => reject(interruption(signal)))
        const found = find()
        if (found !== undefined) settle(() => resolve(found))
        else if (this.#over) fail('it ended')
      }
      const timer = setTimeout(() => fail(`it did not come within ${timeout} s`), timeout * 1000)
      this.#listeners.add(look)
      signal.addEventListener('abort', look, { once: true })
      look()
    })
  }

  async interact(): Promise<CommandResult> {
    while (!this.#over) {
      const typed = output().ask('')
      typed.catch(() => {})
      const line = await Promise.race([typed, this.ended])
      if (typeof line !== 'string' || this.#over) break
      await this.type(/^\^[A-Z]$/.test(line) ? String.fromCharCode(line.charCodeAt(1) - 64) : `${line}\r`)
      await this.#quiet()
    }
    return this.ended
  }

  async close(): Promise<void> {
    if (!this.#over) this.#terminal.kill('SIGHUP')
    await this.ended
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Waits until what a typed line brought has been printed, so that the next question comes below it. */
  async #quiet(): Promise<void> {
    await new Promise<void>(resolve => {
      let timer = setTimeout(done, 500)
      const again = () => {
        clearTimeout(timer)
        timer = setTimeout(done, 80)
      }
      const listeners = this.#listeners
      function done() {
        listeners.delete(again)
        resolve()
      }
      listeners.add(again)
      if (this.#over) done()
    })
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  #tail(): string {
    const lines = this.text.trimEnd().split('\n').slice(-10).join('\n')
    return lines === '' ? ' It showed nothing.' : ` It showed:\n${lines}`
  }
}
