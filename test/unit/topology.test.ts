import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Topology } from '../../src/api/lab.ts'
import { topology, validateTopology } from '../../src/lab/topology.ts'

describe('topology', () => {
  test('the tutorial has the addresses of EXPERIMENTS.md', () => {
    expect(topology().machines.map(({ name, interface: device, address, mac, owns }) => ({ name, device, address, mac, owns }))).toEqual([
      { name: 'A', device: 'ens33', address: '192.168.111.128/24', mac: '00:0c:29:49:39:91', owns: undefined },
      { name: 'B', device: 'ens33', address: '192.168.111.129/24', mac: expect.stringMatching(/^00:0c:29:/), owns: undefined },
      { name: 'router', device: 'eth1', address: '192.168.111.1/24', mac: expect.any(String), owns: ['8.8.8.8'] },
    ])
    expect(topology({ name: 'ipvlan' }).machines[0]).toMatchObject({ address: '192.168.0.105/24', mac: '00:0c:29:12:5b:f4' })
  })

  test('more hosts get the next letters, addresses and MACs, always the same', () => {
    const hosts = topology({ hosts: 32 }).machines.filter(({ role }) => role === 'host')
    expect(hosts.map(({ name }) => name)).toEqual([...'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'H27', 'H28', 'H29', 'H30', 'H31', 'H32'])
    expect(hosts[2]).toMatchObject({ address: '192.168.111.130/24', mac: '00:0c:29:49:39:93' })
    expect(topology({ hosts: 32 })).toEqual(topology({ hosts: 32 }))
    expect(topology({ hosts: 1 }).machines.map(({ name }) => name)).toEqual(['A', 'router'])
  })

  test('any number of hosts that fits gives a topology that can be built', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 250 }), fc.constantFrom('tutorial', 'ipvlan'), (hosts, name) => {
      expect(topology({ hosts, name }).machines).toHaveLength(hosts + 1)
    }), { numRuns: 60, seed: 1 })
  })

  test('what it gives may be changed without harm to the next', () => {
    topology().machines[0]!.name = 'changed'
    expect(topology().machines[0]!.name).toBe('A')
  })

  test.each([[0], [-1], [1.5], [251], [Number.NaN]])('hosts: %d is refused', hosts => {
    expect(() => topology({ hosts })).toThrow(/hosts is .*: a whole number from 1 to 250/)
  })

  test('an unknown name lists the known ones', () => {
    expect(() => topology({ name: 'swarm' })).toThrow(/"swarm"[\s\S]*tutorial, ipvlan/)
  })
})

describe('faults are named', () => {
  const change = (edit: (topology: Topology) => void) => {
    const changed = topology()
    edit(changed)
    return () => validateTopology(changed)
  }
  test.each<[string, (topology: Topology) => void, RegExp]>([
    ['an address outside the LAN', t => { t.machines[0]!.address = '10.0.0.1/24' }, /machine "A": address 10.0.0.1 is outside the LAN 192.168.111.0\/24/],
    ['no prefix', t => { t.machines[0]!.address = '192.168.111.128' }, /an address with its prefix such as 192.168.111.10\/24 was expected/],
    ['another prefix', t => { t.machines[0]!.address = '192.168.111.128/16' }, /has prefix 16, the LAN 192.168.111.0\/24 has 24/],
    ['the broadcast address', t => { t.machines[0]!.address = '192.168.111.255/24' }, /broadcast address/],
    ['the network address', t => { t.machines[0]!.address = '192.168.111.0/24' }, /network address/],
    ['the same address twice', t => { t.machines[1]!.address = t.machines[0]!.address }, /address 192.168.111.128 belongs to two machines: "A" and "B"/],
    ['the same name twice', t => { t.machines[1]!.name = 'A' }, /name A belongs to two machines/],
    ['the same MAC twice', t => { t.machines[1]!.mac = '00:0C:29:49:39:91' }, /MAC 00:0c:29:49:39:91 belongs to two machines/],
    ['a group MAC', t => { t.machines[0]!.mac = '01:00:5e:00:00:01' }, /group address/],
    ['no MAC at all', t => { t.machines[0]!.mac = 'ens33' }, /six bytes such as/],
    ['the network of docker0', t => { t.lan = '172.17.0.0/24' }, /overlaps 172.17.0.0\/16, the network of docker0/],
    ['a network around docker0', t => { t.lan = '172.16.0.0/12' }, /overlaps 172.17.0.0\/16/],
    ['an address as LAN', t => { t.lan = '192.168.111.7/24' }, /192.168.111.0\/24 was expected/],
    ['a LAN that is none', t => { t.lan = 'ens33' }, /is not an IPv4 subnet such as/],
    ['a long interface name', t => { t.machines[0]!.interface = 'interface-number-1' }, /1 to 15 letters/],
    ['a shell in an interface name', t => { t.machines[0]!.interface = '$(reboot)' }, /1 to 15 letters/],
    ['an interface that Docker makes', t => { t.machines[0]!.interface = 'docker0' }, /not taken by the kernel or Docker/],
    ['a shell in a name', t => { t.machines[0]!.name = "A'; reboot; '" }, /letters, digits and dashes/],
    ['no router', t => { t.machines = t.machines.filter(m => m.role === 'host') }, /there is no router/],
    ['two routers', t => { t.machines[1]!.role = 'router' }, /there are 2 routers/],
    ['no host', t => { t.machines = t.machines.filter(m => m.role === 'router') }, /there is no host/],
    ['a gateway that is not the router', t => { t.gateway = '192.168.111.2' }, /gateway is "192.168.111.2", the router's address is 192.168.111.1/],
    ['an owned address inside the LAN', t => { t.machines[2]!.owns = ['192.168.111.7'] }, /inside the LAN/],
    ['an MTU that IPv6 cannot use', t => { t.mtu = 500 }, /mtu is 500/],
    ['a delay that is none', t => { t.machines[2]!.delay = -1 }, /delay is -1/],
  ])('%s', (_, edit, message) => {
    expect(change(edit)).toThrow(message)
  })

  test('all at once, each in a line', () => {
    expect(change(t => { t.mtu = 1; t.gateway = 'x'; t.machines[0]!.mac = 'y' })).toThrow(/mtu[\s\S]*mac is "y"[\s\S]*gateway/)
  })

  test('whatever is put in, it is either fine or a WirebookError', () => {
    fc.assert(fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (name, device, address, lan) => {
      const given = topology()
      given.lan = lan || given.lan
      Object.assign(given.machines[0]!, { name, interface: device, address })
      try {
        validateTopology(given)
      } catch (error) {
        expect((error as Error).name).toBe('WirebookError')
      }
    }), { numRuns: 300, seed: 2 })
  })
})
