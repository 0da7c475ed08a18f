import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startKernel } from '../client.ts'
import type { Client } from '../client.ts'

let kernel: Client
beforeAll(async () => {
  kernel = await startKernel({ key: 'fuzz' })
  await kernel.execute('let kept = 0')
})
afterAll(() => kernel?.stop())

const seed = 20260214
const types = [
  'execute_request', 'complete_request', 'inspect_request', 'is_complete_request', 'history_request', 'kernel_info_request',
  'comm_info_request', 'comm_open', 'comm_msg', 'comm_close', 'connect_request', 'input_reply', 'execute_reply', 'status', '__proto__', '',
]
/** Contents near to the real ones: right names, any values. */
const content = fc.dictionary(
  fc.constantFrom('code', 'cursor_pos', 'detail_level', 'silent', 'store_history', 'user_expressions', 'allow_stdin', 'hist_access_type', 'n', 'pattern', 'session', 'start', 'stop', 'comm_id', 'target_name', 'data', '__proto__'),
  fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('tail', 'range', 'search', '1 +', '%%', '%time', '??', '`${', 'x'.repeat(5000)), fc.integer({ min: -2, max: 10 })),
)
const frame = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
  fc.constantFrom('<IDS|MSG>', '', '{}', '[]', 'null', '{"msg_type":"execute_request"}').map(text => Buffer.from(text)),
)

async function alive(): Promise<void> {
  await kernel.heartbeat(5000)
  // A cell that waits behind one that fails is aborted, so what was sent before comes to its end first.
  await kernel.request('kernel_info_request', {}, 'shell', 30_000)
  const done = await kernel.execute('kept += 0; "alive"', {}, 20_000)
  expect(done.of('execute_result')[0]?.content.data['text/plain']).toContain('alive')
}

const residentMegabytes = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${kernel.process.pid}/status`, 'utf8'))?.[1]) / 1024

describe('the kernel survives', () => {
  test('frames of any kind on every socket', { timeout: 60_000 }, async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom('shell', 'control', 'stdin'), fc.array(frame, { minLength: 1, maxLength: 8 }), async (channel, frames) => {
      await kernel.sendRaw(channel as 'shell', frames)
    }), { seed, numRuns: 1500 })
    await alive()
  })

  test('signed messages with any header and content', { timeout: 120_000 }, async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom('shell', 'control'), fc.constantFrom(...types), content, fc.dictionary(fc.constantFrom('msg_id', 'session', 'username', 'date', 'version'), fc.jsonValue({ maxDepth: 1 })), async (channel, type, what, header) => {
      await kernel.sendRaw(channel as 'shell', kernel.sign(type, what, header))
    }), { seed, numRuns: 800 })
    await alive()
  })

  test('a cell of 10 MB', { timeout: 60_000 }, async () => {
    const done = await kernel.execute(`const long = ${JSON.stringify('x'.repeat(10_000_000))}\nlong.length`, {}, 50_000)
    expect(done.of('execute_result')[0]?.content.data['text/plain']).toContain('10000000')
  })

  test('100 MB of output, all of it, in bounded memory', { timeout: 120_000 }, async () => {
    const before = residentMegabytes()
    const id = await kernel.send('shell', 'execute_request', { code: '{ const line = "y".repeat(999) + "\\n"; for (let i = 0; i < 100_000; i++) process.stdout.write(line) }' })
    let most = 0
    const watch = setInterval(() => most = Math.max(most, residentMegabytes()), 20)
    const done = await kernel.finish(id, 100_000)
    clearInterval(watch)
    expect(done.of('stream').reduce((sum, message) => sum + message.content.text.length, 0)).toBe(100_000_000)
    expect(most - before).toBeLessThan(250)
  })

  test('one display of 100 MB', { timeout: 120_000 }, async () => {
    const done = await kernel.execute('display({ "text/plain": "z".repeat(100_000_000) }, { raw: true })', {}, 100_000)
    expect(done.of('display_data')[0]?.content.data['text/plain'].length).toBe(100_000_000)
  })

  test('a flood of requests, each answered in order', { timeout: 120_000 }, async () => {
    const ids: string[] = []
    for (let i = 0; i < 3000; i++) {
      ids.push(await (i % 3 === 0 ? kernel.send('shell', 'execute_request', { code: '', silent: true }) : kernel.send('shell', i % 3 === 1 ? 'comm_info_request' : 'kernel_info_request', {})))
    }
    // Answers of both threads go through one socket at a time.
    for (let i = 0; i < 300; i++) {
      for (const channel of ['shell', 'control'] as const) ids.push(await kernel.send(channel, i % 2 ? 'connect_request' : 'kernel_info_request'))
      ids.push(await kernel.send('shell', 'history_request', { hist_access_type: 'tail', n: 1 }))
    }
    for (const id of ids) expect((await kernel.reply(id, 60_000)).content.status).toBe('ok')
    await alive()
  })
})
