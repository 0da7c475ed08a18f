import type { Topology } from '../../api/lab.ts'

/** Chapters 1 to 6: the addresses, names and MACs that the tutorial's own machines have. */
export const tutorial: Topology = {
  name: 'tutorial',
  lan: '192.168.111.0/24',
  mtu: 1500,
  gateway: '192.168.111.1',
  machines: [
    { name: 'A', role: 'host', interface: 'ens33', address: '192.168.111.128/24', mac: '00:0c:29:49:39:91' },
    { name: 'B', role: 'host', interface: 'ens33', address: '192.168.111.129/24', mac: '00:0c:29:49:39:92' },
    { name: 'router', role: 'router', interface: 'eth1', address: '192.168.111.1/24', mac: '00:50:56:c0:00:01',
      owns: ['8.8.8.8'], delay: 10 },
  ],
}
