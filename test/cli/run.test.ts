import { readdirSync, readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunReport } from '../../src/claims/report.ts'
import { wirebook } from './wirebook.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirebook-run-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A notebook of the book's name, so that its claims are those that chapter 1 must make. */
function notebook(...code: string[]): string {
  const path = join(folder, '01-none.ipynb')
  const cells = [
    { cell_type: 'markdown', id: 'head', metadata: {}, source: '# A chapter\n## Its only part' },
    ...code.map((source, index) => ({ cell_type: 'code', id: `cell-${index}`, metadata: {}, source, outputs: [], execution_count: null })),
  ]
  const kernelspec = { name: 'wirebook', display_name: 'Wirebook', language: 'typescript' }
  writeFileSync(path, JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }))
  return path
}

async function run(path: string, ...words: string[]) {
  const json = join(folder, 'report.json')
  const output = join(folder, 'executed')
  const ended = await wirebook(['run', path, '--json', json, '--output', output, ...words])
  const report = JSON.parse(readFileSync(json, 'utf8')) as RunReport
  return { ...ended, report, chapter: report.chapters[0]!, executed: join(output, '01-none.ipynb') }
}

const three = [
  "claim('1.1', { expected: 1, measured: 1 })",
  "claim('1.2', { expected: 'ttl 53', measured: 'ttl 64', holds: true, reason: 'the sealed internet' })",
  "claim('1.3', { expected: 2, measured: 3, corrected: '3' , holds: true })",
]

describe('wirebook run on a notebook', () => {
  test('all claims made: status 0, the report in DESIGN’s form, the executed copy beside it, the source untouched', async () => {
    const path = notebook(...three, "console.log('said')\n40 + 2")
    const before = readFileSync(path, 'utf8')
    const { status, stdout, stderr, report, chapter, executed } = await run(path)
    expect(stderr).toMatch(/▶ 01-none \(4 cells\)\n✓ 01-none {2}\d+\.\d s/)
    expect(stdout).toMatch(/3 claims: 1 reproduced, 1 differs, 1 corrected, 0 failed; \d+\.\d s/)
    expect(status).toBe(0)
    expect(Object.keys(report)).toEqual(['engine', 'backend', 'chapters'])
    expect(chapter).toMatchObject({ chapter: '01-none', error: null })
    expect(chapter.seconds).toBeGreaterThan(0)
    expect(chapter.claims.map(({ id, verdict }) => [id, verdict])).toEqual([['1.1', 'reproduced'], ['1.2', 'differs'], ['1.3', 'corrected']])
    expect(Object.keys(chapter.claims[0]!)).toEqual(['id', 'says', 'expected', 'measured', 'verdict'])
    expect(readFileSync(path, 'utf8')).toBe(before)
    const last = JSON.parse(readFileSync(executed, 'utf8')).cells.at(-1)
    expect(last.outputs.map((output: { output_type: string }) => output.output_type)).toEqual(['stream', 'execute_result'])
    expect(last.execution_count).toBe(4)
  })

  test('a failed claim: status 1', async () => {
    const { status, stdout, chapter } = await run(notebook("claim('1.1', { expected: 1, measured: 2 })", ...three.slice(1)))
    expect(chapter.claims[0]).toMatchObject({ id: '1.1', expected: '1', measured: '2', verdict: 'failed' })
    expect(stdout).toContain('1 failed')
    expect(status).toBe(1)
  })

  test('a claim of the chapter that is not made: status 1, and it is named', async () => {
    const { status, stdout, chapter } = await run(notebook(...three.slice(0, 2)))
    expect(chapter.error).toBe(null)
    expect(stdout).toMatch(/✗ not made +1\.3/)
    expect(status).toBe(1)
  })

  test('a cell that throws: status 1, which cell and why; what came before is kept, what would follow is not run', async () => {
    const { status, stderr, chapter } = await run(notebook(three[0]!, "throw new RangeError('on purpose')", ...three.slice(1)))
    expect(stderr).toMatch(/✗ 01-none .*cell 2 failed, RangeError/)
    expect(chapter.error).toMatch(/^cell 2 \(Its only part\): RangeError: on purpose/)
    expect(chapter.error).not.toContain('\u001b')
    expect(chapter.claims.map(({ id }) => id)).toEqual(['1.1'])
    expect(status).toBe(1)
  })

  test('a cell that does not end is ended after --timeout seconds', async () => {
    const { status, chapter } = await run(notebook('await new Promise(() => setInterval(() => {}, 1000))'), '--timeout', '2')
    expect(chapter.error).toContain('did not end within 2 s')
    expect(status).toBe(1)
  })

  test('a kernel that dies is said to have died', async () => {
    const { status, chapter } = await run(notebook("process.kill(process.pid, 'SIGKILL'); await new Promise(() => setInterval(() => {}, 1000))"))
    expect(chapter.error).toMatch(/died/i)
    expect(status).toBe(1)
  })

  test('claims in the source’s own outputs are not counted', async () => {
    const path = notebook('1', "throw new Error('early')")
    const claims = notebook(...three)
    const { executed } = await run(claims)
    const old = JSON.parse(readFileSync(executed, 'utf8'))
    const source = JSON.parse(readFileSync(path, 'utf8'))
    old.cells.splice(1, 0, { cell_type: 'code', id: 'early', metadata: {}, source: "throw new Error('early')", outputs: [], execution_count: null })
    writeFileSync(path, JSON.stringify({ ...source, cells: old.cells }))
    const { chapter } = await run(path)
    expect(chapter.claims).toEqual([])
  })

  test('quiet says only the report', async () => {
    const { stderr, stdout } = await run(notebook(...three), '--quiet')
    expect(stderr).toBe('')
    expect(stdout).toContain('3 claims')
  })

  test('Ctrl-C ends the kernel and the run: status 130, nothing left in the runtime folder', async () => {
    const path = notebook('await new Promise(() => setInterval(() => {}, 1000))')
    let stopped = false
    const { status } = await wirebook(['run', path, '--output', join(folder, 'executed')], {
      onStderr: (text, child) => {
        if (!stopped && text.includes('▶ 01-none')) stopped = child.kill('SIGINT')
      },
    })
    expect(status).toBe(130)
  })
})

test('no listening TCP port is opened: a kernel in a run has only sockets of files', async () => {
  const path = notebook("const { readFileSync } = await import('node:fs')\nconst { readdirSync, readlinkSync } = await import('node:fs')\n"
    + 'const mine = new Set(readdirSync(`/proc/${process.pid}/fd`).flatMap(fd => { try { return /socket:\\[(\\d+)\\]/.exec(readlinkSync(`/proc/${process.pid}/fd/${fd}`))?.[1] ?? [] } catch { return [] } }))\n'
    + "const listening = readFileSync('/proc/net/tcp', 'utf8').split('\\n').map(line => line.trim().split(/\\s+/)).filter(f => f[3] === '0A' && mine.has(f[9]!))\n"
    + 'console.log(`listening ${listening.length}`)', ...three)
  const { executed } = await run(path)
  expect(JSON.parse(readFileSync(executed, 'utf8')).cells[1].outputs[0].text.join('')).toBe('listening 0\n')
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(['executed', 'report.json']))
})
