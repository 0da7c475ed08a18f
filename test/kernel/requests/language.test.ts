import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startKernel } from '../client.ts'
import type { Client } from '../client.ts'

const folder = mkdtempSync(join(tmpdir(), 'wirebook-history-'))
let kernel: Client
beforeAll(async () => {
  kernel = await startKernel({ env: { WIREBOOK_HISTORY: join(folder, 'history.sqlite') } })
})
afterAll(async () => {
  await kernel?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const content = async (type: string, asked: object) => (await kernel.request(type, asked)).content

describe('complete_request', () => {
  test('members, with kinds', async () => {
    const reply = await content('complete_request', { code: '"x".toUpp', cursor_pos: 9 })
    expect(reply).toMatchObject({ status: 'ok', cursor_start: 4, cursor_end: 9 })
    expect(reply.matches).toContain('toUpperCase')
    const type = reply.metadata._jupyter_types_experimental.find(({ text }: { text: string }) => text === 'toUpperCase')
    expect(type).toMatchObject({ start: 4, end: 9, type: expect.any(String) })
  })

  test('positions count code points, not UTF-16 units', async () => {
    const code = '"😀😀".toUpp'
    const reply = await content('complete_request', { code, cursor_pos: [...code].length })
    expect(reply).toMatchObject({ cursor_start: 5, cursor_end: 10 })
  })

  test('magics', async () => {
    expect((await content('complete_request', { code: '%', cursor_pos: 1 })).matches).toEqual(expect.arrayContaining(['%help', '%time', '%%time']))
    expect((await content('complete_request', { code: 'let a = 1\n%ti', cursor_pos: 13 })).matches).toEqual(['%time'])
  })
})

test('inspect_request', async () => {
  await kernel.execute('/** How wide it is, mm. */\nconst width = 5')
  const reply = await content('inspect_request', { code: 'width', cursor_pos: 3, detail_level: 0 })
  expect(reply).toMatchObject({ status: 'ok', found: true, metadata: {} })
  expect(reply.data['text/plain']).toContain('width')
  expect(reply.data['text/markdown']).toContain('How wide it is')
  expect(await content('inspect_request', { code: 'nosuchname', cursor_pos: 4 })).toMatchObject({ status: 'ok', found: false, data: {} })
  expect((await content('inspect_request', { code: '%time 1', cursor_pos: 2 })).data['text/plain']).toContain('%time')
})

test.each([
  ['1 + 1', 'complete'], ['function f() {', 'incomplete'], ['const = ', 'invalid'],
  ['%help', 'complete'], ['console?', 'complete'], ['%%time', 'incomplete'], ['%%time\nfor (;;) {', 'incomplete'], ['%%time\n1', 'complete'],
])('is_complete_request: %j is %s', async (code, status) => {
  expect((await content('is_complete_request', { code })).status).toBe(status)
})

describe('history_request', () => {
  test('tail, range and search', async () => {
    for (const code of ['"first line"', '"second line"', '"first line"']) await kernel.execute(code)
    const ask = async (asked: object) => (await content('history_request', { output: false, raw: true, ...asked })).history
    const tail = await ask({ hist_access_type: 'tail', n: 3 })
    expect(tail.map((entry: unknown[]) => entry[2])).toEqual(['"first line"', '"second line"', '"first line"'])
    const [session, line] = tail[1]
    expect(await ask({ hist_access_type: 'range', session: 0, start: line, stop: line + 1 })).toEqual([[session, line, '"second line"']])
    expect(await ask({ hist_access_type: 'search', pattern: '*first*' })).toHaveLength(2)
    expect(await ask({ hist_access_type: 'search', pattern: '*first*', unique: true })).toHaveLength(1)
    expect(await ask({ hist_access_type: 'search', pattern: '*line*', n: 2 })).toHaveLength(2)
    expect((await ask({ hist_access_type: 'tail', n: 1, output: true }))[0][2]).toEqual(['"first line"', expect.stringContaining('first line')])
  })

  test('a later session finds it, and several kernels write at once', async () => {
    const other = await startKernel({ env: { WIREBOOK_HISTORY: join(folder, 'history.sqlite') } })
    try {
      await other.execute('"from another session"')
      await kernel.execute('"and this one"')
      const { history } = (await other.request('history_request', { hist_access_type: 'search', pattern: '*line*' })).content
      expect(history.length).toBeGreaterThanOrEqual(3)
    } finally {
      await other.stop()
    }
  })

  test('a wrong access type is an error that says what is expected', async () => {
    expect(await content('history_request', { hist_access_type: 'all' })).toMatchObject({ status: 'error', evalue: expect.stringContaining('tail, range or search') })
  })
})

describe('magics', () => {
  test('%help lists them', async () => {
    const [shown] = (await kernel.execute('%help')).of('display_data')
    expect(shown?.content.data['text/plain']).toContain('%%time')
  })

  test('%time and %%time run the code and say how long', async () => {
    const line = await kernel.execute('const before = 1\n%time await Promise.resolve(before + 1)\nbefore')
    expect(line.text()).toMatch(/^[\d.]+ ms\n$/)
    expect(line.of('execute_result')[0]?.content.data['text/plain']).toContain('1')
    const cell = await kernel.execute('%%time\nconst inside = 2\ninside')
    expect(cell.text()).toMatch(/ms\n$/)
    expect(cell.of('execute_result')[0]?.content.data['text/plain']).toContain('2')
    expect((await kernel.execute('inside')).reply.content.status).toBe('ok')
  })

  test('an unknown one names those that there are; a wrong form shows the right one', async () => {
    expect((await kernel.execute('%%nosuch\nx')).reply.content).toMatchObject({ status: 'error', ename: 'UnknownMagic', evalue: expect.stringContaining('%help') })
    expect((await kernel.execute('%%help')).reply.content.evalue).toContain('is written %help')
  })

  test('a line that only looks like one is TypeScript', async () => {
    const done = await kernel.execute('const text = `\n%help\n`\ntext.length')
    expect(done.of('execute_result')[0]?.content.data['text/plain']).toContain('7')
  })

  test('? shows help in the pager', async () => {
    for (const code of ['?width', 'width?', '??width']) {
      const { payload } = (await kernel.execute(code)).reply.content
      expect(payload).toEqual([{ source: 'page', start: 0, data: expect.objectContaining({ 'text/plain': expect.stringContaining('width') }) }])
    }
    expect((await kernel.execute('nosuchname?')).reply.content.ename).toBe('NotFound')
  })
})
