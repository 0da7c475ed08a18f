import { parseArgs, type ParseArgsConfig } from 'node:util'
import { UsageError } from './failure.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/**
 * Options and words of a command line; what is not known is a UsageError.
 * `words` says how many words may stand beside the options.
 */
export function readArguments<T extends Options>(args: string[], options: T, words: { atMost: number } = { atMost: 0 }) {
  const parsed = parse(args, options)
  if (parsed.positionals.length > words.atMost) {
    throw new UsageError(`"${parsed.positionals[words.atMost]}" is one word too many here`)
  }
  return parsed
}

function parse<T extends Options>(args: string[], options: T) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: true })
  } catch (error) {
    throw new UsageError((error as Error).message.split('. To specify')[0]!)
  }
}

/** A value that must be one of a few. */
export function oneOf<const T extends string>(option: string, value: string, allowed: readonly T[]): T {
  if ((allowed as readonly string[]).includes(value)) return value as T
  throw new UsageError(`${option} is "${value}": expected ${allowed.join(', ')}`)
}

/** A whole number within bounds. */
export function wholeNumber(option: string, value: string, { min, max }: { min: number; max: number }): number {
  const number = Number(value)
  if (/^\d+$/.test(value) && number >= min && number <= max) return number
  throw new UsageError(`${option} is "${value}": expected a whole number from ${min} to ${max}`)
}

export const backends = ['auto', 'namespaces', 'microvm', 'engines'] as const
export type BackendName = (typeof backends)[number]

/** The backend that is asked for: the option, else WIREBOOK_BACKEND, else auto. */
export function backendName(option: string | undefined): BackendName {
  return oneOf('--backend', option ?? (process.env.WIREBOOK_BACKEND || 'auto'), backends)
}
