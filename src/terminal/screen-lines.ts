/**
 * Makes what a terminal received into text that stays readable in a notebook, where a line once printed stands: progress
 * bars that are drawn over and over come out as their last state, cursor movements are taken out, colours stay.
 */
export class ScreenLines {
  #write: (text: string) => void
  /** What is printed of the current line, and what it has become since. */
  #printed = ''
  #line = ''
  #column = 0
  #rewriting = false
  #partial = ''
  #timer: NodeJS.Timeout | undefined

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  write(raw: string): void {
    const text = this.#partial + raw
    const end = /(?:\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*)?|\r)$/.exec(text)?.index ?? text.length
    this.#partial = text.slice(end)
    let out = ''
    for (const [piece] of text.slice(0, end).matchAll(/\r*\n|\r|\x08|\x07|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.|[^\r\n\x07\x08\x1b]+/gs)) out += this.#piece(piece)
    if (out) this.#write(out)
    if (this.#rewriting && !this.#timer) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined
        if (this.#rewriting && this.#line !== this.#printed) this.#write(this.#redraw())
      }, 700)
      this.#timer.unref()
    }
  }

  /** Prints what is held back. */
  flush(): void {
    const out = this.#rewriting && this.#line !== this.#printed ? this.#redraw() : ''
    if (out) this.#write(out)
    this.#partial = ''
  }

  /** Whether the last line is unfinished. */
  get midLine(): boolean {
    return this.#line !== ''
  }

  #piece(piece: string): string {
    if (piece.endsWith('\n')) return this.#newline()
    if (piece === '\r' || piece === '\x08') {
      this.#column = piece === '\r' ? 0 : Math.max(0, this.#column - 1)
      return ''
    }
    if (piece.startsWith('\x1b')) return this.#escape(piece)
    if (piece === '\x07') return ''
    const over = this.#column < this.#line.length
    const before = this.#line.slice(0, this.#column).padEnd(this.#column)
    this.#line = before + piece + this.#line.slice(this.#column + piece.length)
    this.#column += piece.length
    if (over) this.#rewriting = true
    if (this.#rewriting) return ''
    this.#printed = this.#line
    return piece
  }

  #escape(sequence: string): string {
    if (/^\x1b\[[\d;]*m$/.test(sequence)) return this.#rewriting ? '' : sequence
    const erase = /^\x1b\[([012]?)([KJ])$/.exec(sequence)
    if (erase && this.#column < this.#line.length && erase[1] !== '1') {
      this.#line = erase[1] === '2' ? '' : this.#line.slice(0, this.#column)
      this.#rewriting = true
    }
    return ''
  }

  #newline(): string {
    const out = this.#rewriting && this.#line !== this.#printed ? this.#redraw() : ''
    this.#line = ''
    this.#printed = ''
    this.#column = 0
    this.#rewriting = false
    clearTimeout(this.#timer)
    this.#timer = undefined
    return `${out}\n`
  }

  /** The current line over what is printed of it. */
  #redraw(): string {
    const blank = Math.max(0, this.#printed.trimEnd().length - this.#line.trimEnd().length)
    const line = this.#line.trimEnd() + ' '.repeat(blank)
    const out = this.#printed === '' ? line : `\r${line}`
    this.#printed = this.#line
    return out
  }
}
