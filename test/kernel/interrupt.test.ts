import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startKernel } from './client.ts'
import type { Client } from './client.ts'

let kernel: Client
beforeAll(async () => {
  kernel = await startKernel()
  await kernel.execute('let kept = 1')
})
afterAll(() => kernel?.stop())

const cells: [what: string, code: string][] = [
  ['a promise that never settles', 'console.log("on"); await new Promise(() => {})'],
  ['an awaited timer', 'console.log("on"); await new Promise(r => setTimeout(r, 60_000))'],
  ['a tight loop', 'console.log("on"); while (true) {}'],
  ['a tight loop after an await', 'console.log("on"); await null; while (true) {}'],
  ['a tight loop in a timer', 'console.log("on"); await new Promise(r => setTimeout(() => { while (true) {} }, 10))'],
  ['a loop that catches everything', 'console.log("on"); while (true) { try { while (true) {} } catch {} finally {} }'],
  ['a flood of microtasks', 'console.log("on"); for (;;) await null'],
  ['a flood of ticks', 'console.log("on"); { const again = () => process.nextTick(again); again() } await new Promise(() => {})'],
  ['a flood of immediates', 'console.log("on"); { const again = () => setImmediate(again); again() } await new Promise(() => {})'],
  ['a regular expression that never ends', 'console.log("on"); /^(a+)+$/.test("a".repeat(60) + "b")'],
  ['runaway output', 'while (true) console.log("on".repeat(50))'],
  ['runaway output from microtasks', 'for (;;) { console.log("on".repeat(50)); await null }'],
  ['runaway displays', 'while (true) { display("on".repeat(50)); console.log("on") }'],
  ['an interval that prints', 'await new Promise(r => setInterval(() => console.log("on"), 2))'],
]

describe('interrupt_request stops', () => {
  test.each(cells)('%s; control and heartbeat answer meanwhile, variables survive', async (_what, code) => {
    await kernel.execute('kept++')
    const id = await kernel.send('shell', 'execute_request', { code, allow_stdin: true })
    await kernel.broadcast(message => message.header.msg_type === 'stream' && (message.parent_header as { msg_id: string }).msg_id === id, 'output')
    await kernel.heartbeat(5000)
    expect((await kernel.request('kernel_info_request', {}, 'control')).content.status).toBe('ok')
    expect((await kernel.interrupt()).content).toEqual({ status: 'ok' })
    const done = await kernel.finish(id)
    expect(done.reply.content).toMatchObject({ status: 'error', ename: 'Interrupted' })
    expect(done.of('error')[0]?.content.ename).toBe('Interrupted')
    const after = await kernel.execute('console.log(`kept ${kept > 0}`)')
    expect(after.text()).toBe('kept true\n')
    // Nothing of it goes on.
    const silent = await kernel.execute('await new Promise(r => setTimeout(r, 60))')
    expect(silent.of('stream')).toEqual([])
  })

  test('cells that waited behind it', async () => {
    const id = await kernel.send('shell', 'execute_request', { code: 'await new Promise(() => {})', stop_on_error: true })
    const next = await kernel.send('shell', 'execute_request', { code: '1', stop_on_error: true })
    await kernel.broadcast(message => message.header.msg_type === 'execute_input' && (message.parent_header as { msg_id: string }).msg_id === id, 'execute_input')
    await kernel.interrupt()
    expect((await kernel.finish(next)).reply.content.status).toBe('aborted')
  })

  test('what a finished cell left running', async () => {
    await kernel.execute('void setInterval(() => console.log("background"), 5)')
    await kernel.broadcast(message => /background/.test(message.content.text ?? ''), 'background output')
    await kernel.interrupt()
    await kernel.execute('await new Promise(r => setTimeout(r, 30))')
    const before = kernel.broadcasts.length
    await kernel.execute('await new Promise(r => setTimeout(r, 60))')
    expect(kernel.broadcasts.slice(before).filter(message => message.header.msg_type === 'stream')).toEqual([])
  })

  test('nothing, when nothing runs', async () => {
    expect((await kernel.interrupt()).content.status).toBe('ok')
    expect((await kernel.execute('kept > 1')).of('execute_result')[0]?.content.data['text/plain']).toContain('true')
  })
})

describe('SIGINT stops', () => {
  test.each([
    ['a cell that waits', 'console.log("on"); await new Promise(() => {})'],
    ['a cell that spins', 'console.log("on"); await null; while (true) {}'],
  ])('%s', async (_what, code) => {
    // The thread that hears signals starts a second after the kernel.
    await kernel.execute('await new Promise(r => setTimeout(r, 1500))')
    const id = await kernel.send('shell', 'execute_request', { code })
    await kernel.broadcast(message => message.header.msg_type === 'stream' && (message.parent_header as { msg_id: string }).msg_id === id, 'output')
    kernel.process.kill('SIGINT')
    expect((await kernel.finish(id)).reply.content.ename).toBe('Interrupted')
    expect((await kernel.execute('console.log(kept > 0)')).text()).toContain('true')
  })
})
