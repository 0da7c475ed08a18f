import { afterAll, beforeAll, expect, test } from 'vitest'
import { startKernel } from '../client.ts'
import type { Client, Received } from '../client.ts'

let kernel: Client
beforeAll(async () => {
  kernel = await startKernel()
})
afterAll(() => kernel?.stop())

const comm = (type: string, id: string) => (message: Received) => message.header.msg_type === type && message.content.comm_id === id

test('the kernel opens, both send, the front end closes', async () => {
  const opened = (await kernel.execute(`
    const talk = comms.open('chat', { hello: 1 }, { metadata: { version: '2' }, buffers: [new Uint8Array([1, 2])] })
    talk.onMessage(({ data, buffers }) => talk.send({ echo: data, bytes: buffers.map(buffer => [...buffer]) }))
    talk.onClose(({ data }) => console.log('closed', JSON.stringify(data)))`)).of('comm_open')[0] as Received
  expect(opened.content).toMatchObject({ target_name: 'chat', data: { hello: 1 } })
  expect(opened.metadata).toEqual({ version: '2' })
  expect(opened.buffers.map(buffer => [...buffer])).toEqual([[1, 2]])
  const id = opened.content.comm_id as string

  expect((await kernel.request('comm_info_request', {})).content).toEqual({ status: 'ok', comms: { [id]: { target_name: 'chat' } } })
  expect((await kernel.request('comm_info_request', { target_name: 'other' })).content.comms).toEqual({})

  const sent = await kernel.send('shell', 'comm_msg', { comm_id: id, data: { n: 5 } }, { buffers: [Buffer.from([7])] })
  const echo = await kernel.broadcast(comm('comm_msg', id), 'echo')
  expect(echo.content.data).toEqual({ echo: { n: 5 }, bytes: [[7]] })
  expect((echo.parent_header as { msg_id: string }).msg_id).toBe(sent)

  await kernel.send('shell', 'comm_close', { comm_id: id, data: { bye: true } })
  await kernel.broadcast(message => message.content.text === 'closed {"bye":true}\n', 'what the listener prints')
  expect((await kernel.request('comm_info_request', {})).content.comms).toEqual({})
  expect((await kernel.execute('talk.send({})')).reply.content.evalue).toContain('is closed')
})

test('the front end opens, the kernel answers and closes', async () => {
  await kernel.execute(`comms.register('counter', (comm, { data }) => {
    comm.send({ start: data.from })
    comm.close({ done: true })
  })`)
  await kernel.send('shell', 'comm_open', { comm_id: 'c1', target_name: 'counter', data: { from: 3 } })
  expect((await kernel.broadcast(comm('comm_msg', 'c1'), 'comm_msg')).content.data).toEqual({ start: 3 })
  expect((await kernel.broadcast(comm('comm_close', 'c1'), 'comm_close')).content.data).toEqual({ done: true })
})

test('a target that nobody serves is closed; a message to no comm is ignored; a listener that throws is told', async () => {
  await kernel.send('shell', 'comm_open', { comm_id: 'c2', target_name: 'nobody', data: {} })
  await kernel.broadcast(comm('comm_close', 'c2'), 'comm_close')
  await kernel.send('shell', 'comm_msg', { comm_id: 'nothing', data: {} })
  await kernel.execute('comms.register("broken", () => { throw new Error("listener broke") })')
  const id = await kernel.send('shell', 'comm_open', { comm_id: 'c3', target_name: 'broken', data: {} })
  const error = await kernel.broadcast(message => message.header.msg_type === 'error' && (message.parent_header as { msg_id: string }).msg_id === id, 'error')
  expect(error.content.evalue).toBe('listener broke')
  expect((await kernel.execute('1')).reply.content.status).toBe('ok')
})
