/** Lab pictures with the tutorial's own values, for the drawing's tests. */
import type { ContainerPicture, InterfacePicture, LabPicture, MachinePicture, SpacePicture } from '../../../src/show/diagrams/picture.ts'

export const link = (index: number, name: string, changes: Partial<InterfacePicture> = {}): InterfacePicture => ({ index, name, mtu: 1500, addresses: [], up: true, ...changes })
export const lo = link(1, 'lo', { kind: 'loopback', mtu: 65536, addresses: ['127.0.0.1/8'] })

export function host(name: string, last: number, changes: Partial<MachinePicture> = {}): MachinePicture {
  const { interfaces = [], ...rest } = changes
  return {
    name, role: 'host', engine: '20.10.24', lanInterface: 'ens33', owns: [], routes: [], namespace: `net:[402653${last}00]`, containers: [], spaces: [],
    networks: [{ name: 'bridge', driver: 'bridge', interface: 'docker0' }],
    interfaces: [lo, link(2, 'ens33', { kind: 'veth', peerIndex: 5, mac: '00:0c:29:49:39:91', addresses: [`192.168.111.${last}/24`] }),
      link(3, 'docker0', { kind: 'bridge', mac: '02:42:65:3a:0c:37', addresses: ['172.17.0.1/16'], up: interfaces.some(({ master }) => master === 'docker0') }), ...interfaces],
    ...rest,
  }
}

export const router: MachinePicture = {
  name: 'router', role: 'router', lanInterface: 'eth1', owns: ['8.8.8.8'], routes: [], containers: [], spaces: [], networks: [],
  interfaces: [lo, link(2, 'eth1', { kind: 'veth', peerIndex: 7, mac: '00:50:56:c0:00:08', addresses: ['192.168.111.1/24', '8.8.8.8/32'] })],
}

export const container = (name: string, image = 'busybox', network = 'bridge'): ContainerPicture => ({ name, image, network })

export function space(id: number, containers: ContainerPicture[], interfaces: InterfacePicture[], changes: Partial<SpacePicture> = {}): SpacePicture {
  return { id: `net:[40265${id}]`, kind: 'container', containers, interfaces: [lo, ...interfaces], ...changes }
}

const lab = (machines: MachinePicture[], subnet = '192.168.111.0/24'): LabPicture => ({ lan: { subnet, mtu: 1500 }, machines: [...machines, router] })

/** Two containers on docker0, one more in the first one's namespace, one without a network, one in the host's. */
export const chapter4 = lab([
  host('A', 128, {
    containers: [container('agent', 'nginx', 'host')],
    interfaces: [link(7, 'vethe22e54f', { kind: 'veth', peerIndex: 6, master: 'docker0' }), link(9, 'veth91c0a3d', { kind: 'veth', peerIndex: 8, master: 'docker0' })],
    spaces: [
      space(32301, [container('web', 'nginx'), container('bbox', 'busybox', 'container:web')], [link(6, 'eth0', { kind: 'veth', peerIndex: 7, mac: '02:42:ac:11:00:02', addresses: ['172.17.0.2/16'], network: 'bridge' })]),
      space(32402, [container('bbox2')], [link(8, 'eth0', { kind: 'veth', peerIndex: 9, mac: '02:42:ac:11:00:03', addresses: ['172.17.0.3/16'], network: 'bridge' })]),
      space(32503, [container('closed', 'busybox', 'none')], []),
    ],
  }),
  host('B', 129),
])

/** One host of chapter 5: docker0, docker_gwbridge, the overlay's own namespace, two replicas. */
function overlayHost(name: string, last: number, replicas: [string, number, number][]): MachinePicture {
  const base = last * 10
  return host(name, last, {
    networks: [{ name: 'bridge', driver: 'bridge', interface: 'docker0' }, { name: 'docker_gwbridge', driver: 'bridge', interface: 'docker_gwbridge' }, { name: 'vxlanA', driver: 'overlay' }],
    interfaces: [
      link(8, 'docker_gwbridge', { kind: 'bridge', addresses: ['172.18.0.1/16'], mac: '02:42:9c:fd:3f:f2' }),
      link(14, 'veth8f3d2a1', { kind: 'veth', peerIndex: 13, master: 'docker_gwbridge' }),
      ...replicas.map(([, , port], index) => link(port + 2, `veth${(0x3fae100 + base + index).toString(16)}`, { kind: 'veth', peerIndex: port + 1, master: 'docker_gwbridge' })),
    ],
    spaces: [
      space(40000 + base, [], [
        link(2, 'br0', { kind: 'bridge', mtu: 1450, addresses: ['10.0.1.1/24'], mac: '1e:54:0e:2b:a5:c1' }), link(20, 'vxlan0', { kind: 'vxlan', mtu: 1450, vni: 4097, master: 'br0' }),
        ...replicas.map(([, , port], index) => link(port, `veth${index}`, { kind: 'veth', mtu: 1450, master: 'br0', peerIndex: port - 1 })),
      ], { kind: 'overlay', network: 'vxlanA' }),
      ...replicas.map(([task, address, port]) => space(41000 + base + port, [container(task, 'busybox:latest', 'vxlanA')], [
        link(port - 1, 'eth0', { kind: 'veth', mtu: 1450, peerIndex: port, mac: `02:42:0a:00:01:${address.toString(16)}`, addresses: [`10.0.1.${address}/24`], network: 'vxlanA' }),
        link(port + 1, 'eth1', { kind: 'veth', peerIndex: port + 2, mac: '02:42:ac:12:00:03', addresses: [`172.18.0.${port % 9 + 3}/16`], network: 'docker_gwbridge' }),
      ])),
    ],
  })
}

export const chapter5 = lab([
  overlayHost('A', 128, [['bboxes.2.m6qqi8k75rvr8ukk4ll6jfrnp', 33, 62], ['bboxes.4.a1b2c3d4e5f6g7h8i9j0k1l2m', 35, 72]]),
  overlayHost('B', 129, [['bboxes.1.ky0fcmy5geudr2fothxxh05y3', 32, 62], ['bboxes.3.z9y8x7w6v5u4t3s2r1q0p9o8n', 34, 72]]),
])

export const chapter5OfFour = lab(['A', 'B', 'C', 'D'].map((name, index) =>
  overlayHost(name, 128 + index, [[`bboxes.${index + 1}.ky0fcmy5geudr2fothxxh05y3`, 32 + index, 62], [`bboxes.${index + 5}.z9y8x7w6v5u4t3s2r1q0p9o8n`, 42 + index, 72]])))

/** Sub-interfaces in containers, and one on the host itself. */
export const chapter6 = lab([
  host('A', 128, {
    networks: [{ name: 'bridge', driver: 'bridge', interface: 'docker0' }, { name: 'macvnet', driver: 'macvlan', interface: 'ens33', mode: 'bridge' }],
    interfaces: [link(9, 'mac0', { kind: 'macvlan', mode: 'bridge', peerName: 'ens33', mac: '5a:11:22:33:44:55', addresses: ['192.168.111.20/32'] })],
    spaces: [
      space(42001, [container('web', 'nginx', 'macvnet')], [link(4, 'eth0', { kind: 'macvlan', mode: 'bridge', peerIndex: 2, mac: '02:42:c0:a8:6f:0a', addresses: ['192.168.111.10/24'], network: 'macvnet' })]),
      space(42002, [container('bbox', 'busybox', 'macvnet')], [link(5, 'eth0', { kind: 'macvlan', mode: 'bridge', peerIndex: 2, mac: '02:42:c0:a8:6f:0b', addresses: ['192.168.111.11/24'], network: 'macvnet' })]),
    ],
  }),
  host('B', 129),
])

export const pictures = { chapter4, chapter5, chapter5OfFour, chapter6 }
