import type { Magic } from '../extension.ts'
import type { Outcome } from '../interpreter/interpreter.ts'
import type { MagicContext } from './run.ts'

interface GenericMagic {
  name: string
  usage: string
  summary: string
  run(call: { argument: string; body: string; above: string; context: MagicContext; magics: Magic[] }): Promise<Outcome>
}

const nothing: Outcome = { status: 'ok', value: undefined, bundle: undefined }

/** The magics that have nothing to do with any library. */
export const genericMagics: GenericMagic[] = [
  {
    name: '%help',
    usage: '%help',
    summary: 'Lists the magics, and how to get help on a name.',
    run: async ({ context, magics }) => {
      const rows = magics.map(magic => [magic.usage, magic.summary] as const)
      const width = Math.max(...rows.map(([usage]) => usage.length))
      const plain = [...rows.map(([usage, summary]) => `${usage.padEnd(width)}  ${summary}`), '', ...tips].join('\n')
      const table = ['| magic | what it does |', '| --- | --- |', ...rows.map(([usage, summary]) => `| \`${usage}\` | ${summary} |`)]
      context.cell.display({ 'text/plain': plain, 'text/markdown': [...table, '', ...tips.map(tip => `- ${tip}`)].join('\n') })
      return nothing
    },
  },
  {
    name: '%time',
    usage: '%time EXPRESSION',
    summary: 'Runs one line and prints how long it took.',
    run: ({ argument, above, context }) => timed(context, above + argument, argument, '%time needs an expression on its line: %time await ping(lab.A, lab.B).'),
  },
  {
    name: '%%time',
    usage: '%%time',
    summary: 'Runs the cell and prints how long it took.',
    run: ({ body, above, context }) => timed(context, above + body, body, '%%time needs code in the lines below it.'),
  },
]

const tips = [
  'name? or ?name shows the documentation of a name, name?? all of it; Shift-Tab shows it while typing, Tab completes.',
  'display(value) shows a value, await input(\'…\') asks for a line, clear() removes what the cell has shown.',
]

/** ms, from the start of compilation to the end of the run: what the person waits. */
async function timed(context: MagicContext, code: string, given: string, complaint: string): Promise<Outcome> {
  if (given.trim() === '') return { status: 'error', name: 'UsageError', message: complaint, traceback: [`UsageError: ${complaint}`] }
  const start = performance.now()
  const outcome = await context.execute(code)
  const ms = performance.now() - start
  context.cell.write(`${ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`}\n`)
  return outcome
}
