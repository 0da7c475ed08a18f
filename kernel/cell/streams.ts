import { Console } from 'node:console'
import type { Cell } from './cell.ts'

/**
 * Sends what is written by `console`, `process.stdout` and `process.stderr` to the cell whose code writes it, however
 * late. What no cell wrote goes to the process's own streams.
 */
export function redirectStreams(current: () => Cell | undefined): void {
  redirect('stdout', current)
  redirect('stderr', current)
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      const cell = current()
      if (cell) cell.write(text, name)
      else process[name].write(text)
      return true
    },
  }) as NodeJS.WritableStream
  // Errors of these streams cannot be: without the error listeners of a real stream, a line costs half.
  globalThis.console = new Console({
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    ignoreErrors: false,
    colorMode: true,
    groupIndentation: 2,
  })
}

type Write = (chunk: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done) => boolean
type Done = (error?: Error | null) => void

function redirect(name: 'stdout' | 'stderr', current: () => Cell | undefined): void {
  const stream = process[name]
  const write = stream.write.bind(stream) as Write
  // A character may come in two chunks.
  const decoders = new WeakMap<Cell, InstanceType<typeof TextDecoder>>()
  const decode = (cell: Cell, chunk: Uint8Array): string => {
    let decoder = decoders.get(cell)
    if (!decoder) decoders.set(cell, decoder = new TextDecoder())
    return decoder.decode(chunk, { stream: true })
  }
  stream.write = ((chunk, encoding, done) => {
    const cell = current()
    if (!cell) return write(chunk, encoding, done)
    cell.write(typeof chunk === 'string' ? chunk : decode(cell, chunk), name)
    const callback = typeof encoding === 'function' ? encoding : done
    if (callback) process.nextTick(callback)
    return true
  }) as Write as typeof stream.write
}
