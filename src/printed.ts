import { displaySymbol, type MimeBundle } from './output.ts'

/**
 * Marks a result as printed already, so that as the last expression of a cell it is not shown a second time; one that
 * was not printed shows as its text. The mark is not enumerable: a comparison or a listing of the result does not see it.
 */
export function printed<T extends object>(result: T, wasPrinted: boolean, text: string): T {
  const bundle: MimeBundle = wasPrinted ? {} : { 'text/plain': text }
  return Object.defineProperty(result, displaySymbol, { value: () => bundle, enumerable: false })
}
