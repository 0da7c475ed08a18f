import type { Topology } from '../../api/lab.ts'

/** Chapter 7: the author's home network, whose router he could not log in to. This one he could. */
export const ipvlan: Topology = {
  name: 'ipvlan',
  lan: '192.168.0.0/24',
  mtu: 1500,
  gateway: '192.168.0.1',
  machines: [
    { name: 'A', role: 'host', interface: 'ens33', address: '192.168.0.105/24', mac: '00:0c:29:12:5b:f4' },
    { name: 'B', role: 'host', interface: 'ens33', address: '192.168.0.112/24', mac: '00:0c:29:12:5b:f5' },
    { name: 'router', role: 'router', interface: 'eth1', address: '192.168.0.1/24', mac: '00:50:56:c0:00:01',
      owns: ['8.8.8.8'], delay: 10 },
  ],
}
