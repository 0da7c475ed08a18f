import { WirebookError } from '../error.ts'

/** One shell word that means exactly this text, in any POSIX shell: what needs no quotes stays readable. */
export function quote(text: string): string {
  if (/^[\w@%+:,./-]+$/.test(text)) return text
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** A command as one would type it. */
export function quoteCommand(command: string[]): string {
  return command.map(quote).join(' ')
}

/** Text of an interpolated value. Throws for what has no obvious text, naming what it was. */
export function wordOf(value: unknown, place: number): string {
  switch (typeof value) {
    case 'string':
      if (value.includes('\0')) throw new WirebookError(`sh: value ${place} holds a NUL byte, which no command can be given.`)
      return value
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
  }
  throw new WirebookError(`sh: value ${place} is ${describe(value)}; a command takes text, numbers and booleans, or arrays of them.`, {
    remedy: isNode(value) ? `Write which of its properties you mean: \${${'…'}.ip} or \${${'…'}.name}.` : undefined,
  })
}

function isNode(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'inNetwork' in value
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object') return `a ${typeof value}`
  if (value instanceof Promise) return 'a promise (await is missing)'
  const name = 'name' in value && typeof value.name === 'string' ? ` (${value.name})` : ''
  return `an object${name}`
}
