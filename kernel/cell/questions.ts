import type { Wire } from '../wire/wire.ts'
import type { Questions } from './cell.ts'

interface Question { request: number; prompt: string; password: boolean; resolve: (value: string) => void }

/** Questions to the person, one after the other; a question whose cell is interrupted is withdrawn. */
export function createQuestions(wire: Wire): Questions & { answered(value: string): void } {
  const queue: Question[] = []
  const askFirst = () => {
    const [first] = queue
    if (first) wire.requestInput(first.request, first.prompt, first.password)
  }
  const leave = (question: Question) => {
    const at = queue.indexOf(question)
    if (at >= 0) queue.splice(at, 1)
    if (at === 0) askFirst()
  }
  return {
    ask: (request, prompt, password, signal) => new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const question: Question = { request, prompt, password, resolve }
      const withdraw = () => {
        leave(question)
        reject(signal.reason)
      }
      signal.addEventListener('abort', withdraw, { once: true })
      question.resolve = value => {
        signal.removeEventListener('abort', withdraw)
        resolve(value)
      }
      queue.push(question)
      if (queue.length === 1) askFirst()
    }),
    answered(value) {
      const [first] = queue
      if (!first) return
      first.resolve(value)
      leave(first)
    },
  }
}
