/** QEMU's control protocol, as far as a snapshot needs it: https://www.qemu.org/docs/master/interop/qmp-spec.html */
import type { Socket } from 'node:net'
import { WirebookError } from '../../../error.ts'

type Answer = { resolve: (value: Record<string, unknown>) => void; reject: (error: Error) => void }

export class Qmp {
  readonly #stream: Socket
  readonly #answers: Answer[] = []
  #rest = ''

  constructor(stream: Socket) {
    this.#stream = stream
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => this.#receive(text))
    const gone = () => {
      for (const { reject } of this.#answers.splice(0)) reject(new WirebookError('the virtual machine has ended'))
    }
    stream.on('error', gone).on('close', gone)
  }

  /** Runs a command and returns what it gives. */
  async run(execute: string, parameters?: Record<string, unknown>): Promise<Record<string, unknown>> {
    const answer = new Promise<Record<string, unknown>>((resolve, reject) => this.#answers.push({ resolve, reject }))
    this.#stream.ref()
    this.#stream.write(`${JSON.stringify({ execute, arguments: parameters })}\n`)
    try {
      return await answer
    } finally {
      if (this.#answers.length === 0) this.#stream.unref()
    }
  }

  #receive(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines.filter(Boolean)) {
      const message = JSON.parse(line) as { return?: Record<string, unknown>; error?: { desc: string } }
      if (message.error) this.#answers.shift()?.reject(new WirebookError(`QEMU: ${message.error.desc}`))
      else if (message.return) this.#answers.shift()?.resolve(message.return)
    }
  }
}
