/** How a claim looks: one compact row in a notebook, two or three lines in a terminal, a record for `wirebook run`. */
import type { Verdict } from '../api/show.ts'
import type { MimeBundle } from '../output.ts'
import { escapeMarkup } from '../show/escape.ts'
import type { Language } from './language.ts'

/** The mime type by which `wirebook run` finds claims in an executed notebook. */
export const claimMimeType = 'application/vnd.wirebook.claim+json'

/** What a claim leaves in the notebook, under `claimMimeType`. */
export interface ClaimRecord {
  id: string
  says: string
  expected: string
  measured: string
  verdict: Verdict
  reason?: string
  corrected?: string
  chapter: string
}

/** Word, symbol and colour each say the verdict alone. White text on each colour has a contrast of at least 4.5. */
export const verdicts: Readonly<Record<Verdict, { symbol: string; colour: string; word: Record<Language, string> }>> = {
  reproduced: { symbol: '✓', colour: '#00735c', word: { en: 'reproduced', zh: '已重现' } },
  differs: { symbol: '≈', colour: '#0067a3', word: { en: 'differs', zh: '有差异' } },
  corrected: { symbol: '✎', colour: '#8a5700', word: { en: 'corrected', zh: '已更正' } },
  failed: { symbol: '✗', colour: '#b8370b', word: { en: 'failed', zh: '未通过' } },
}

const labels: Record<Language, { tutorial: string; wanted: string; measured: string; reason: string; corrected: string }> = {
  en: { tutorial: 'tutorial', wanted: 'expected', measured: 'measured', reason: 'because', corrected: 'correct is' },
  zh: { tutorial: '教程', wanted: '预期', measured: '实测', reason: '原因', corrected: '正确的是' },
}

/** The bundle of one claim: text/html, text/plain and the record. */
export function claimBundle(record: ClaimRecord, language: Language): MimeBundle {
  return { 'text/html': html(record, language), 'text/plain': text(record, language), [claimMimeType]: { ...record } }
}

/** Theme-aware by inheriting: text colour and line colour are the page's own, only the badge has its colours. */
function html(record: ClaimRecord, language: Language): string {
  const { symbol, colour, word } = verdicts[record.verdict]
  const badge = `<span style="flex:none;background:${colour};color:#fff;border-radius:4px;padding:1px 8px;font-weight:600;`
    + `white-space:nowrap;min-width:7.2em;box-sizing:border-box">${symbol} ${word[language]}</span>`
  const rows = valueParts(record, language)
    .map(([label, value, kind]) => `<span style="opacity:.72">${escapeMarkup(label)}</span><span style="overflow-wrap:anywhere">`
      + (kind === 'value' ? `<code style="background:none;color:inherit;padding:0">${escapeMarkup(value)}</code>` : escapeMarkup(value)) + '</span>')
    .join('')
  const values = `<div style="display:grid;grid-template-columns:max-content 1fr;column-gap:10px">${rows}</div>`
  return `<div role="group" aria-label="claim ${escapeMarkup(record.id)}: ${word[language]}" style="display:flex;gap:10px;align-items:baseline;`
    + `border-left:4px solid ${colour};padding:3px 0 3px 8px;margin:2px 0;font-size:13px;line-height:1.45">`
    + `${badge} <div style="min-width:0"><b>${escapeMarkup(record.id)}</b> ${escapeMarkup(record.says)}${values}</div></div>`
}

function text(record: ClaimRecord, language: Language): string {
  const { symbol, word } = verdicts[record.verdict]
  const values = valueParts(record, language).map(([label, value]) => `    ${label}: ${value}`)
  return [`${symbol} ${word[language]}  ${record.id}  ${record.says}`, ...values].join('\n')
}

type Part = [label: string, value: string, kind: 'value' | 'prose']

function valueParts(record: ClaimRecord, language: Language): Part[] {
  const label = labels[language]
  const literal = record.verdict === 'corrected' || record.verdict === 'differs'
  const expected: Part = [literal ? label.tutorial : label.wanted, record.expected, 'value']
  const parts: Part[] = [expected, [label.measured, record.measured, 'value']]
  if (record.corrected) parts.push([label.corrected, record.corrected, 'prose'])
  if (record.reason) parts.push([label.reason, record.reason, 'prose'])
  return parts
}
