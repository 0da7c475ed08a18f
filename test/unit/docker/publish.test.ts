import { expect, it } from 'vitest'
import { parsePublish } from '../../../src/docker/publish.ts'

it.each([
  ['8080:80', { containerPort: '80/tcp', hostIp: '', hostPort: '8080' }],
  ['127.0.0.1:8080:80/udp', { containerPort: '80/udp', hostIp: '127.0.0.1', hostPort: '8080' }],
  ['80', { containerPort: '80/tcp', hostIp: '', hostPort: '' }],
  ['127.0.0.1::80', { containerPort: '80/tcp', hostIp: '127.0.0.1', hostPort: '' }],
  ['[::1]:8080:80', { containerPort: '80/tcp', hostIp: '::1', hostPort: '8080' }],
])('reads %s as docker run -p does', (mapping, published) => expect(parsePublish(mapping)).toEqual(published))

it.each(['', '0:80', '8080:', '70000:80', '8080:80/icmp', '999.0.0.1:8080:80', 'a:80', '8080:80:90:1'])('refuses "%s" and says the form', mapping => {
  expect(() => parsePublish(mapping)).toThrow(/8080:80/)
})
