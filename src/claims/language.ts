/** The language in which claims speak. Notebooks of `zh/` set `zh`; the default comes from WIREBOOK_LANG. */
import { WirebookError } from '../error.ts'

export type Language = 'en' | 'zh'

let current: Language = process.env.WIREBOOK_LANG?.toLowerCase().startsWith('zh') ? 'zh' : 'en'

/** Chooses the language of what claims show from now on. Throws for one that is neither `en` nor `zh`. */
export function setLanguage(language: Language): void {
  if (language !== 'en' && language !== 'zh') {
    throw new WirebookError(`The language "${String(language)}" is not known.`, { remedy: "Use 'en' or 'zh'." })
  }
  current = language
}

export function language(): Language {
  return current
}
