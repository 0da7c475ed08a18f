/** The kernel under the tools that people use, each from its command line. */
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installKernel } from '../../kernel/spec.ts'

const repository = new URL('../../', import.meta.url).pathname
const programs = join(repository, '.wirebook/venv/bin')
const folder = mkdtempSync(join(tmpdir(), 'wirebook-front-ends-'))
const environment = {
  ...process.env,
  JUPYTER_PATH: join(folder, 'share/jupyter'),
  JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
  JUPYTER_CONFIG_DIR: join(folder, 'config'),
  IPYTHONDIR: join(folder, 'ipython'),
  WIREBOOK_PRELUDE: 'none',
  WIREBOOK_HISTORY: 'none',
}
beforeAll(() => {
  mkdirSync(join(folder, 'runtime'), { mode: 0o700 })
  installKernel({ prefix: folder })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (program: string, words: string[]) => promisify(execFile)(join(programs, program), words, { env: environment, cwd: folder, timeout: 60_000 })

interface Cell { cell_type: string; source: string; metadata?: { tags?: string[] } }

function notebook(name: string, cells: Cell[]): string {
  const path = join(folder, name)
  const metadata = { kernelspec: { name: 'wirebook', display_name: 'TypeScript (Wirebook)', language: 'typescript' }, language_info: { name: 'typescript' } }
  writeFileSync(path, JSON.stringify({
    nbformat: 4, nbformat_minor: 5, metadata,
    cells: cells.map((cell, place) => ({ id: `c${place}`, metadata: {}, ...cell, ...cell.cell_type === 'code' && { outputs: [], execution_count: null } })),
  }))
  return path
}

const outputs = (path: string) => (JSON.parse(readFileSync(path, 'utf8')) as { cells: { outputs?: any[] }[] }).cells.flatMap(cell => cell.outputs ?? [])
const joined = (text: string | string[]) => Array.isArray(text) ? text.join('') : text

describe('nbconvert', () => {
  const cells = [{ cell_type: 'code', source: 'const answer: number = 42\nconsole.log(answer)' }, { cell_type: 'code', source: 'answer + 1' }]

  test('executes, stops at a failure, and exports HTML with colours and a .ts script', { timeout: 120_000 }, async () => {
    const path = notebook('plain.ipynb', cells)
    await run('jupyter-nbconvert', ['--to', 'notebook', '--execute', '--inplace', path])
    const [stream, result] = outputs(path)
    expect(joined(stream.text)).toContain('42')
    expect(joined(result.data['text/plain'])).toContain('43')
    await run('jupyter-nbconvert', ['--to', 'html', path])
    expect(readFileSync(join(folder, 'plain.html'), 'utf8')).toMatch(/class="kd">const<|class="kr">const</)
    await run('jupyter-nbconvert', ['--to', 'script', path])
    expect(readFileSync(join(folder, 'plain.ts'), 'utf8')).toContain('const answer: number = 42')

    const failing = notebook('failing.ipynb', [{ cell_type: 'code', source: 'throw new Error("stop here")' }, { cell_type: 'code', source: 'console.log("never")' }])
    await expect(run('jupyter-nbconvert', ['--to', 'notebook', '--execute', '--output', 'failed', failing])).rejects.toThrow(/stop here/)
  })
})

test('papermill puts parameters in, and knows those of a notebook', { timeout: 120_000 }, async () => {
  const path = notebook('parameters.ipynb', [
    { cell_type: 'code', source: 'let count: number = 1 // how many\nlet name = "nobody"', metadata: { tags: ['parameters'] } },
    { cell_type: 'code', source: 'console.log(count * 2, name, list.length, options.deep.flag)' },
  ])
  const target = join(folder, 'filled.ipynb')
  await run('papermill', [path, target, '-p', 'count', '21', '-p', 'name', 'a "quoted" \u00fc', '-y', '{list: [1, 2.5, null, true], options: {deep: {flag: false}}}'])
  expect(outputs(target).map(({ text }) => joined(text ?? '')).join('').replaceAll(/\u001b\[\d+m/g, '')).toBe('42 a "quoted" ü 4 false\n')
  expect((await run('papermill', ['--help-notebook', path])).stdout).toMatch(/count: number \(default 1\)\s+how many/)
})

test('jupyter console shows the banner and runs cells', { timeout: 60_000 }, async () => {
  expect(existsSync(join(programs, 'jupyter-console'))).toBe(true)
  const child = spawn(join(programs, 'jupyter-console'), ['--kernel', 'wirebook', '--simple-prompt', '--ZMQTerminalInteractiveShell.kernel_timeout=30'], { env: environment, cwd: folder })
  let seen = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => seen += String(data))
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.stdin.write('const left: number = 40\nleft + 2\n')
  const deadline = Date.now() + 40_000
  while (!/42/.test(seen) && Date.now() < deadline) await new Promise(resolve => setTimeout(resolve, 100))
  child.stdin.end()
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await ended
  clearTimeout(timer)
  expect(seen).toContain('Wirebook')
  expect(seen).toMatch(/42/)
})
