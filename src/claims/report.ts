/** The claims of all chapters in one report: for a terminal, as JSON, as Markdown. Pure: what is shown comes in. */
import type { Verdict } from '../api/show.ts'
import { tableText } from '../show/table-text.ts'
import { verdicts, type ClaimRecord } from './card.ts'
import { claimsOf } from './catalogue.ts'
import { language } from './language.ts'

/** One chapter that was run. */
export interface ChapterReport {
  /** The notebook's name: `04-container`. */
  chapter: string
  seconds: number
  claims: Omit<ClaimRecord, 'chapter'>[]
  /** What a cell threw, or null. */
  error: string | null
}

/** What `wirebook run --json` writes. */
export interface RunReport { engine: string; backend: string; chapters: ChapterReport[] }

/** The JSON form: only the fields of the contract, in its order. */
export function reportJson({ engine, backend, chapters }: RunReport): RunReport {
  return {
    engine,
    backend,
    chapters: chapters.map(({ chapter, seconds, claims, error }) => ({
      chapter,
      seconds: Math.round(seconds * 10) / 10,
      claims: claims.map(({ id, says, expected, measured, verdict, reason, corrected }) =>
        ({ id, says, expected, measured, verdict, ...(reason && { reason }), ...(corrected && { corrected }) })),
      error,
    })),
  }
}

/** Ids that a chapter should have claimed and did not. */
export function missingClaims({ chapter, claims }: Pick<ChapterReport, 'chapter' | 'claims'>): string[] {
  const made = new Set(claims.map(claim => claim.id))
  return claimsOf(chapter).filter(id => !made.has(id))
}

/** Whether every cell ran, every claim was made and none failed. */
export function passed(chapters: ChapterReport[]): boolean {
  return chapters.every(chapter => chapter.error === null && missingClaims(chapter).length === 0
    && chapter.claims.every(claim => claim.verdict !== 'failed'))
}

/** How many claims came to each verdict, and how many were not made. */
export function tally(chapters: ChapterReport[]): Record<Verdict | 'missing', number> {
  const counts = { reproduced: 0, differs: 0, corrected: 0, failed: 0, missing: 0 }
  for (const chapter of chapters) {
    for (const claim of chapter.claims) counts[claim.verdict]++
    counts.missing += missingClaims(chapter).length
  }
  return counts
}

/**
 * The report as a table of text, a line a claim, at most `width` columns wide where that is given; reasons, corrections
 * and errors stand in full below it. `colour` adds ANSI colours to the verdicts.
 */
export function reportTable(chapters: ChapterReport[], options: { width?: number; colour?: boolean } = {}): string {
  const parts = chapters.map(chapter => chapterText(chapter, options))
  return [...parts, summary(chapters)].join('\n\n')
}

/** One line: `34 claims: 30 reproduced, 2 differ, 2 corrected, 0 failed, in 41.2 s`. */
export function summary(chapters: ChapterReport[]): string {
  const counts = tally(chapters)
  const made = chapters.reduce((sum, chapter) => sum + chapter.claims.length, 0)
  const broken = chapters.filter(chapter => chapter.error !== null).map(chapter => chapter.chapter)
  const seconds = chapters.reduce((sum, chapter) => sum + chapter.seconds, 0)
  return `${made} claim${made === 1 ? '' : 's'}: ${counts.reproduced} reproduced, ${counts.differs} differ${counts.differs === 1 ? 's' : ''}, `
    + `${counts.corrected} corrected, ${counts.failed} failed`
    + (counts.missing > 0 ? `, ${counts.missing} not made` : '')
    + (broken.length > 0 ? `; stopped by an error: ${broken.join(', ')}` : '')
    + `; ${seconds.toFixed(1)} s`
}

/** The report as Markdown: a heading and a table for each chapter, and the summary. */
export function reportMarkdown(chapters: ChapterReport[]): string {
  const parts = chapters.map(chapter => {
    const rows = chapter.claims.map(claim =>
      [`${verdicts[claim.verdict].symbol} ${word(claim.verdict)}`, claim.id, claim.says, claim.expected, claim.measured, remark(claim)])
    const missing = missingClaims(chapter).map(id => ['✗ not made', id, '', '', '', ''])
    const table = [['Verdict', 'Claim', 'Says', 'Expected', 'Measured', 'Remark'], Array(6).fill('---'), ...rows, ...missing]
      .map(cells => `| ${cells.map(escapeCell).join(' | ')} |`)
    return [
      `## ${chapter.chapter} (${chapter.seconds.toFixed(1)} s)`,
      ...(table.length > 2 ? [table.join('\n')] : []),
      ...(chapter.error === null ? [] : [`**Error:** ${escapeCell(chapter.error)}`]),
    ].join('\n\n')
  })
  return `${[...parts, summary(chapters)].join('\n\n')}\n`
}

function chapterText(chapter: ChapterReport, { width = Infinity, colour = false }: { width?: number; colour?: boolean }): string {
  const missing = missingClaims(chapter)
  const rows = [
    ...chapter.claims.map(claim => [`${verdicts[claim.verdict].symbol} ${word(claim.verdict)}`, claim.id, claim.says, claim.expected, claim.measured]),
    ...missing.map(id => ['✗ not made', id, '', '', '']),
  ]
  const heading = `${chapter.chapter}  ${chapter.seconds.toFixed(1)} s`
  const table = rows.length === 0 ? [] : [tableText(['verdict', 'claim', 'says', 'expected', 'measured'], rows, { width })]
  const remarks = chapter.claims.flatMap(claim => remark(claim) ? [`  ${claim.id}  ${remark(claim)}`] : [])
  const error = chapter.error === null ? [] : [`  ✗ ${chapter.error.trim().replaceAll('\n', '\n    ')}`]
  const text = [heading, ...table, ...remarks, ...error].join('\n')
  return colour ? paint(text) : text
}

function word(verdict: Verdict): string {
  return verdicts[verdict].word[language()]
}

function remark(claim: Omit<ClaimRecord, 'chapter'>): string {
  return [claim.corrected && `correct is: ${claim.corrected}`, claim.reason && `because: ${claim.reason}`].filter(Boolean).join('; ')
}

/** ANSI SGR colours at the beginning of a line's verdict: https://man7.org/linux/man-pages/man4/console_codes.4.html */
function paint(text: string): string {
  const codes: Record<string, number> = { '✓': 32, '≈': 36, '✎': 33, '✗': 31 }
  return text.replace(/^(\s*)([✓≈✎✗] \S+)/gmu, (_, indent: string, verdict: string) => `${indent}\u001b[${codes[verdict[0]!]}m${verdict}\u001b[0m`)
}

function escapeCell(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replace(/[|\\`*_<>[\]]/g, '\\$&')
}
