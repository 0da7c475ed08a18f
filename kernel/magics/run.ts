import type { MimeBundle } from '../../src/output.ts'
import type { Cell } from '../cell/cell.ts'
import { render } from '../cell/render.ts'
import { describeError } from '../interpreter/run/traceback.ts'
import type { Extension, Magic } from '../extension.ts'
import type { Inspection, Outcome } from '../interpreter/interpreter.ts'
import { genericMagics } from './generic.ts'
import { parse } from './parse.ts'

export interface MagicContext {
  extension: Extension | undefined
  cell: Cell
  /** Runs TypeScript as a part of this cell. */
  execute(code: string): Promise<Outcome>
  isComplete(code: string): Promise<boolean>
  inspect(code: string, cursor: number, detail: 0 | 1): Promise<Inspection | undefined>
  /** Shows a text in the front end's pager. */
  page(bundle: MimeBundle): void
}

/** Runs a cell, magics and all; TypeScript in it goes to the interpreter. */
export async function runWithMagics(code: string, context: MagicContext): Promise<Outcome> {
  const parsed = await parse(code, context.isComplete)
  if (parsed.kind === 'help') return showHelp(parsed.expression, parsed.detail, context)
  if (parsed.kind === 'cell magic') {
    const above = '\n'.repeat(parsed.line + 1)
    return runMagic(parsed.name, parsed.argument, parsed.body, above, context)
  }
  let outcome: Outcome = { status: 'ok', value: undefined, bundle: undefined }
  for (const segment of parsed.segments) {
    outcome = segment.kind === 'code'
      ? await context.execute(segment.code)
      : await runMagic(segment.name, segment.argument, '', '\n'.repeat(segment.line), context)
    if (outcome.status !== 'ok') return outcome
  }
  return outcome
}

/** All magics that a cell may use: the kernel's and the extension's. */
export function allMagics(extension: Extension | undefined): Magic[] {
  return [...genericMagics.map(({ name, usage, summary }) => ({ name, usage, summary, run: async () => {} })), ...extension?.magics ?? []]
}

async function runMagic(name: string, argument: string, body: string, above: string, context: MagicContext): Promise<Outcome> {
  const own = genericMagics.find(magic => magic.name === name)
  if (own) return own.run({ argument, body, above, context, magics: allMagics(context.extension) })
  const magic = context.extension?.magics.find(magic => magic.name === name)
  if (!magic) return unknownMagic(name, allMagics(context.extension))
  try {
    const value = await magic.run(argument, body, context.cell)
    return { status: 'ok', value, bundle: value === undefined ? undefined : await render(value, context.extension) }
  } catch (error) {
    return { status: 'error', ...describeError(error) }
  }
}

function unknownMagic(name: string, magics: Magic[]): Outcome {
  const bare = name.replace(/^%+/, '')
  const twin = magics.find(magic => magic.name.replace(/^%+/, '') === bare)
  const message = twin
    ? `${name} is written ${twin.usage}${twin.name.startsWith('%%') ? ' in the first line of a cell, its lines below' : ''}.`
    : `There is no magic ${name}. There are: ${magics.map(magic => magic.usage).join(', ')}. %help explains them.`
  return { status: 'error', ...describeError(Object.assign(new Error(message), { name: 'UnknownMagic', stack: undefined })) }
}

async function showHelp(expression: string, detail: 0 | 1, context: MagicContext): Promise<Outcome> {
  const magic = allMagics(context.extension).find(magic => magic.name === expression)
  const bundle = magic
    ? { 'text/plain': `${magic.usage}\n\n${magic.summary}`, 'text/markdown': `\`${magic.usage}\`\n\n${magic.summary}` }
    : (await context.inspect(expression, expression.length, detail))?.bundle
  if (!bundle) {
    const message = `Nothing is known about ${expression}. It may not be defined yet: run the cell that makes it.`
    return { status: 'error', ...describeError(Object.assign(new Error(message), { name: 'NotFound', stack: undefined })) }
  }
  context.page(bundle)
  return { status: 'ok', value: undefined, bundle: undefined }
}
