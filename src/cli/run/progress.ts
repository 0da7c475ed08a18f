import type { Step } from './execute.ts'

/** Shows how far a run is: one line that changes on a terminal, a line a chapter elsewhere. */
export class Progress {
  #cells = 0
  #line = ''
  #output: NodeJS.WriteStream
  #quiet: boolean

  constructor(output: NodeJS.WriteStream, quiet: boolean) {
    this.#output = output
    this.#quiet = quiet
  }

  show(step: Step): void {
    if (this.#quiet) return
    if (step.event === 'chapter') {
      this.#cells = step.cells
      if (!this.#output.isTTY) this.#output.write(`▶ ${step.chapter} (${step.cells} cells)\n`)
    }
    if (step.event === 'cell') {
      this.#change(`▶ ${step.chapter}  cell ${step.cell} of ${this.#cells}  ${step.heading}`)
    }
    if (step.event === 'end') {
      this.#change('')
      const where = step.error?.cell ? `: cell ${step.error.cell} failed, ${step.error.name}` : ''
      this.#output.write(`${step.error ? '✗' : '✓'} ${step.chapter}  ${step.seconds.toFixed(1)} s${where}\n`)
    }
  }

  #change(line: string): void {
    if (!this.#output.isTTY) return
    const fitting = [...line].slice(0, (this.#output.columns || 80) - 1).join('')
    if (fitting !== this.#line) this.#output.write(`\r\u001b[K${fitting}`)
    this.#line = fitting
  }
}
