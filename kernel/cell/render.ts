import { inspect } from 'node:util'
import { displaySymbol } from '../../src/output.ts'
import type { MimeBundle } from '../../src/output.ts'
import type { Extension } from '../extension.ts'

/** How a value shows: its own bundle, the extension's, else as Node prints it. A promise only where they give one. */
export function render(value: unknown, extension?: Extension): MimeBundle | Promise<MimeBundle> {
  const own = isObject(value) ? (value as { [displaySymbol]?: unknown })[displaySymbol] : undefined
  if (typeof own === 'function') return own.call(value) as MimeBundle | Promise<MimeBundle>
  const given = extension?.render?.(value)
  if (given instanceof Promise) return given.then(bundle => bundle ?? plain(value))
  return given ?? plain(value)
}

function plain(value: unknown): MimeBundle {
  return { 'text/plain': inspect(value, { colors: true }) }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
