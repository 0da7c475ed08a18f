import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Need } from '../../api/lab.ts'
import { UsageError } from '../failure.ts'
import { notebooks } from '../paths.ts'

/** A chapter's notebook. */
export interface Chapter {
  /** `04-container` */
  name: string
  path: string
  /** Kernel features that its cells ask a lab for. */
  needs: Need[]
}

/** All chapters of a folder, in the book's order. */
export function allChapters(folder: string): Chapter[] {
  return readdirSync(folder)
    .filter(file => file.endsWith('.ipynb'))
    .sort()
    .map(file => ({ name: file.slice(0, -'.ipynb'.length), path: join(folder, file), needs: needsOf(join(folder, file)) }))
}

/**
 * The chapters that are meant, in the order given, each once: `04-container`, `4`, `04`, `container`, or a notebook's
 * path. None named means all.
 */
export function chaptersNamed(words: string[], language: 'en' | 'zh' = 'en', folder = notebooks(language)): Chapter[] {
  const all = allChapters(folder)
  if (words.length === 0) return all
  const found = words.map(word => (word.endsWith('.ipynb') ? fileChapter(word) : namedChapter(word, all)))
  return found.filter((chapter, index) => found.findIndex(other => other.path === chapter.path) === index)
}

function namedChapter(word: string, all: Chapter[]): Chapter {
  const chapter = all.find(({ name }) => {
    const [, number, topic] = /^(\d+)-(.+)$/.exec(name) ?? []
    return word === name || word === topic || (/^\d+$/.test(word) && Number(word) === Number(number))
  })
  if (chapter) return chapter
  throw new UsageError(`there is no chapter "${word}": the chapters are ${all.map(({ name }) => name).join(', ')}`)
}

function fileChapter(path: string): Chapter {
  const name = path.split('/').at(-1)!.slice(0, -'.ipynb'.length)
  try {
    return { name, path, needs: needsOf(path) }
  } catch (error) {
    throw new UsageError(`there is no notebook ${path}: ${(error as Error).message}`)
  }
}

/** The features that a notebook's cells name in `needs: […]`: the cells are the one place where a chapter says so. */
function needsOf(path: string): Need[] {
  const { cells } = JSON.parse(readFileSync(path, 'utf8')) as { cells: { cell_type: string; source: string | string[] }[] }
  const code = cells.filter(cell => cell.cell_type === 'code').map(cell => [cell.source].flat().join('')).join('\n')
  const lists = [...code.matchAll(/\bneeds:\s*\[([^\]]*)\]/g)]
  return [...new Set(lists.flatMap(([, list]) => [...list!.matchAll(/['"](\w+)['"]/g)].map(([, need]) => need as Need)))]
}
