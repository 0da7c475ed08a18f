import { readFileSync } from 'node:fs'

/** What `wirebook help` prints. The bootstrap prints the same file before anything is installed. */
export function usage(): string {
  return readFileSync(new URL('usage.txt', import.meta.url), 'utf8')
}
