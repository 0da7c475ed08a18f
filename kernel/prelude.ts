/** Where the two halves meet: what notebooks start with, made of `src/` in the form that the kernel takes. */
import { fileURLToPath } from 'node:url'
import { createNotebook } from '../src/index.ts'
import type { Extension } from './extension.ts'

const { globals, magics, completeString, shutdown } = createNotebook()

export const extension: Extension = {
  globals,
  declarations: fileURLToPath(new URL('prelude.d.ts', import.meta.url)),
  magics,
  completeString,
  shutdown,
}
