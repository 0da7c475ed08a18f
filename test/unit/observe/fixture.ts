import { readFileSync } from 'node:fs'

/** A captured output, by its path below test/fixtures. */
export function fixture(path: string): string {
  return readFileSync(new URL(`../../fixtures/${path}`, import.meta.url), 'utf8')
}
