import { describe, expect, test } from 'vitest'
import { namespaces } from '../../src/lab/backends/namespaces.ts'
import { topology } from '../../src/lab/topology.ts'
import { sh } from './backend-run.ts'

describe('several', () => {
  test('two labs side by side do not see each other', async () => {
    const [one, two] = await Promise.all([namespaces.start(topology()), namespaces.start(topology({ name: 'ipvlan' }))])
    try {
      await one.docker('A').createNetwork({ Name: 'mine' })
      expect((await two.docker('A').listNetworks()).map(({ Name }) => Name)).not.toContain('mine')
      expect(await sh(one, 'A', 'ping -c 1 192.168.111.129')).toContain(' 0% packet loss')
      expect(await sh(two, 'A', 'ping -c 1 192.168.0.112')).toContain(' 0% packet loss')
      await one.stop()
      expect(await sh(two, 'B', 'docker ps -q')).toBe('')
    } finally {
      await Promise.all([one.stop(), two.stop()])
    }
  })

  test('three hosts: C is there, with an engine, and reaches the others', async () => {
    const lab = await namespaces.start(topology({ hosts: 3 }))
    try {
      expect((await lab.docker('C').info()).Name).toBe('C')
      expect(await sh(lab, 'C', 'ping -c 1 A; ping -c 1 B; ip -4 -o address show dev ens33')).toContain('192.168.111.130/24')
    } finally {
      await lab.stop()
    }
  })

  test('the author can change what the topology says: names, addresses, MTU', async () => {
    const lab = await namespaces.start({
      name: 'own', lan: '10.20.0.0/16', mtu: 9000, gateway: '10.20.0.1',
      machines: [
        { name: 'web-1', role: 'host', interface: 'enp0s3', address: '10.20.1.1/16' },
        { name: 'gw', role: 'router', interface: 'lan0', address: '10.20.0.1/16', owns: ['1.1.1.1', '9.9.9.9'] },
      ],
    })
    try {
      expect(await sh(lab, 'web-1', 'ip link show enp0s3')).toContain('mtu 9000')
      expect(await sh(lab, 'web-1', 'ping -c 1 -M do -s 8972 gw; ping -c 1 9.9.9.9')).toMatch(/ 0% packet loss[\s\S]* 0% packet loss/)
    } finally {
      await lab.stop()
    }
  })
})
