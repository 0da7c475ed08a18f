import { allMagics } from '../magics/run.ts'
import type { CompleteReply, CompleteRequest } from '../wire/messages.ts'
import { toCodePoints, toUnits } from './code-points.ts'
import type { Kernel } from './context.ts'

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#completion */
export async function complete(kernel: Kernel, { code, cursor_pos }: CompleteRequest): Promise<CompleteReply> {
  const cursor = toUnits(code, cursor_pos)
  const found = await completeMagic(kernel, code, cursor) ?? await (await kernel.interpreter).complete(code, cursor)
  const { matches, start, end, types } = found
  const place = { start: toCodePoints(code, start), end: toCodePoints(code, end) }
  return {
    status: 'ok',
    matches,
    cursor_start: place.start,
    cursor_end: place.end,
    // JupyterLab shows kinds and signatures from this: https://ipython.readthedocs.io/en/stable/whatsnew/version6.html
    metadata: { _jupyter_types_experimental: types.map(type => ({ ...place, ...type })) },
  }
}

type Found = { matches: string[]; start: number; end: number; types: { text: string; type: string; signature?: string; documentation?: string }[] }

/** Names of magics after %, their arguments after the name. Undefined where the cursor is in TypeScript. */
async function completeMagic(kernel: Kernel, code: string, cursor: number): Promise<Found | undefined> {
  const lineStart = code.lastIndexOf('\n', cursor - 1) + 1
  const line = code.slice(lineStart, cursor)
  const magics = allMagics(await kernel.extension)
  const name = /^\s*(%%?[\w-]*)$/.exec(line)?.[1]
  if (name !== undefined) {
    const first = code.slice(0, lineStart).trim() === ''
    const fitting = magics.filter(magic => magic.name.startsWith(name) && (first || !magic.name.startsWith('%%')))
    return {
      matches: fitting.map(magic => magic.name),
      start: cursor - name.length,
      end: cursor,
      types: fitting.map(magic => ({ text: magic.name, type: 'magic', signature: magic.usage, documentation: magic.summary })),
    }
  }
  const [, called, argument] = /^\s*(%%?[\w-]+)[ \t]+(.*)$/.exec(line) ?? []
  const magic = magics.find(magic => magic.name === called)
  if (magic && argument !== undefined && magic.name !== '%time') {
    const word = /\S*$/.exec(argument)?.[0] ?? ''
    const matches = (await magic.complete?.(argument) ?? []).filter(match => match.startsWith(word))
    return { matches, start: cursor - word.length, end: cursor, types: matches.map(text => ({ text, type: 'argument' })) }
  }
  // Below the first line of a cell magic other than %%time is no TypeScript.
  const [, cellMagic] = /^\s*(%%[\w-]+)[^\n]*\n/.exec(code) ?? []
  if (cellMagic && cellMagic !== '%%time') return { matches: [], start: cursor, end: cursor, types: [] }
  return undefined
}
