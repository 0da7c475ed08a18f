import { afterAll, beforeAll, expect, test } from 'vitest'
import { startKernel } from '../client.ts'
import type { Client } from '../client.ts'

let kernel: Client
beforeAll(async () => {
  kernel = await startKernel()
})
afterAll(() => kernel?.stop())

const start = (code: string, options = {}) => kernel.send('shell', 'execute_request', { code, allow_stdin: true, ...options })

test('input asks and gets the answer', async () => {
  const id = await start('const name = await input("Who? "); console.log(`Hello, ${name}`)')
  const request = await kernel.inputRequest()
  expect(request.content).toEqual({ prompt: 'Who? ', password: false })
  expect((request.parent_header as { msg_id: string }).msg_id).toBe(id)
  await kernel.answer(request, 'Ada ü')
  expect((await kernel.finish(id)).text()).toBe('Hello, Ada ü\n')
})

test('a password is asked for as one', async () => {
  const id = await start('(await input("Password: ", { password: true })).length')
  const request = await kernel.inputRequest()
  expect(request.content.password).toBe(true)
  await kernel.answer(request, '12345')
  expect((await kernel.finish(id)).of('execute_result')[0]?.content.data['text/plain']).toContain('5')
})

test('two questions at once are asked one after the other', async () => {
  const id = await start('console.log((await Promise.all([input("a"), input("b")])).join("+"))')
  const first = await kernel.inputRequest()
  await kernel.answer(first, '1')
  const second = await kernel.inputRequest()
  expect([first.content.prompt, second.content.prompt]).toEqual(['a', 'b'])
  await kernel.answer(second, '2')
  expect((await kernel.finish(id)).text()).toBe('1+2\n')
})

test('where nobody can answer, asking fails and says why', async () => {
  const done = await kernel.finish(await start('await input("Who?")', { allow_stdin: false }))
  expect(done.reply.content).toMatchObject({ status: 'error', evalue: expect.stringContaining('does not take input') })
})

test('an interrupt ends the question, and the next one works', async () => {
  const id = await start('await input("Who?")')
  await kernel.inputRequest()
  await kernel.interrupt()
  expect((await kernel.finish(id)).reply.content.ename).toBe('Interrupted')
  const next = await start('await input("Again?")')
  await kernel.answer(await kernel.inputRequest(), 'yes')
  expect((await kernel.finish(next)).reply.content.status).toBe('ok')
})
