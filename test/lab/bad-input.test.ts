import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testNotebook, type TestNotebook } from './notebook.ts'

let book: TestNotebook
let before: string[]
beforeAll(async () => {
  book = testNotebook()
  await book.lab.start()
  await book.lab.imagesReady
  await book.bridge.run('nginx', { name: 'web', publish: ['8080:80'] })
  await book.bridge.create('net1', { subnet: '10.9.1.0/24' })
  before = await everything()
})
afterAll(() => book.shutdown())

async function everything(): Promise<string[]> {
  const { docker } = book.lab.A
  const containers = await docker.listContainers({ all: true })
  const networks = await docker.listNetworks()
  return [...containers.map(({ Names }) => Names[0]!), ...networks.map(({ Name }) => Name)].sort()
}

describe('bad input is a clear error that leaves nothing behind:', () => {
  const cases: [string, (book: TestNotebook) => Promise<unknown>, RegExp][] = [
    ['an unknown image', ({ bridge }) => bridge.run('postgres', { name: 'db' }), /postgres[\s\S]*busybox[\s\S]*nginx[\s\S]*image add/],
    ['an address outside the subnet', ({ bridge }) => bridge.run('busybox', { name: 'bbox', network: 'net1', ip: '10.9.2.5' }), /10\.9\.2\.5[\s\S]*"net1"[\s\S]*10\.9\.1\.0\/24/],
    ['a fixed address on the default bridge', ({ bridge }) => bridge.run('busybox', { name: 'bbox', ip: '172.17.0.9' }), /user-defined[\s\S]*bridge\.create/],
    ['a subnet that overlaps', ({ bridge }) => bridge.create('net2', { subnet: '10.9.1.128/25' }), /overlaps[\s\S]*"net1" has 10\.9\.1\.0\/24/],
    ['a port in use', ({ bridge }) => bridge.run('nginx', { name: 'web2', publish: ['8080:80'] }), /port 8080 of A is in use already, by container "web"/],
    ['a port that is none', ({ bridge }) => bridge.run('nginx', { name: 'web2', publish: ['80:99999'] }), /80:99999/],
    ['a host that the topology lacks', async ({ lab, bridge }) => bridge.run('busybox', { host: lab.host('C') }), /"C"[\s\S]*A, B, router[\s\S]*hosts: 3/],
    ['a machine without an engine', async ({ lab, bridge }) => bridge.run('busybox', { host: lab.router as never }), /router" has no Docker Engine/],
    ['a network that is not there yet', ({ bridge }) => bridge.run('busybox', { name: 'bbox', network: 'later' }), /no network "later"[\s\S]*Run the cell that makes it first/],
    ['a container that is not there yet', ({ container }) => container.run('busybox', { of: 'later' }), /no container "later"[\s\S]*It has web[\s\S]*Run the cell/],
    ['a parent interface that is not there', ({ macvlan }) => macvlan.create('mac1', { parent: 'eth9', subnet: '10.8.0.0/24' }), /eth9[\s\S]*ens33/],
    ['a mode that is none', ({ macvlan }) => macvlan.create('mac1', { mode: 'fast' as never }), /bridge, private, vepa, passthru/],
    ['ports in host mode', ({ host }) => host.run('nginx', { publish: ['8080:80'] }), /publish cannot be given with --network=host/],
    ['a name that cannot be one', ({ bridge }) => bridge.run('busybox', { name: '../x' }), /cannot be the name/],
    ['an address that is none', ({ bridge }) => bridge.run('busybox', { network: 'net1', ip: '10.9.1.5/24' }), /not an IPv4 address/],
    ['a subnet that is none', ({ bridge }) => bridge.create('net3', { subnet: '10.9.1.0' }), /CIDR/],
    ["the name of one of Docker's own networks", ({ bridge }) => bridge.create('bridge'), /Docker's own/],
    ['a container that ends at once', ({ bridge }) => bridge.run('busybox', { name: 'bbox', command: ['sh', '-c', 'echo why; exit 3'], ready: { log: 'never' } }), /exit status 3[\s\S]*why/],
    ['a program that is not there', ({ bridge }) => bridge.run('busybox', { name: 'bbox', command: ['nonesuch'] }), /no such program|executable file not found/],
    ['an address in use', async ({ bridge }) => {
      const one = await bridge.run('busybox', { name: 'one', network: 'net1', ip: '10.9.1.5' })
      await bridge.run('busybox', { name: 'bbox', network: 'net1', ip: '10.9.1.5' }).finally(() => one.remove())
    }, /10\.9\.1\.5 is in use by another container \("one"\)/],
  ]
  it.each(cases)('%s', async (_, attempt, message) => {
    await expect((async () => attempt(book))()).rejects.toThrow(message)
    expect(await everything()).toEqual(before)
  })

  it('a name in use by something that this notebook did not make', async () => {
    const { docker } = book.lab.A
    const foreign = await docker.createContainer({ name: 'foreign', Image: 'busybox', Labels: { 'wirebook.notebook': 'another' } })
    const network = await docker.createNetwork({ Name: 'foreignnet', Labels: { 'wirebook.notebook': 'another' } })
    await expect(book.bridge.run('busybox', { name: 'foreign' })).rejects.toThrow(/"foreign" is in use[\s\S]*did not make[\s\S]*docker rm/)
    await expect(book.bridge.create('foreignnet')).rejects.toThrow(/"foreignnet" is in use[\s\S]*did not make/)
    await foreign.remove()
    await network.remove()
    expect(await everything()).toEqual(before)
  })

  it('a command that fails, is not there, or takes too long', async () => {
    const { A } = book.lab
    await expect(A.run(['false'])).rejects.toThrow(/A: "false" ended with exit status 1/)
    await expect(A.sh`nonesuch`).rejects.toThrow(/127 \(there is no such command\)/)
    await expect(A.run(['sleep', '30'], { timeout: 0.2 })).rejects.toThrow(/had not ended after 0\.2 s[\s\S]*timeout/)
    expect((await A.sh`ps ax`).text).not.toContain('sleep 30')
    await expect(A.run([])).rejects.toThrow(/array of words/)
    await expect((A.sh as never as (text: string) => Promise<unknown>)('ip addr')).rejects.toThrow(/template tag/)
    expect((await A.run(['false'], { check: false })).exitCode).toBe(1)
  })
})
