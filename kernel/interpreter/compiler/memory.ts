/** Keeps the compiler's process small: it blocks on its input, so V8's own idle-time collection never has a turn. */
import type { Language } from './language.ts'

/** Bytes of growth after which a collection is worth its 40 ms while nobody waits, or in any case. */
const growthWhenIdle = 4e6
const growthAtMost = 12e6
/** Bytes of living types after which the checker is made anew. */
const roomForTypes = 64e6

let living: number | undefined
let first: number | undefined

export function tidy(language: Language, idle: boolean): void {
  const used = process.memoryUsage().heapUsed
  first ??= used
  living ??= used
  if (used - living < (idle ? growthWhenIdle : growthAtMost)) return
  if (used - first > roomForTypes) {
    language.renew()
    first = undefined
  }
  collect(idle)
  living = process.memoryUsage().heapUsed
}

/** There with --expose-gc. While nobody waits it also gives pages back to the system. */
function collect(thorough: boolean): void {
  const gc = globalThis.gc as ((options: object) => void) | undefined
  gc?.({ type: 'major', execution: 'sync', flavor: thorough ? 'last-resort' : 'regular' })
}
