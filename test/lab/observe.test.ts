import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Container } from '../../src/api/lab.ts'
import { NotebookLab } from '../../src/lab/lab.ts'
import { bridgeModel } from '../../src/models/bridge.ts'
import { hostChoice } from '../../src/models/host-choice.ts'
import { forwardingTable } from '../../src/observe/forwarding-table.ts'
import { http } from '../../src/observe/http.ts'
import { natRules } from '../../src/observe/nat-rules.ts'
import { packetRate } from '../../src/observe/packet-rate.ts'
import { pathMtu } from '../../src/observe/path-mtu.ts'
import { ping } from '../../src/observe/ping.ts'
import { throughput } from '../../src/observe/throughput.ts'
import { connectOutput, type Output } from '../../src/output.ts'

const lab = new NotebookLab()
const bridge = bridgeModel(hostChoice(() => lab.A))
let bbox: Container
let web: Container
let printed = ''
let cell = new AbortController()

beforeAll(async () => {
  connectOutput(() => ({ write: text => void (printed += text), display: () => {}, update: () => {}, clear: () => {}, ask: async () => '', signal: cell.signal }) satisfies Output)
  await lab.start({ backend: 'namespaces' })
  bbox = await bridge.run('busybox', { name: 'bbox' })
  web = await bridge.run('nginx', { name: 'web', publish: ['8080:80'] })
})
afterAll(async () => {
  await lab.stop()
  connectOutput(() => undefined)
})

describe('ping', () => {
  it('goes from a machine, a busybox container, and an nginx container that has no ping', async () => {
    for (const [from, ttl] of [[lab.A, 64], [bbox, 63], [web, 63]] as const) {
      const result = await ping(from, lab.B, { count: 2, interval: 0.01 })
      expect(result).toMatchObject({ transmitted: 2, received: 2, lossPercent: 0, duplicates: 0 })
      expect(result.replies[0]).toMatchObject({ ttl, bytes: 64, from: '192.168.111.129' })
      expect(result.median).toBeGreaterThan(0)
    }
  })

  it('prints each reply as it comes', async () => {
    const arrivals: number[] = []
    connectOutput(() => ({ write: (text: string) => text.includes('seq=') && arrivals.push(performance.now()), display: () => {}, update: () => {}, clear: () => {}, ask: async () => '', signal: cell.signal }) as Output)
    try {
      await ping(lab.A, lab.B, { count: 3, interval: 0.2 })
    } finally {
      connectOutput(() => ({ write: text => void (printed += text), display: () => {}, update: () => {}, clear: () => {}, ask: async () => '', signal: cell.signal }) satisfies Output)
    }
    expect(arrivals).toHaveLength(3)
    expect(arrivals[2]! - arrivals[0]!).toBeGreaterThan(250)
  })

  it('tells why nothing was sent, and what came in place of a reply', async () => {
    expect(await ping(lab.B, '172.30.0.1', { count: 1, timeout: 1 })).toMatchObject({ received: 0, lossPercent: 100 })
    expect(await ping(lab.A, '192.168.111.77', { count: 1, dontFragment: true, timeout: 4 })).toMatchObject({ received: 0, error: 'Destination Host Unreachable' })
    expect(await ping(lab.A, lab.B, { count: 1, size: 1473, dontFragment: true })).toMatchObject({ received: 0, error: 'message too long, mtu=1500' })
    expect(await ping(bbox, 'web', { count: 1 })).toMatchObject({ received: 0, error: "bad address 'web'" })
  })

  it('returns what it had when the cell is interrupted', async () => {
    cell = new AbortController()
    setTimeout(() => cell.abort(), 700)
    const started = performance.now()
    const result = await ping(lab.A, lab.B, { count: 1000, interval: 0.1 })
    cell = new AbortController()
    expect(performance.now() - started).toBeLessThan(3000)
    expect(result.interrupted).toBe(true)
    expect(result.received).toBeGreaterThanOrEqual(3)
    expect(result.replies.length).toBe(result.received)
    expect((await ping(lab.A, lab.B, { count: 1 })).received).toBe(1)
  })

  it('names what is wrong with its options', async () => {
    await expect(ping(lab.A, lab.B, { count: 0 })).rejects.toThrow('count must be a whole number')
    await expect(ping(lab.A, '-f 10.0.0.1')).rejects.toThrow('neither an address nor a host name')
    await expect(ping(undefined as never, lab.B)).rejects.toThrow('machine of the lab or a container is needed')
    await expect(ping(lab.A, bridge.network() as never)).rejects.toThrow('put await before it')
  })
})

describe('http', () => {
  it('fetches the 615-byte page from a container, a machine, and the nginx container itself', async () => {
    for (const [from, url] of [[bbox, `${web.ip}:80`], [lab.B, `${lab.A.ip}:8080`], [lab.router, `${lab.A.ip}:8080`], [web, '127.0.0.1']] as const) {
      const page = await http(from, url)
      expect(page, `${from.name} ${url}`).toMatchObject({ status: 200, statusText: 'OK', bytes: 615, contentLength: 615 })
      expect(page.body).toContain('Welcome to nginx')
    }
    expect(printed).toContain(`Connecting to ${web.ip}:80`)
  })

  it('gives a 404 as a result, no answer as an error', async () => {
    expect(await http(bbox, `${web.ip}/missing`)).toMatchObject({ status: 404 })
    await expect(http(bbox, `${web.ip}:81`)).rejects.toThrow('Connection refused')
    await expect(http(lab.A, '192.168.111.77', { timeout: 1 })).rejects.toThrow(/No route to host|had not ended after 1 s/)
    await expect(http(lab.A, 'https://10.0.0.1')).rejects.toThrow('is not an http URL')
    await expect(http(web, 'web:80')).rejects.toThrow(/no wget of its own|bad address/)
  })
})

describe('pathMtu', () => {
  it('finds 1500 across ens33, and what happens above', async () => {
    expect(await pathMtu(lab.A, lab.B)).toMatchObject({ mtu: 1500, payload: 1472, above: { payload: 1473, error: 'message too long, mtu=1500' } })
  })

  it('finds a narrower hop by the router’s word', async () => {
    await lab.router.sh`ip link add narrow type bridge && ip link set narrow mtu 1400 up && ip addr add 10.77.0.1/24 dev narrow && ip netns add behind && ip link add n0 type veth peer name n1 netns behind && ip link set n0 mtu 1400 master narrow up && ip -n behind addr add 10.77.0.2/24 dev n1 && ip -n behind link set n1 mtu 1400 up && ip -n behind route add default via 10.77.0.1`
    expect(await pathMtu(lab.A, '10.77.0.2')).toMatchObject({
      mtu: 1400, payload: 1372, above: { payload: 1373, error: 'Frag needed and DF set (mtu = 1400)', nextHopMtu: 1400, reportedBy: '192.168.111.1' },
    })
  })

  it('says that nobody answers', async () => {
    await expect(pathMtu(lab.A, '192.168.111.77')).rejects.toThrow('does not answer even the smallest')
    await expect(pathMtu(lab.A, 'web')).rejects.toThrow('an address is needed')
  })
})

describe('rates', () => {
  it('measures TCP throughput and packets per second, twice in a row', async () => {
    for (const from of [lab.A, bbox]) {
      const tcp = await throughput(from, lab.B, { seconds: 1 })
      expect(tcp.bitsPerSecond).toBeGreaterThan(1e6)
      expect(tcp.bytes).toBeGreaterThan(0)
    }
    const rate = await packetRate(bbox, lab.B, { seconds: 1 })
    expect(rate.packetsPerSecond).toBeGreaterThan(100)
    expect(rate).toMatchObject({ size: 18, from: 'bbox', to: 'B' })
  })

  it('refuses what iperf3 would take for "without end"', async () => {
    await expect(throughput(lab.A, lab.B, { seconds: 0.5 })).rejects.toThrow('seconds must be a whole number')
  })

  it('says who does not reach whom', async () => {
    await expect(throughput(lab.B, bbox, { seconds: 1 })).rejects.toThrow('B does not reach bbox')
  })

  it('takes the next port when one is in use', async () => {
    const [one, other] = await Promise.all([throughput(lab.A, lab.B, { seconds: 1 }), throughput(lab.router, lab.B, { seconds: 1 })])
    expect(one.bytes).toBeGreaterThan(0)
    expect(other.bytes).toBeGreaterThan(0)
  })
})

describe('tables of the kernel', () => {
  it('reads NAT rules', async () => {
    const rules = await natRules(lab.A)
    expect(rules).toContainEqual(expect.objectContaining({ chain: 'POSTROUTING', target: 'MASQUERADE', source: '172.17.0.0/16', outInterface: '!docker0' }))
    expect(rules).toContainEqual(expect.objectContaining({ target: 'DNAT', port: '8080', to: `${web.ip}:80` }))
  })

  it('reads MAC tables: the bridge has learned the container', async () => {
    await ping(bbox, lab.B, { count: 1 })
    const entries = await forwardingTable(lab.A, { device: 'docker0' })
    expect(entries).toContainEqual(expect.objectContaining({ mac: bbox.mac, bridge: 'docker0', learned: true }))
  })

  it('reads interfaces and routes of containers', async () => {
    expect(await bbox.link('eth0')).toMatchObject({ kind: 'veth', mtu: 1500, mac: bbox.mac })
    expect(await bbox.routes()).toContainEqual({ destination: 'default', gateway: '172.17.0.1', device: 'eth0' })
    await expect(bbox.link('eth7')).rejects.toThrow('It has lo, eth0')
  })
})

describe('a capture file', () => {
  it('is saved where it was asked for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wirebook-test-'))
    try {
      const listening = await lab.A.capture({ filter: 'icmp' })
      await ping(lab.A, lab.B, { count: 1 })
      const path = await (await listening.stop()).save(join(folder, 'echo.pcap'))
      expect((await readFile(path)).subarray(0, 4).toString('hex')).toMatch(/d4c3b2a1|a1b2c3d4/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
