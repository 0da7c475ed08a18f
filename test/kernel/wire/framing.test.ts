import { describe, expect, test } from 'vitest'
import { decode, encode, MalformedMessage } from '../../../kernel/wire/framing.ts'
import type { Parts } from '../../../kernel/wire/framing.ts'

const header = { msg_id: '1', session: 's', username: 'u', date: '2026-01-01T00:00:00Z', msg_type: 'execute_request', version: '5.4' }
const parts = (content: object = {}): Parts => [header, {}, {}, content].map(part => Buffer.from(JSON.stringify(part))) as Parts
const frames = (key: string, content?: object, buffers?: Uint8Array[]) =>
  encode([Buffer.from('identity')], parts(content), key, buffers).map(frame => Buffer.from(frame as Buffer))

describe('framing', () => {
  test('what was encoded is decoded, identities and buffers included', () => {
    const { identities, message } = decode(frames('key', { code: 'ü😀' }, [Buffer.from([0, 255])]), 'key')
    expect(identities.map(String)).toEqual(['identity'])
    expect(message.header).toEqual(header)
    expect(message.content).toEqual({ code: 'ü😀' })
    expect(message.buffers.map(buffer => [...buffer])).toEqual([[0, 255]])
  })

  test('an empty key means no signatures', () => {
    expect(String(frames('')[2])).toBe('')
    expect(decode(frames(''), '').message.content).toEqual({})
  })

  test.each([
    ['another key', () => frames('other')],
    ['a changed content', () => frames('key').with(6, Buffer.from('{"code":"evil"}'))],
    ['no signature', () => frames('')],
    ['no delimiter', () => [Buffer.from('a'), Buffer.from('b')]],
    ['no frames', () => []],
    ['too few parts', () => frames('key').slice(0, 5)],
  ])('%s is refused', (_what, made) => {
    expect(() => decode(made(), 'key')).toThrow(MalformedMessage)
  })

  test.each([['[]'], ['null'], ['"text"'], ['{'], [''], ['\u0000']])('a part that is %j is refused', part => {
    expect(() => decode(frames('').with(6, Buffer.from(part)), '')).toThrow(MalformedMessage)
  })

  test('a header without a message type is refused', () => {
    expect(() => decode(frames('').with(3, Buffer.from('{"msg_id":"1","session":"s"}')), '')).toThrow(/msg_type/)
  })
})
