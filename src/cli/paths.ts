/** Where things are. Everything that is written on a learner's machine is below `.wirebook` in the repository. */
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
export const state = join(root, '.wirebook')
export const python = join(state, 'venv/bin/python')

/** The folder of a language's notebooks. */
export function notebooks(language: 'en' | 'zh' = 'en'): string {
  return join(root, 'notebooks', ...(language === 'zh' ? ['zh'] : []))
}
