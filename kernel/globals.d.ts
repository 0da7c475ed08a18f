/** The names that the kernel itself gives to every notebook, with or without an extension. */
import type { Comms } from './cell/comms.ts'

declare global {
  /** Shows a value now; a bundle of data by mime type when `raw`. Gives a handle that replaces it where it stands. */
  function display(value: unknown, options?: { raw?: boolean; id?: string }): { id: string; update(value: unknown): void }
  /** Asks the person for a line of text; hidden while typed when `password`. */
  function input(prompt?: string, options?: { password?: boolean }): Promise<string>
  /** Removes what this cell has shown; with `wait`, only when its next output comes. */
  function clear(wait?: boolean): void
  /** Conversations with code in the front end, as widgets have them. */
  const comms: Comms
}
export {}
