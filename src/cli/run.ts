import { writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { ChapterReport, RunReport } from '../claims/report.ts'
import { backendName, oneOf, readArguments, wholeNumber, type BackendName } from './arguments.ts'
import { prepareJupyter } from './jupyter/prepare.ts'
import { root, state } from './paths.ts'
import { whileRunning } from './signals.ts'
import { chooseBackend } from '../lab/choose.ts'
import { chaptersNamed, type Chapter } from './run/chapters.ts'
import { execute, type CellFailure, type Step } from './run/execute.ts'
import { Progress } from './run/progress.ts'

const options = {
  backend: { type: 'string' },
  json: { type: 'string' },
  output: { type: 'string' },
  lang: { type: 'string', default: 'en' },
  quiet: { type: 'boolean', default: false },
  timeout: { type: 'string', default: '300' },
} as const

/** Asked in the notebook after its last cell: what its lab was. */
const facts = { engine: 'lab.engine', backend: 'lab.backend' }

/** `wirebook run`: executes chapters headless and reports their claims. */
export default async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options, { atMost: Infinity })
  const backend = backendName(values.backend)
  const language = oneOf('--lang', values.lang, ['en', 'zh'])
  const timeout = wholeNumber('--timeout', values.timeout, { min: 1, max: 86_400 })
  const chapters = chaptersNamed(positionals, language)
  process.env.WIREBOOK_LANG = language
  for (const { needs } of chapters) await chooseBackend(backend, needs) // what cannot be served is said before anything runs
  prepareJupyter()

  const output = values.output === undefined ? join(state, 'executed', language) : resolve(values.output)
  const { report, interrupted } = await runChapters(chapters, { backend, language, timeout, output, quiet: values.quiet })
  const { passed, reportJson, reportTable } = await import('../claims/report.ts')
  if (values.json !== undefined) await writeFile(resolve(values.json), `${JSON.stringify(reportJson(report), null, 2)}\n`)
  const { isTTY = false, columns } = process.stdout
  process.stdout.write(`\n${reportTable(report.chapters, { colour: isTTY, width: columns || 160 })}\n`)
  if (!values.quiet) process.stderr.write(`\nexecuted notebooks: ${output}\n`)
  if (interrupted) return 130
  return passed(report.chapters) ? 0 : 1
}

interface RunSettings {
  backend: BackendName
  language: 'en' | 'zh'
  timeout: number
  output: string
  quiet: boolean
}

async function runChapters(chapters: Chapter[], settings: RunSettings): Promise<{ report: RunReport; interrupted: boolean }> {
  const progress = new Progress(process.stderr, settings.quiet)
  const report: RunReport = { engine: '', backend: '', chapters: [] }
  const job = {
    kernel: 'wirebook',
    timeout: settings.timeout,
    facts,
    chapters: chapters.map(({ name, path }) => ({
      chapter: name,
      source: resolve(path),
      target: join(settings.output, `${name}.ipynb`),
      folder: dirname(resolve(path)),
    })),
  }
  const env = { WIREBOOK_BACKEND: settings.backend, WIREBOOK_LANG: settings.language, WIREBOOK_ROOT: root, WIREBOOK_HISTORY: 'none' }
  const interrupted = await whileRunning(async signal => {
    for await (const step of execute(job, { env, signal })) {
      progress.show(step)
      if (step.event === 'end') await take(step, job.chapters.find(({ chapter }) => chapter === step.chapter)!.target, report)
    }
  })
  return { report, interrupted }
}

/** Adds an executed chapter to the report: its claims are read from the notebook that was written. */
async function take(step: Step & { event: 'end' }, target: string, report: RunReport): Promise<void> {
  const { readFile } = await import('node:fs/promises')
  const { collectClaims } = await import('../claims/collect.ts')
  const claims = new Map(collectClaims(await readFile(target, 'utf8')).map(claim => [claim.id, claim]))
  const chapter: ChapterReport = {
    chapter: step.chapter,
    seconds: step.seconds,
    claims: [...claims.values()],
    error: step.error && describe(step.error),
  }
  report.chapters.push(chapter)
  report.engine ||= step.facts.engine ?? ''
  report.backend ||= step.facts.backend ?? ''
}

function describe({ cell, heading, name, message, traceback }: CellFailure): string {
  const where = cell === undefined ? '' : `cell ${cell}${heading ? ` (${heading})` : ''}: `
  const what = `${name}: ${message}`
  const trace = stripAnsi(traceback.join('\n'))
  if (trace.startsWith(what)) return where + trace
  return `${where}${stripAnsi(what)}${trace && `\n${trace}`}`
}

/** Control sequences that colour text: https://www.ecma-international.org/publications-and-standards/standards/ecma-48/ */
function stripAnsi(text: string): string {
  return text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
}
