/** ms after which an unfinished line is shown: less than one notices, enough for most progress bars to be complete. */
const partialDelay = 60
/** ms between two states of a line that is drawn over and over. */
const redrawDelay = 700

/** Text, line ends, carriage return, backspace, escape sequences (ECMA-48: CSI, OSC, others). */
const pieces = /\r*\n|\r|\x08|\x07|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[^\r\n\x07\x08\x1b]+/g
/** The begin of a sequence whose end has not come yet, or a carriage return that may belong to a line end. */
const unfinished = /(?:\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*|[ -/]*)?|\r+)$/

/**
 * Makes what a terminal received into text that stays readable in a notebook, where a line once printed stands: progress
 * bars that are drawn over and over come out as their last state, cursor movements are taken out, colours stay.
 */
export class ScreenLines {
  #write: (text: string) => void
  /** The current line, a character with its colours in each cell. */
  #cells: string[] = []
  #column = 0
  /** Colours that the next character takes. */
  #style = ''
  /** What is printed of the current line. */
  #printed = ''
  #redrawn = false
  /** The last finished lines, which a program may move back to. */
  #above: string[] = []
  /** Lines that are drawn over as a block (`docker service create`): shown as they stand in the end. */
  #block: { rows: string[]; row: number } | undefined
  #rest = ''
  #timer: NodeJS.Timeout | undefined

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  write(raw: string): void {
    const text = this.#rest + raw
    const end = unfinished.exec(text)?.index ?? text.length
    this.#rest = text.slice(end)
    let out = ''
    for (const [piece] of text.slice(0, end).matchAll(pieces)) out += this.#take(piece)
    if (out) this.#write(out)
    this.#timer ??= setTimeout(() => this.#show(), this.#redrawn ? redrawDelay : partialDelay)
  }

  /** Prints what is held back. */
  flush(): void {
    if (this.#block) this.#endBlock()
    this.#show()
  }

  /** Whether the last line is unfinished. */
  get midLine(): boolean {
    return this.#cells.length > 0
  }

  #show(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#block) return
    const out = this.#update()
    if (out) this.#write(out)
  }

  #take(piece: string): string {
    if (piece.endsWith('\n')) return this.#newline()
    if (piece === '\r') this.#column = 0
    else if (piece === '\x08') this.#column = Math.max(0, this.#column - 1)
    else if (piece.startsWith('\x1b')) this.#escape(piece)
    else if (piece !== '\x07') this.#put(piece)
    return ''
  }

  #put(text: string): void {
    if (this.#column < this.#cells.length) this.#redrawn = true
    while (this.#cells.length < this.#column) this.#cells.push(' ')
    for (const character of text) {
      this.#cells[this.#column++] = this.#style + character
      this.#style = ''
    }
  }

  #escape(sequence: string): void {
    if (/^\x1b\[[\d;]*m$/.test(sequence)) this.#style += sequence
    const move = /^\x1b\[(\d*)([AB])$/.exec(sequence)
    if (move) return this.#move((move[2] === 'A' ? -1 : 1) * Number(move[1] || 1))
    const erase = /^\x1b\[([02]?)[KJ]$/.exec(sequence)
    if (erase && this.#column < this.#cells.length) {
      this.#cells.length = erase[1] === '2' ? 0 : this.#column
      this.#redrawn = true
    }
  }

  #newline(): string {
    if (this.#block) {
      this.#goTo(this.#block.row + 1)
      this.#column = 0
      return ''
    }
    this.#above = [...this.#above.slice(-30), this.#cells.join('')]
    const out = `${this.#update()}${this.#style}\n`
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#cells = []
    this.#column = 0
    this.#style = ''
    this.#printed = ''
    this.#redrawn = false
    return out
  }

  #move(rows: number): void {
    if (!this.#block) {
      if (rows > 0) return
      this.#block = { rows: [...this.#above.slice(rows), this.#cells.join('')], row: Math.min(-rows, this.#above.length) }
    }
    this.#goTo(Math.max(0, this.#block.row + rows))
  }

  /** Leaves the current row of the block for another. */
  #goTo(row: number): void {
    const block = this.#block!
    block.rows[block.row] = this.#cells.join('')
    while (block.rows.length <= row) block.rows.push('')
    block.row = row
    this.#cells = [...block.rows[row]!]
  }

  #endBlock(): void {
    const { rows, row } = this.#block!
    rows[row] = this.#cells.join('')
    this.#block = undefined
    this.#write(`${rows.map(text => text.trimEnd()).join('\n').trimEnd()}\n`)
    this.#cells = []
    this.#printed = ''
    this.#column = 0
    this.#redrawn = false
    this.#above = []
  }

  /** Brings what is printed of the current line up to date. */
  #update(): string {
    const line = this.#cells.join('')
    const before = this.#printed
    if (line === before) return ''
    this.#printed = line
    if (line.startsWith(before)) return line.slice(before.length)
    const blank = Math.max(0, before.trimEnd().length - line.trimEnd().length)
    return `\r${line.trimEnd()}${' '.repeat(blank)}`
  }
}
