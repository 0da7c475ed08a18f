import { WirebookError } from '../error.ts'
import { claimMimeType, verdicts, type ClaimRecord } from './card.ts'

/** As much of a notebook as is read: https://nbformat.readthedocs.io/en/latest/format_description.html */
export interface NotebookDocument { cells: { cell_type: string; outputs?: { output_type: string; data?: Record<string, unknown> }[] }[] }

/**
 * The claims that an executed notebook made, in order; a claim made twice is there twice. Takes the notebook's JSON,
 * parsed or as text. Throws where it is no notebook, or a claim in it is not as `claim` writes it.
 */
export function collectClaims(notebook: NotebookDocument | string): ClaimRecord[] {
  const { cells } = parse(notebook)
  return cells.flatMap((cell, index) => (cell.outputs ?? []).flatMap(({ data }) => {
    const found = data?.[claimMimeType]
    return found === undefined ? [] : [readRecord(found, index + 1)]
  }))
}

function parse(notebook: NotebookDocument | string): NotebookDocument {
  let document: unknown = notebook
  try {
    if (typeof notebook === 'string') document = JSON.parse(notebook)
  } catch (cause) {
    throw new WirebookError('The notebook is not JSON.', { cause, remedy: 'Give the text of an .ipynb file (nbformat 4).' })
  }
  if (Array.isArray((document as NotebookDocument | null)?.cells)) return document as NotebookDocument
  throw new WirebookError('The notebook has no list of cells.', { remedy: 'Give the text of an .ipynb file (nbformat 4).' })
}

const required = ['id', 'says', 'expected', 'measured', 'verdict', 'chapter'] as const

function readRecord(found: unknown, cell: number): ClaimRecord {
  const record = (typeof found === 'string' ? parseRecord(found, cell) : found) as Partial<ClaimRecord> | null
  const wrong = required.filter(field => typeof record?.[field] !== 'string')
  if (record && wrong.length === 0 && Object.hasOwn(verdicts, record.verdict!)) return record as ClaimRecord
  const what = wrong.length > 0 ? `lacks ${wrong.join(', ')}` : `has the unknown verdict "${record!.verdict}"`
  throw new WirebookError(`The claim in cell ${cell} ${what}.`, { remedy: 'Run the notebook again: claims are written by claim().' })
}

function parseRecord(text: string, cell: number): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new WirebookError(`The claim in cell ${cell} is not JSON.`, { cause, remedy: 'Run the notebook again: claims are written by claim().' })
  }
}
