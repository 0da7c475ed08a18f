import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { address, readConnection } from '../../../kernel/wire/connection.ts'

const folder = mkdtempSync(join(tmpdir(), 'wirebook-connection-'))
afterAll(() => rmSync(folder, { recursive: true }))

const good = {
  transport: 'tcp', ip: '127.0.0.1', key: 'k', signature_scheme: 'hmac-sha256',
  shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5,
}
const written = (content: unknown) => {
  const path = join(folder, 'connection.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

test('tcp and ipc addresses', () => {
  expect(address(readConnection(written(good)), 'hb_port')).toBe('tcp://127.0.0.1:5')
  expect(address(readConnection(written({ ...good, transport: 'ipc', ip: '/run/k' })), 'shell_port')).toBe('ipc:///run/k-1')
})

test.each([
  ['transport', 'udp'], ['ip', ''], ['key', 5], ['signature_scheme', 'hmac-md5'], ['shell_port', '1'], ['hb_port', undefined],
])('a wrong %s is named', (field, value) => {
  expect(() => readConnection(written({ ...good, [field]: value }))).toThrow(new RegExp(`has ${field} .*expected`))
})

test('a file that is not there or not JSON is named', () => {
  expect(() => readConnection(join(folder, 'none.json'))).toThrow(/none\.json cannot be read/)
  expect(() => readConnection(written('{'))).toThrow(/cannot be read/)
})
