import type { Shown } from '../api/show.ts'
import { displaySymbol, type MimeBundle } from '../output.ts'

/** A bundle as something to put last in a cell. Its text form is the bundle's text/plain. */
export function shown(bundle: MimeBundle): Shown {
  return { bundle, text: String(bundle['text/plain'] ?? ''), [displaySymbol]: () => bundle }
}
