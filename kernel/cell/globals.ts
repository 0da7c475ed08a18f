import { displaySymbol, output } from '../../src/output.ts'
import type { MimeBundle } from '../../src/output.ts'
import type { Extension } from '../extension.ts'
import type { Comms } from './comms.ts'
import { currentCell } from './current.ts'
import { render } from './render.ts'

/** The kernel's own names, there with or without an extension; declared in `kernel/globals.d.ts`. */
export function kernelGlobals(comms: Comms, extension: Extension | undefined): Record<string, unknown> {
  const bundleOf = (value: unknown, raw: boolean): MimeBundle | Promise<MimeBundle> => raw ? rawBundle(value) : render(value, extension)

  const display = (value: unknown, { raw = false, id = crypto.randomUUID() as string }: { raw?: boolean; id?: string } = {}) => {
    // The cell is the one that calls now, also where the bundle is made later.
    const cell = output()
    let last = show(bundleOf(value, raw), bundle => cell.display(bundle, { id }))
    return {
      id,
      update(next: unknown) {
        const emit = (bundle: MimeBundle) => cell.update(id, bundle)
        last = last ? last.then(() => show(bundleOf(next, raw), emit)) : show(bundleOf(next, raw), emit)
      },
      // As the last expression of a cell it shows nothing more than it has shown.
      [displaySymbol]: () => ({}),
    }
  }

  return {
    display,
    input: (prompt = '', options?: { password?: boolean }) => output().ask(String(prompt), options),
    clear: (wait = false) => output().clear(wait),
    comms,
  }
}

/** At once where the bundle is there, so that output keeps the order of the calls; else the cell waits for it. */
function show(bundle: MimeBundle | Promise<MimeBundle>, emit: (bundle: MimeBundle) => void): Promise<void> | undefined {
  if (!(bundle instanceof Promise)) return void emit(bundle)
  const shown = bundle.then(emit)
  currentCell()?.awaits(shown)
  return shown
}

function rawBundle(value: unknown): MimeBundle {
  if (typeof value === 'object' && value !== null && Object.keys(value).every(key => key.includes('/'))) return value as MimeBundle
  throw new TypeError(`display with raw takes a bundle of data by mime type, { 'text/html': '…' }; it was given ${typeof value === 'object' && value ? `the keys ${Object.keys(value).join(', ')}` : String(value)}.`)
}
