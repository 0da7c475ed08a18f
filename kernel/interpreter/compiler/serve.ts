/** The compiler's process: answers requests on its standard input until that ends. One at a time, in order. */
import { readSync, writeSync } from 'node:fs'
import { compile } from './compile.ts'
import { complete } from './complete.ts'
import { inspect } from './inspect.ts'
import { tidy } from './memory.ts'
import { isComplete } from './is-complete.ts'
import type { Language } from './language.ts'
import { NodeTypesNeeded } from './program.ts'
import type { Answer, Replies, Request } from './protocol.ts'
import type { BoundFile } from './typescript.ts'

/** Returns when the kernel has closed the connection. */
export function serve(language: Language): void {
  const answer = requests(language)
  for (let text = readMessage(); text !== undefined; text = readMessage()) {
    const request = JSON.parse(text) as Request
    let reply: Answer
    try {
      reply = { value: answer(request) }
    } catch (error) {
      reply = error instanceof NodeTypesNeeded
        ? { move: true } : { failed: error instanceof Error ? error.stack ?? error.message : String(error) }
    }
    writeMessage(JSON.stringify(reply))
    tidy(language, request.kind === 'rest')
  }
}

/** Answers one request. Kept apart from the pipe, so that a process can be warmed before it has one. */
export function requests(language: Language): (request: Request) => Replies[Request['kind']] {
  const files = new Map<number, BoundFile>()
  let cells = 0
  return request => {
    switch (request.kind) {
      case 'enter':
        language.surroundings.enter(request.cwd, request.nodeTypesElsewhere)
        return null
      case 'compile': {
        const file = language.open(request.code)
        const cell = ++cells
        const result = compile(language, file, request.check)
        files.clear()
        files.set(cell, file)
        return { cell, ...result }
      }
      case 'link': {
        const file = files.get(request.cell)
        const names = new Set(request.names)
        if (file) language.link(file, name => names.has(name))
        return null
      }
      case 'restore':
        for (const { code, names } of request.cells) {
          const known = new Set(names)
          language.link(language.open(code), name => known.has(name))
        }
        return null
      case 'complete': return complete(language, request.code, request.position)
      case 'inspect': return inspect(language, request.code, request.position, request.detail)
      case 'isComplete': return isComplete(request.code)
      case 'rest': return null
    }
  }
}

function readMessage(): string | undefined {
  const head = readExactly(4)
  return head && readExactly(head.readUInt32LE())?.toString('utf8')
}

function readExactly(length: number): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(length)
  for (let at = 0; at < length;) {
    const count = readSync(0, bytes, at, length - at, null)
    if (count === 0) return undefined
    at += count
  }
  return bytes
}

function writeMessage(text: string): void {
  const body = Buffer.from(text, 'utf8')
  const message = Buffer.allocUnsafe(4 + body.length)
  message.writeUInt32LE(body.length)
  body.copy(message, 4)
  for (let at = 0; at < message.length;) at += writeSync(1, message, at)
}
