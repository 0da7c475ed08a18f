/** How a cell's last value is shown. */
import { inspect } from 'node:util'
import type { MimeBundle } from '../../../src/output.ts'
import type { Extension } from '../../extension.ts'

const display = Symbol.for('Jupyter.display')

/** Its own bundle (`Symbol.for('Jupyter.display')`), else the extension's, else text. Undefined shows nothing. */
export async function render(value: unknown, extension: Extension): Promise<MimeBundle | undefined> {
  if (value === undefined) return undefined
  const own = (value as Record<symbol, unknown> | null)?.[display]
  if (typeof own === 'function') {
    const bundle: unknown = await own.call(value)
    if (bundle && typeof bundle === 'object') return bundle as MimeBundle
  }
  return await extension.render?.(value) ?? { 'text/plain': text(value) }
}

/** As Node's inspect writes it, a page or so. */
export function text(value: unknown): string {
  return inspect(value, { depth: 4, maxArrayLength: 200, maxStringLength: 20_000, breakLength: 100 })
}
