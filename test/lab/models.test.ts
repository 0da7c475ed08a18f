import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testNotebook, type TestNotebook } from './notebook.ts'

let book: TestNotebook
beforeAll(async () => {
  book = testNotebook()
  await book.lab.start()
})
afterAll(() => book.shutdown())

const quiet = { print: false }

describe('none', () => {
  it('gives a container only lo, and nothing to reach', async () => {
    const bbox = await book.none.run('busybox', { name: 'bbox' })
    expect((await bbox.links()).map(({ name, mtu }) => [name, mtu])).toEqual([['lo', 65536]])
    expect(await bbox.routes()).toEqual([])
    const ping = await bbox.run(['ping', '-c', '1', '8.8.8.8'], { ...quiet, check: false })
    expect(ping.exitCode).not.toBe(0)
    expect(ping.text).toContain('Network is unreachable')
    expect(() => bbox.ip).toThrow(/no address/)
  })

  it('can be run again: the container of the name is replaced', async () => {
    const one = await book.none.run('busybox', { name: 'bbox' })
    const other = await book.none.run('busybox', { name: 'bbox' })
    expect(other.id).not.toBe(one.id)
    expect((await book.lab.A.containers()).map(({ name }) => name)).toEqual(['bbox'])
    await expect(one.inspect()).rejects.toThrow(/Run the cell that makes it again/)
  })
})

describe('host', () => {
  it("shares the host's namespace, interfaces and addresses", async () => {
    const bbox = await book.host.run('busybox', { name: 'bbox' })
    expect(await bbox.namespace()).toBe(await book.lab.A.namespace())
    expect((await bbox.links()).map(({ name }) => name)).toEqual(['lo', 'ens33', 'docker0'])
    expect((await bbox.addresses()).map(({ cidr }) => cidr)).toContain('192.168.111.128/24')
    expect(bbox.ip).toBe('192.168.111.128')
  })

  it('shows how ports conflict: the second nginx ends, its log says why', async () => {
    await book.host.run('nginx', { name: 'web1' })
    await expect(book.host.run('nginx', { name: 'web2' })).rejects.toMatchObject({
      exitCode: 1, log: expect.stringContaining('bind() to 0.0.0.0:80 failed (98: Address already in use)'),
    })
    expect((await book.lab.A.docker.listContainers({ all: true })).map(({ Names }) => Names[0])).not.toContain('/web2')
    await book.lab.A.clean()
  })
})

describe('bridge', () => {
  it('gives an address on docker0 and a veth whose other end is there', async () => {
    const bbox = await book.bridge.run('busybox', { name: 'bbox' })
    expect([bbox.ip, bbox.mac]).toEqual(['172.17.0.2', '02:42:ac:11:00:02'])
    const eth0 = await bbox.link('eth0')
    expect(eth0.addresses[0]!.cidr).toBe('172.17.0.2/16')
    const peer = (await book.lab.A.links()).find(({ index }) => index === eth0.peerIndex)
    expect(peer).toMatchObject({ kind: 'veth', master: 'docker0' })
    await expect(bbox.link('eth7')).rejects.toThrow(/It has lo, eth0/)
  })

  it('publishes a port, and serves the 615 bytes', async () => {
    const web = await book.bridge.run('nginx', { name: 'web', publish: ['8080:80'] })
    const bbox = await book.bridge.run('busybox', { name: 'bbox' })
    expect((await bbox.sh`wget -q -O- ${web.ip}:80 | wc -c`).stdout.trim()).toBe('615')
    expect((await book.lab.B.sh`wget -q -O- ${book.lab.A.ip}:8080 | wc -c`).stdout.trim()).toBe('615')
  })

  it('makes networks of its own, with names, fixed addresses and aliases; again replaces them', async () => {
    for (let round = 0; round < 2; round++) {
      const net = await book.bridge.create('net1', { subnet: '10.9.1.0/24' })
      const one = await book.bridge.run('busybox', { name: 'one', network: net, ip: '10.9.1.77', aliases: ['first'] })
      const two = await book.bridge.run('busybox', { name: 'two', network: 'net1' })
      expect(one.ip).toBe('10.9.1.77')
      expect((await two.run(['ping', '-c', '1', 'first'], quiet)).text).toContain('10.9.1.77')
    }
    const net = await book.bridge.network('net1')
    expect((await net.inspect()).IPAM?.Config?.[0]?.Subnet).toBe('10.9.1.0/24')
    await net.remove()
    expect((await book.lab.A.containers()).map(({ name }) => name)).not.toContain('one')
  })

  it('connects a running container to a second network', async () => {
    const net = await book.bridge.create('net2', { subnet: '10.9.2.0/24' })
    const bbox = await book.bridge.run('busybox', { name: 'bbox' })
    await net.connect(bbox, { ip: '10.9.2.9' })
    expect(bbox.address('net2')).toBe('10.9.2.9')
    await net.disconnect(bbox)
    expect(bbox.address('net2')).toBeUndefined()
    await net.remove()
  })
})

describe('container', () => {
  it("shares another's stack, as pods do; what remains keeps its network when one ends", async () => {
    const pause = await book.bridge.run('busybox', { name: 'pause', command: ['sleep', 'infinity'] })
    const web = await book.container.run('nginx', { name: 'podweb', of: pause })
    const bbox = await book.container.run('busybox', { name: 'podbox', of: 'pause' })
    expect(await bbox.namespace()).toBe(await web.namespace())
    expect([bbox.ip, bbox.mac]).toEqual([pause.ip, pause.mac])
    expect((await bbox.sh`wget -q -O- 127.0.0.1 | wc -c`).stdout.trim()).toBe('615')
    await web.stop()
    expect((await bbox.addresses()).map(({ cidr }) => cidr)).toContain(`${pause.ip}/16`)
    await pause.remove()
  })
})

describe('macvlan', () => {
  it('puts a container on the LAN with a MAC of its own; again replaces', async () => {
    for (let round = 0; round < 2; round++) {
      const net = await book.macvlan.create('macvnet')
      const web = await book.macvlan.run('nginx', { name: 'web', network: net, ip: '192.168.111.10' })
      expect(web.mac).not.toBe(book.lab.A.mac)
      expect((await book.lab.B.sh`wget -q -O- 192.168.111.10 | wc -c`).stdout.trim()).toBe('615')
    }
    await book.lab.A.clean()
  })

  it('never gives away an address that a machine of the lab has', async () => {
    const net = await book.macvlan.create('macvnet', { subnet: '192.168.111.0/24', ipRange: '192.168.111.128/30' })
    const bbox = await book.macvlan.run('busybox', { name: 'bbox', network: net })
    expect(['192.168.111.130', '192.168.111.131']).toContain(bbox.ip)
    await book.lab.A.clean()
  })

  it.each(['private', 'vepa', 'passthru'] as const)('knows the mode %s', async mode => {
    const net = await book.macvlan.create('macvmode', { mode, subnet: '10.30.0.0/24' })
    const bbox = await book.macvlan.run('busybox', { name: 'bbox', network: net })
    expect((await bbox.link('eth0')).details).toMatchObject({ mode })
    await net.remove()
  })

  it('makes a VLAN of the parent, or says that the kernel has none', async () => {
    const probe = await book.lab.A.sh`ip link add link ens33 name probe.9 type vlan id 9 2>/dev/null && ip link del probe.9 || echo none`
    if (probe.text === 'none') {
      await expect(book.macvlan.create('vlan10', { parent: 'ens33.10', subnet: '10.10.0.0/24' })).rejects.toThrow(/no 802\.1Q VLAN/)
      return
    }
    const net = await book.macvlan.create('vlan10', { parent: 'ens33.10', subnet: '10.10.0.0/24' })
    await book.macvlan.run('busybox', { name: 'tagged', network: net })
    expect((await book.lab.A.links()).map(({ name }) => name)).toContain('ens33.10')
    await net.remove()
  })
})

describe('ipvlan', () => {
  it('shares the MAC of the parent, or says that the kernel lacks it', async () => {
    if (!book.lab.features.includes('ipvlan')) {
      const attempt = async () => {
        const net = await book.ipvlan.create('ipv_l2')
        await book.ipvlan.run('busybox', { name: 'bbox1', network: net })
      }
      await expect(attempt()).rejects.toThrow(/ipvlan is not in the running kernel[\s\S]*needs/)
      expect((await book.lab.A.docker.listContainers({ all: true })).filter(({ Names }) => Names.includes('/bbox1'))).toEqual([])
      return
    }
    const net = await book.ipvlan.create('ipv_l2')
    const bbox = await book.ipvlan.run('busybox', { name: 'bbox1', network: net })
    expect(bbox.mac || (await bbox.link('eth0')).mac).toBe(book.lab.A.mac)
  })
})

describe('a host', () => {
  it('labels what is made and cleans it away', async () => {
    const web = await book.bridge.run('busybox', { name: 'labelled' })
    expect((await web.inspect()).Config.Labels).toHaveProperty(['wirebook.notebook'])
    await book.lab.A.clean()
    expect(await book.lab.A.docker.listContainers({ all: true })).toEqual([])
    expect((await book.lab.A.docker.listNetworks()).map(({ Name }) => Name).sort()).toEqual(['bridge', 'host', 'none'])
  })

  it('runs containers where it is told to', async () => {
    const web = await book.bridge.run('nginx', { name: 'web', host: book.lab.B })
    expect(web.host.name).toBe('B')
    expect(String(web)).toBe('web')
    await book.lab.B.clean()
  })
})
