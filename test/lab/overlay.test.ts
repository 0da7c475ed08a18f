import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Ipv4Layer } from '../../src/api/packets.ts'
import { NotebookLab } from '../../src/lab/lab.ts'
import { overlayModel } from '../../src/models/overlay.ts'
import { capture } from '../../src/observe/capture.ts'
import { pathMtu } from '../../src/observe/path-mtu.ts'
import { ping } from '../../src/observe/ping.ts'
import { connectOutput, type Output } from '../../src/output.ts'

const lab = new NotebookLab()
const overlay = overlayModel(lab)
const pinging = { name: 'bboxes', network: 'vxlanA', command: ['ping', '8.8.8.8'] }
let printed = ''

beforeAll(() => connectOutput(() => ({
  write: text => void (printed += text), display: () => {}, update: () => {}, clear: () => {}, ask: async () => '', signal: new AbortController().signal,
}) satisfies Output))
afterAll(() => connectOutput(() => undefined))
beforeEach(() => void (printed = ''))

describe('two hosts', () => {
  beforeAll(async () => {
    await lab.start({ backend: 'namespaces' })
  })
  afterAll(() => lab.stop())

  it('says what is missing before there is a swarm', async () => {
    await expect(overlay.swarm.nodes()).rejects.toThrow(/None of the hosts manages a swarm yet.*\n.*overlay\.swarm\.init/)
    await expect(overlay.create('vxlanA')).rejects.toThrow('overlay.swarm.init')
  })

  it('makes swarm, network and service: a task on each host, on the tutorial’s numbers', async () => {
    const started = performance.now()
    expect(await overlay.swarm.init(lab.A)).toMatchObject({ hostname: 'A', status: 'Ready', leader: true, address: '192.168.111.128' })
    expect(await overlay.swarm.join(lab.B)).toMatchObject([{ hostname: 'B', status: 'Ready', role: 'worker', address: '192.168.111.129' }])
    const vxlanA = await overlay.create('vxlanA')
    const bboxes = await overlay.service('busybox', { ...pinging, network: vxlanA, replicas: 2 })
    const tasks = await bboxes.converged()
    expect((performance.now() - started) / 1000, 'seconds from init to converged').toBeLessThan(15)
    expect(tasks.map(task => task.host).sort()).toEqual(['A', 'B'])
    expect(tasks.every(task => task.state === 'running')).toBe(true)
    expect(await vxlanA.inspect()).toMatchObject({ Driver: 'overlay', Scope: 'swarm', IPAM: { Config: [{ Subnet: '10.0.1.0/24' }] } })
    for (const host of lab.hosts) {
      const container = await bboxes.container(host)
      expect(await container.link('eth0')).toMatchObject({ mtu: 1450 })
      expect(await container.link('eth1')).toMatchObject({ mtu: 1500 })
      expect(container.address('vxlanA')).toMatch(/^10\.0\.1\./)
    }
    expect(await bboxes.containers()).toHaveLength(2)
    expect(await bboxes.virtualIp('vxlanA')).toMatch(/^10\.0\.1\./)
    expect(printed).toContain('bboxes converged')
  })

  it('carries a ping in VXLAN with VNI 4097: 134 bytes outside, 84 inside', async () => {
    const bboxes = await overlay.service('busybox', { ...pinging, replicas: 2 })
    await bboxes.converged()
    const [onA, onB] = [await bboxes.container(lab.A), await bboxes.container(lab.B)]
    const peer = onB.address('vxlanA')!
    const wire = await capture(lab.A, { interface: 'ens33', filter: 'udp port 4789' })
    expect(await ping(onA, peer, { count: 1 })).toMatchObject({ received: 1, replies: [{ ttl: 64 }] })
    const seen = await wire.stop()
    const echo = seen.packets.find(packet => packet.layers.some(layer => layer.layer === 'icmp' && layer.name === 'echo request'))!
    const ip = echo.layers.filter((layer): layer is Ipv4Layer => layer.layer === 'ipv4')
    expect(ip.map(({ source, destination, totalBytes }) => ({ source, destination, totalBytes }))).toEqual([
      { source: '192.168.111.128', destination: '192.168.111.129', totalBytes: 134 },
      { source: onA.address('vxlanA'), destination: peer, totalBytes: 84 },
    ])
    expect(echo.layers.find(layer => layer.layer === 'udp')).toMatchObject({ destinationPort: 4789 })
    expect(echo.layers.find(layer => layer.layer === 'vxlan')).toMatchObject({ vni: 4097 })
    expect(seen.text()).toMatch(/VXLAN, flags \[I\] \(0x08\), vni 4097/)
    expect(await pathMtu(onA, peer)).toMatchObject({ mtu: 1450, payload: 1422, above: { payload: 1423, error: 'message too long, mtu=1450' } })
    expect(await pathMtu(lab.A, lab.B)).toMatchObject({ mtu: 1500, payload: 1472 })
  })

  it('lists every task under tasks.NAME, and serves DNS round robin', async () => {
    const web = await overlay.service('busybox', { name: 'web', network: 'vxlanA', replicas: 2, endpointMode: 'dnsrr' })
    const tasks = await web.converged()
    expect(await web.virtualIp('vxlanA')).toBeUndefined()
    const found = (await (await web.container(lab.A)).run(['nslookup', 'tasks.web', '127.0.0.11'], { check: false, print: false })).stdout
    for (const { address } of tasks) expect(found).toContain(address)
    expect(await ping(await web.container(lab.A), 'web', { count: 1 })).toMatchObject({ received: 1 })
    await web.remove()
    await expect(web.converged()).rejects.toThrow('Service "web" is no longer there')
  })

  it('replaces a network with what is on it, keeping its numbers', async () => {
    const again = await overlay.create('vxlanA')
    expect((await again.inspect()).IPAM?.Config?.[0]?.Subnet).toBe('10.0.1.0/24')
    const bboxes = await overlay.service('busybox', { ...pinging, replicas: 2 })
    await bboxes.converged()
    const wire = await capture(lab.A, { filter: 'udp port 4789' })
    await ping(await bboxes.container(lab.A), (await bboxes.container(lab.B)).address('vxlanA')!, { count: 1 })
    expect((await wire.stop()).packets[0]?.layers.find(layer => layer.layer === 'vxlan')).toMatchObject({ vni: 4097 })
  })

  it('scales', async () => {
    const bboxes = await overlay.service('busybox', { ...pinging, replicas: 1 })
    expect(await bboxes.converged()).toHaveLength(1)
    await bboxes.scale(3)
    expect(await bboxes.tasks()).toHaveLength(3)
    await bboxes.scale(0)
    expect(await bboxes.tasks()).toHaveLength(0)
    await expect(bboxes.container(lab.A)).rejects.toThrow('has no task on A')
  })

  it('runs single containers on an attachable network, on both hosts', async () => {
    const mesh = await overlay.create('mesh', { attachable: true })
    const one = await overlay.run('busybox', { name: 'one', network: mesh })
    const other = await overlay.run('busybox', { name: 'other', network: 'mesh', host: lab.B })
    expect(await ping(one, 'other', { count: 1 })).toMatchObject({ received: 1 })
    expect(other.host.name).toBe('B')
    await expect(overlay.run('busybox', { name: 'lone', network: 'vxlanA' })).rejects.toThrow(/takes services only.*\n.*attachable: true/)
    await overlay.create('mesh', { attachable: true })
    expect((await lab.B.containers()).map(container => container.name)).not.toContain('other')
  })

  it('says early that a service will never run, and why', async () => {
    const broken = await overlay.service('busybox', { name: 'broken', network: 'vxlanA', command: ['no-such-program'] })
    await expect(broken.converged({ timeout: 40 })).rejects.toThrow(/broken cannot converge[\s\S]*no-such-program/)
    await broken.remove()
    const short = await overlay.service('busybox', { name: 'short', network: 'vxlanA', command: ['sleep', '100'], replicas: 2 })
    await expect(short.converged({ timeout: 0.01 })).rejects.toThrow(/Waited 0.01 s until 2 tasks of short run[\s\S]*short\.[12].*(pending|new|assigned|preparing)/)
    await expect(overlay.service('no-such-image', { name: 'lost', network: 'vxlanA' })).rejects.toThrow(/no-such-image/)
    await expect(overlay.service('busybox', { name: 'lost', network: 'nowhere' })).rejects.toThrow('no network "nowhere"')
  }, 90_000)

  it('cleans up services and their networks on a manager', async () => {
    await overlay.create('vxlanA')
    await (await overlay.service('busybox', { ...pinging, replicas: 2 })).converged()
    await lab.A.clean()
    expect(await lab.A.docker.listServices()).toEqual([])
    expect((await lab.A.docker.listNetworks()).map(network => network.Name)).not.toContain('vxlanA')
    expect(await lab.B.containers()).toEqual([])
  })

  it('begins again when it is run again', async () => {
    const before = await overlay.swarm.nodes()
    await overlay.swarm.init(lab.A)
    await overlay.swarm.join(lab.B)
    expect(await overlay.swarm.join(lab.B)).toMatchObject([{ hostname: 'B', status: 'Ready' }])
    expect(printed).toContain('B is in this swarm already')
    await expect(overlay.swarm.join(lab.A)).rejects.toThrow('it cannot join it')
    const nodes = await overlay.swarm.nodes()
    expect(nodes).toHaveLength(2)
    expect(nodes.map(node => node.id)).not.toEqual(before.map(node => node.id))
    await overlay.create('vxlanA')
    expect(await (await overlay.service('busybox', { ...pinging, replicas: 2 })).converged()).toHaveLength(2)
    await overlay.swarm.leave()
    await expect(overlay.swarm.nodes()).rejects.toThrow('None of the hosts manages a swarm yet')
  }, 90_000)
})

describe('three hosts', () => {
  beforeEach(async () => {
    await lab.start({ backend: 'namespaces', hosts: 3 })
    await overlay.swarm.init()
    expect(await overlay.swarm.join()).toHaveLength(2)
    await overlay.create('vxlanA')
  })
  afterEach(() => lab.stop())

  it('move the tasks of a worker that leaves, and say so', async () => {
    const bboxes = await overlay.service('busybox', { ...pinging, replicas: 3 })
    expect((await bboxes.converged()).map(task => task.host).sort()).toEqual(['A', 'B', 'C'])
    await overlay.swarm.leave(lab.machine('C') as typeof lab.A)
    await bboxes.converged()
    expect((await bboxes.tasks()).map(task => task.host)).not.toContain('C')
    expect(printed).toMatch(/bboxes\.\d on C: .*; a new task took its place on [AB]/)
    expect((await bboxes.history()).join('\n')).toMatch(/on C: /)
    expect((await overlay.swarm.nodes()).find(node => node.hostname === 'C')?.status).toBe('Down')
  }, 90_000)

  it('move the tasks of an engine that is killed, and say so', async () => {
    const bboxes = await overlay.service('busybox', { ...pinging, replicas: 3 })
    await bboxes.converged()
    const engine = (await lab.host('B').run(['cat', '/run/docker.pid'], { print: false })).text
    await lab.host('B').run(['kill', '-9', engine], { print: false })
    await expect.poll(async () => (await overlay.swarm.nodes()).find(node => node.hostname === 'B')?.status, { timeout: 60_000, interval: 500 }).toBe('Down')
    const tasks = await bboxes.converged()
    expect(tasks.map(task => task.host)).not.toContain('B')
    expect(printed).toMatch(/bboxes\.\d on B: its node is down.*; a new task took its place on [AC]/)
  }, 120_000)
})
