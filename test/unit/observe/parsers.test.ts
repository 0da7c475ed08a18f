import { describe, expect, it } from 'vitest'
import { parseBrctlMacs, parseBrctlShow } from '../../../src/observe/parse/brctl.ts'
import { isAtLeast, parseDockerVersion, parseEngineVersion } from '../../../src/observe/parse/engine-version.ts'
import { parseForwardingTable } from '../../../src/observe/parse/fdb.ts'
import { parseIperf3 } from '../../../src/observe/parse/iperf3.ts'
import { parseNatRules } from '../../../src/observe/parse/iptables.ts'
import { parseWget } from '../../../src/observe/parse/wget.ts'
import { withoutHex } from '../../../src/observe/tcpdump-text.ts'
import { fixture } from './fixture.ts'

describe('wget', () => {
  it('reads busybox: status, headers', () => {
    expect(parseWget(fixture('http/busybox-1.35-200.txt'))).toMatchObject({ status: 200, statusText: 'OK', headers: { 'content-length': '615', 'content-type': 'text/html' } })
    expect(parseWget(fixture('http/busybox-1.35-404.txt'))).toEqual({ status: 404, statusText: 'Not Found', headers: {} })
  })
  it('reads GNU wget', () => {
    expect(parseWget(fixture('http/tutorial-gnu-wget.txt'))).toMatchObject({ status: 200, headers: { 'content-length': '615', server: 'nginx/1.23.4' } })
  })
  it.each([
    ['refused', "can't connect to remote host (172.17.0.2): Connection refused"],
    ['unreachable', "can't connect to remote host (192.168.1.1): Network is unreachable"],
    ['bad-address', "bad address 'web:80'"],
  ])('reads why there was no answer: %s', (name, error) => {
    expect(parseWget(fixture(`http/busybox-1.35-${name}.txt`))).toEqual({ headers: {}, error })
  })
})

describe('iptables', () => {
  it('reads MASQUERADE, DNAT and SNAT', () => {
    const rules = parseNatRules(fixture('iptables/debian12.txt'))
    expect(rules).toHaveLength(8)
    expect(rules).toContainEqual({ chain: 'POSTROUTING', target: 'MASQUERADE', source: '172.17.0.0/16', outInterface: '!docker0', text: '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE' })
    expect(rules).toContainEqual(expect.objectContaining({ chain: 'DOCKER', target: 'DNAT', protocol: 'tcp', inInterface: '!docker0', port: '8080', to: '172.17.0.2:80' }))
    expect(rules).toContainEqual(expect.objectContaining({ target: 'SNAT', to: '192.168.111.128' }))
    expect(rules.find(rule => rule.chain === 'OUTPUT')?.destination).toBe('!127.0.0.0/8')
  })
  it('keeps a comment together, and leaves other tables out', () => {
    const [rule, ...rest] = parseNatRules('*filter\n-A FORWARD -j DROP\nCOMMIT\n*nat\n[3:180] -A X -m comment --comment "a -j DROP \\"b\\"" -j RETURN\nCOMMIT')
    expect(rule).toMatchObject({ chain: 'X', target: 'RETURN' })
    expect(rest).toEqual([])
  })
})

describe('MAC tables', () => {
  it('reads bridge fdb, text and JSON alike', () => {
    for (const name of ['fdb-6.1', 'fdb-6.1-lan']) expect(parseForwardingTable(fixture(`bridge/${name}.txt`))).toEqual(parseForwardingTable(fixture(`bridge/${name}.json`)).map(({ ...entry }) => entry))
    const table = parseForwardingTable(fixture('bridge/fdb-6.1.json'))
    expect(table).toContainEqual({ mac: '02:42:ac:11:00:02', device: 'veth0', bridge: 'docker0', learned: true, multicast: false, self: false })
    expect(table).toContainEqual({ mac: '02:42:0a:00:01:20', device: 'vx0', remote: '192.168.111.129', learned: true, multicast: false, self: true })
  })
  it('reads brctl', () => {
    expect(parseBrctlShow(fixture('bridge/brctl-1.7-show-many.txt'))).toMatchObject([{ name: 'br0', stp: false, interfaces: ['pa', 'pb', 'pr'] }])
    expect(parseBrctlShow(fixture('bridge/brctl-1.7-show.txt'))).toMatchObject([{ name: 'docker0', interfaces: ['veth0'] }])
    expect(parseBrctlShow('bridge name\tbridge id\t\tSTP enabled\tinterfaces\ndocker0\t\t8000.0242653a0c37\tno\t\t\n')).toEqual([{ name: 'docker0', id: '8000.0242653a0c37', stp: false, interfaces: [] }])
    expect(parseBrctlMacs(fixture('bridge/brctl-1.7-showmacs.txt'))).toContainEqual({ port: 2, mac: '00:0c:29:a0:11:02', local: false, age: 0.1 })
  })
})

describe('iperf3', () => {
  it('reads TCP', () => {
    const result = parseIperf3(fixture('iperf3/3.12-tcp.json'))
    expect(result.protocol).toBe('TCP')
    expect(result.bitsPerSecond).toBeCloseTo((result.bytes * 8) / result.seconds)
    expect(result.seconds).toBeGreaterThan(0.9)
    expect(result.retransmits).toBeTypeOf('number')
  })
  it('reads UDP with its losses', () => {
    expect(parseIperf3(fixture('iperf3/3.12-udp.json')).packets).toEqual({ sent: 475760, received: 445622, bytesEach: 64 })
  })
  it('throws with the words of iperf3', () => {
    expect(() => parseIperf3(fixture('iperf3/3.12-refused.json'))).toThrow('unable to connect to server: Connection refused')
    expect(() => parseIperf3('')).toThrow('did not print JSON')
    expect(() => parseIperf3('{}')).toThrow('no result')
  })
})

describe('engine versions', () => {
  it('reads 20.10 and 28', () => {
    expect(parseDockerVersion(fixture('docker/20.10-version.txt'))).toEqual({ client: '20.10.24+dfsg1', engine: '20.10.24+dfsg1', api: '1.41', containerd: '1.6.20~ds1', runc: '1.1.5+ds1' })
    expect(parseDockerVersion(fixture('docker/28.5-version.txt'))).toMatchObject({ client: '28.5.1', engine: '28.5.1', api: '1.51', runc: '1.2.5' })
    expect(parseDockerVersion('Docker version 20.10.24+dfsg1, build 297e128\n')).toEqual({ client: '20.10.24+dfsg1' })
  })
  it('compares', () => {
    expect(parseEngineVersion('20.10.24+dfsg1')).toEqual([20, 10, 24])
    expect(isAtLeast('28.0.1', '20.10')).toBe(true)
    expect(isAtLeast('20.10.24+dfsg1', '28')).toBe(false)
    expect(isAtLeast('20.10.24', '20.10.24')).toBe(true)
    expect(isAtLeast('what', '20.10')).toBe(false)
  })
})

describe('tcpdump text', () => {
  it('is the text without -X once the bytes are left out', () => {
    expect(withoutHex(fixture('pcap/mixed-hex.txt'))).toBe(fixture('pcap/mixed.txt'))
  })
})
