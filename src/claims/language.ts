/**
 * The language in which claims and the picture of the models speak. A notebook in a folder named `zh` speaks Chinese
 * wherever it is opened, since a kernel's working directory is its notebook's folder; elsewhere WIREBOOK_LANG decides.
 */
import { basename } from 'node:path'
import { WirebookError } from '../error.ts'

export type Language = 'en' | 'zh'

let current: Language = startLanguage(process.cwd(), process.env.WIREBOOK_LANG)

/** The language to begin with: that of the folder, else that of the setting (`zh`, `zh_CN.UTF-8`), else English. */
export function startLanguage(folder: string, setting = ''): Language {
  return basename(folder) === 'zh' || setting.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

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
