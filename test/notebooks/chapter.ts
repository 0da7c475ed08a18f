/** A chapter's cells in a kernel of its own, run in whatever order a learner may run them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { claimMimeType, type ClaimRecord } from '../../src/claims/card.ts'
import { startKernel } from '../kernel/client.ts'

const folder = new URL('../../notebooks/', import.meta.url).pathname
/** ms that one cell may take. */
const patience = 60_000

export interface Ran {
  /** The code cell's number, from 1, and its first line. */
  cell: string
  claims: ClaimRecord[]
  /** Printed text, without colours. */
  text: string
  error?: { name: string; message: string; traceback: string }
}

export interface Chapter {
  /** The code cells' sources. */
  cells: string[]
  /** Runs the cell of this index. Does not throw for what the cell does. */
  run(index: number): Promise<Ran>
  close(): Promise<void>
}

/** A new kernel with the lab's prelude, as the front ends start it, in the notebooks' folder. */
export async function openChapter(name: string): Promise<Chapter> {
  const notebook = JSON.parse(readFileSync(join(folder, `${name}.ipynb`), 'utf8')) as { cells: { cell_type: string; source: string[] }[] }
  const cells = notebook.cells.filter(cell => cell.cell_type === 'code').map(cell => cell.source.join(''))
  const kernel = await startKernel({ transport: 'ipc', env: { WIREBOOK_PRELUDE: '' }, cwd: folder })
  return {
    cells,
    async run(index) {
      const { of, text } = await kernel.execute(cells[index]!, {}, patience)
      const [error] = of('error')
      const bundles = ['display_data', 'execute_result', 'update_display_data'].flatMap(type => of(type)).map(({ content }) => content.data)
      return {
        cell: `${index + 1}: ${cells[index]!.split('\n').find(line => line.trim() !== '')}`,
        claims: bundles.map(data => data[claimMimeType] as ClaimRecord).filter(Boolean),
        text: stripVTControlCharacters(text()),
        ...error && { error: {
          name: error.content.ename, message: stripVTControlCharacters(error.content.evalue),
          traceback: stripVTControlCharacters(error.content.traceback.join('\n')),
        } },
      }
    },
    close: () => kernel.stop(),
  }
}
