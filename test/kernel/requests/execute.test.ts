import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startKernel } from '../client.ts'
import type { Client } from '../client.ts'

let kernel: Client
beforeAll(async () => {
  kernel = await startKernel()
})
afterAll(() => kernel?.stop())

const types = (messages: { header: { msg_type: string }; content: any }[]) =>
  messages.map(({ header, content }) => header.msg_type === 'status' ? content.execution_state : header.msg_type)

describe('execute_request', () => {
  test('order, parents and counts', async () => {
    const first = await kernel.execute('console.log("out"); 1 + 1')
    expect(types(first.iopub)).toEqual(['busy', 'execute_input', 'stream', 'execute_result', 'idle'])
    expect(first.reply.content).toMatchObject({ status: 'ok', payload: [], user_expressions: {} })
    const count = first.reply.content.execution_count
    expect(first.of('execute_input')[0]?.content).toEqual({ code: 'console.log("out"); 1 + 1', execution_count: count })
    expect(first.of('execute_result')[0]?.content).toMatchObject({ execution_count: count, data: { 'text/plain': expect.stringContaining('2') }, metadata: {} })
    expect(first.reply.header.version).toBe('5.4')
    const second = await kernel.execute('undefined')
    expect(second.reply.content.execution_count).toBe(count + 1)
    expect(second.of('execute_result')).toEqual([])
  })

  test('silent: no input, no result, no count', async () => {
    const before = (await kernel.execute('0')).reply.content.execution_count
    const silent = await kernel.execute('console.log("heard"); 5', { silent: true })
    expect(types(silent.iopub)).toEqual(['busy', 'stream', 'idle'])
    expect(silent.reply.content).toMatchObject({ status: 'ok', execution_count: before })
    expect((await kernel.execute('0')).reply.content.execution_count).toBe(before + 1)
  })

  test('store_history false: runs, shows, does not count', async () => {
    const before = (await kernel.execute('0')).reply.content.execution_count
    const unstored = await kernel.execute('7', { store_history: false })
    expect(unstored.reply.content.execution_count).toBe(before)
    expect(types(unstored.iopub)).toEqual(['busy', 'execute_input', 'execute_result', 'idle'])
  })

  test('an exception is an error message and the reply says so', async () => {
    const failed = await kernel.execute('console.log("first")\nthrow new RangeError("too far")')
    expect(types(failed.iopub)).toEqual(['busy', 'execute_input', 'stream', 'error', 'idle'])
    expect(failed.reply.content).toMatchObject({ status: 'error', ename: 'RangeError', evalue: 'too far' })
    expect(failed.of('error')[0]?.content.traceback.join('\n')).toContain('too far')
    expect(failed.of('error')[0]?.content.traceback).toEqual(failed.reply.content.traceback)
  })

  test('cells that wait behind a failure are aborted, other requests are not, later cells run', async () => {
    const execute = (code: string, options = {}) => kernel.send('shell', 'execute_request', { code, stop_on_error: true, ...options })
    const ids = [await execute('await new Promise(r => setTimeout(r, 100)); throw new Error("stop")'), await execute('console.log("never")')]
    const info = await kernel.send('shell', 'kernel_info_request')
    ids.push(await execute('console.log("never either")'))
    const [failed, aborted, also] = await Promise.all(ids.map(id => kernel.finish(id)))
    expect(failed?.reply.content.status).toBe('error')
    for (const one of [aborted, also]) {
      expect(one?.reply.content.status).toBe('aborted')
      expect(types(one?.iopub ?? [])).toEqual(['busy', 'idle'])
    }
    expect((await kernel.reply(info)).content.status).toBe('ok')
    expect((await kernel.execute('1')).reply.content.status).toBe('ok')
  })

  test('stop_on_error false lets the next cells run', async () => {
    const execute = (code: string) => kernel.send('shell', 'execute_request', { code, stop_on_error: false })
    const ids = [await execute('throw new Error("go on")'), await execute('console.log("still here")')]
    const [failed, next] = await Promise.all(ids.map(id => kernel.finish(id)))
    expect(failed?.reply.content.status).toBe('error')
    expect(next?.text()).toBe('still here\n')
  })

  test('user expressions, each with its own status', async () => {
    const { reply } = await kernel.execute('const width = 21', { user_expressions: { double: 'width * 2', wrong: 'nothing.here' } })
    expect(reply.content.status).toBe('ok')
    expect(reply.content.user_expressions.double).toMatchObject({ status: 'ok', data: { 'text/plain': expect.stringContaining('42') }, metadata: {} })
    expect(reply.content.user_expressions.wrong).toMatchObject({ status: 'error', ename: 'ReferenceError' })
  })

  test('an empty cell', async () => {
    expect((await kernel.execute('')).reply.content.status).toBe('ok')
  })
})

describe('output', () => {
  test('stdout and stderr, by console and by process', async () => {
    const { text } = await kernel.execute('console.log("a"); console.error("b"); process.stdout.write("c"); process.stderr.write(Buffer.from("d"))')
    expect(text('stdout')).toBe('a\nc')
    expect(text('stderr')).toBe('b\nd')
  })

  test('late output belongs to the cell that started it', async () => {
    const first = await kernel.send('shell', 'execute_request', { code: 'void setTimeout(() => console.log("from the first"), 150)' })
    await kernel.finish(first)
    await kernel.execute('console.log("second")')
    const late = await kernel.broadcast(message => message.content.text === 'from the first\n', 'late output')
    expect((late.parent_header as { msg_id: string }).msg_id).toBe(first)
  })

  test('the first text of a cell comes at once, also while the cell never gives up the thread', async () => {
    const id = await kernel.send('shell', 'execute_request', { code: 'console.log("early"); { const end = Date.now() + 1500; while (Date.now() < end); }' })
    const start = performance.now()
    await kernel.broadcast(message => message.content.text === 'early\n', 'the first text', 1000)
    expect(performance.now() - start).toBeLessThan(1000)
    await kernel.finish(id)
  })

  test('the last text is not held back by a loop that follows it', async () => {
    const id = await kernel.send('shell', 'execute_request', { code: 'for (let i = 0; i < 100; i++) console.log(String(i)); { const end = Date.now() + 1500; while (Date.now() < end); }' })
    await kernel.broadcast(message => message.header.msg_type === 'stream' && /^99$/m.test(message.content.text), 'the last text', 1000)
    await kernel.finish(id)
  })

  test('short writes become few messages', async () => {
    const done = await kernel.execute('for (let i = 0; i < 10_000; i++) console.log(i)')
    expect(done.text().split('\n').length).toBe(10_001)
    expect(done.of('stream').length).toBeLessThan(60)
  })

  test('display, its update, raw bundles and several mime types', async () => {
    const done = await kernel.execute(`
      const shown = display({ 'text/html': '<b>one</b>', 'text/plain': 'one', 'image/png': new Uint8Array([1, 2, 3]) }, { raw: true })
      shown.update({ 'text/plain': 'two' })`)
    const [display] = done.of('display_data')
    expect(display?.content.data).toEqual({ 'text/html': '<b>one</b>', 'text/plain': 'one', 'image/png': 'AQID' })
    const [update] = done.of('update_display_data')
    expect(update?.content.transient.display_id).toBe(display?.content.transient.display_id)
    expect(update?.content.data).toEqual({ 'text/plain': 'two' })
  })

  test('a value with a bundle of its own shows as it', async () => {
    const done = await kernel.execute('({ [Symbol.for("Jupyter.display")]: () => ({ "text/markdown": "**bold**", "text/plain": "bold" }) })')
    expect(done.of('execute_result')[0]?.content.data).toEqual({ 'text/markdown': '**bold**', 'text/plain': 'bold' })
  })

  test('clear, now and with the next output', async () => {
    const done = await kernel.execute('console.log("a"); clear(); console.log("b"); clear(true)')
    expect(types(done.iopub).filter(type => type !== 'busy' && type !== 'idle' && type !== 'execute_input')).toEqual(['stream', 'clear_output', 'stream', 'clear_output'])
    expect(done.of('clear_output').map(message => message.content)).toEqual([{ wait: false }, { wait: true }])
  })
})

describe('what nothing catches', () => {
  test('a rejection while the cell runs ends the cell', async () => {
    const done = await kernel.execute('void Promise.reject(new Error("floating")); await new Promise(r => setTimeout(r, 5000))')
    expect(done.reply.content).toMatchObject({ status: 'error', evalue: 'floating' })
  })

  test.each([
    ['an exception in a timer', 'void setTimeout(() => { throw new Error("late") }, 50)'],
    ['a late rejection', 'void setTimeout(() => { void Promise.reject(new Error("late")) }, 50)'],
  ])('%s is told to the cell that caused it, and the kernel lives', async (_what, code) => {
    const id = await kernel.send('shell', 'execute_request', { code })
    await kernel.finish(id)
    await kernel.execute('1')
    const error = await kernel.broadcast(message => message.header.msg_type === 'error' && (message.parent_header as { msg_id: string }).msg_id === id, 'the late error')
    expect(error.content).toMatchObject({ ename: 'Error', evalue: 'late' })
    expect((await kernel.execute('2')).reply.content.status).toBe('ok')
  })
})
