import { describe, expect, it } from 'vitest'
import { parseLinks } from '../../../src/observe/links.ts'
import { fixture } from './fixture.ts'

describe('parseLinks', () => {
  it('reads busybox in a container without a network: lo alone', () => {
    expect(parseLinks(fixture('links/busybox-1.35-none.txt'))).toEqual([
      { index: 1, name: 'lo', flags: ['LOOPBACK', 'UP', 'LOWER_UP'], mtu: 65536, qdisc: 'noqueue', addresses: [] },
    ])
  })

  it('reads busybox in a bridge container', () => {
    const eth0 = parseLinks(fixture('links/busybox-1.35-container.txt')).find(link => link.name === 'eth0')
    expect(eth0).toMatchObject({ index: 2, peerIndex: 4, mtu: 1500, mac: '02:42:ac:11:00:02' })
    expect(eth0?.flags).toContain('M-DOWN')
    expect(eth0?.addresses[0]).toEqual({ family: 'inet', address: '172.17.0.2', prefix: 16, broadcast: '172.17.255.255', scope: 'global', cidr: '172.17.0.2/16' })
    expect(eth0?.addresses[1]).toMatchObject({ family: 'inet6', scope: 'link', prefix: 64 })
  })

  it('knows the flag that busybox prints as a bare number', () => {
    const ens33 = parseLinks(fixture('links/busybox-1.35-host.txt')).find(link => link.name === 'ens33')
    expect(ens33?.flags).toEqual(['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP', 'PROMISC'])
  })

  it('finds the same addresses and MTUs in busybox text, iproute2 text and iproute2 JSON', () => {
    const essence = (path: string) => parseLinks(fixture(path)).map(({ name, mtu, mac, master, addresses }) => ({ name, mtu, mac, master, addresses: addresses.map(({ cidr }) => cidr) }))
    const json = essence('links/iproute2-6.1-host.json')
    expect(essence('links/iproute2-6.1-host.txt')).toEqual(json)
    expect(essence('links/busybox-1.35-host.txt')).toEqual(json)
  })

  it.each(['links/iproute2-6.1-host.json', 'links/iproute2-6.1-host-details.txt'])('names kinds, parents and modes: %s', path => {
    const links = parseLinks(fixture(path))
    const link = (name: string) => links.find(link => link.name === name)
    expect(link('mac0')).toMatchObject({ kind: 'macvlan', peerName: 'ens33', peerIndex: 2, details: { mode: 'bridge' } })
    expect(link('vx0')).toMatchObject({ kind: 'vxlan', mtu: 1450, details: { id: 4097, remote: '192.168.111.129', port: 4789 } })
    expect(link('veth0')).toMatchObject({ kind: 'veth', master: 'docker0', peerIndex: 2 })
    expect(link('docker0')).toMatchObject({ kind: 'bridge' })
    expect(link('ens33')).toMatchObject({ promiscuity: 2, peerIndex: 3 })
    expect(link('ens33')?.peerName).toBeUndefined()
  })

  it('reads the tutorial: an Ubuntu host with altname and noprefixroute', () => {
    const links = parseLinks(fixture('links/tutorial-ubuntu-iproute2.txt'))
    expect(links.map(link => link.name)).toEqual(['lo', 'ens33', 'docker0'])
    expect(links[1]).toMatchObject({ qdisc: 'fq_codel', state: 'UP', mac: '00:0c:29:49:39:91' })
    expect(links[1]?.addresses[0]).toMatchObject({ cidr: '192.168.111.128/24', scope: 'global' })
    expect(links[2]?.flags).toContain('NO-CARRIER')
  })

  it('reads the tutorial: ipvlan in L3 mode has no ARP', () => {
    expect(parseLinks(fixture('links/tutorial-busybox-ipvlan-l3.txt'))[1]).toMatchObject({
      name: 'eth0', index: 4, peerIndex: 2, flags: ['BROADCAST', 'MULTICAST', 'NOARP', 'UP', 'LOWER_UP', 'M-DOWN'], mac: '00:0c:29:12:5b:f4',
    })
  })

  it('refuses what is no list of interfaces', () => {
    expect(() => parseLinks('sh: ip: not found')).toThrow('not what ip addr prints')
    expect(() => parseLinks('[{"ifindex":1')).toThrow('not JSON')
    expect(parseLinks('')).toEqual([])
    expect(parseLinks('[{},{"ifindex":1,"ifname":"lo"}]')).toHaveLength(1)
  })
})
