import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Diagrams } from '../../src/api/show.ts'
import type { Container, Lab } from '../../src/api/lab.ts'
import type { BridgeModel, ContainerModel, HostModel, NoneModel } from '../../src/api/models.ts'
import { createNotebook } from '../../src/index.ts'
import { layout } from '../../src/show/diagrams/layout.ts'
import { limit } from '../../src/show/diagrams/limit.ts'
import { observe } from '../../src/show/diagrams/observe.ts'
import { expectTidy } from '../unit/show/figure-rules.ts'
import { expectWellFormed } from '../unit/show/well-formed.ts'

const notebook = createNotebook()
const globals = notebook.globals as unknown as { lab: Lab; bridge: BridgeModel; container: ContainerModel; none: NoneModel; host: HostModel; diagram: Diagrams }
const { lab, bridge, diagram } = globals
let web: Container
let other: Container

beforeAll(async () => {
  await lab.start()
  web = await bridge.run('nginx', { name: 'web' })
  await globals.container.run('busybox', { name: 'bbox', of: web })
  other = await bridge.run('busybox', { name: 'other' })
  await globals.none.run('busybox', { name: 'closed' })
  await globals.host.run('busybox', { name: 'agent' })
})
afterAll(() => notebook.shutdown())

test('the picture holds what the kernel says of veths, namespaces and containers', async () => {
  const picture = await observe(lab)
  const a = picture.machines.find(({ name }) => name === 'A')!
  expect(picture.machines.map(({ name }) => name)).toEqual(['A', 'B', 'router'])
  expect(a.containers.map(({ name, network }) => `${name} ${network}`)).toEqual(['agent host'])
  const shared = a.spaces.find(({ containers }) => containers.length === 2)!
  expect(shared.containers.map(({ name, network }) => `${name} ${network}`)).toEqual(['web bridge', 'bbox container:web'])
  expect(shared.id).toBe(await web.namespace())
  const [eth0] = shared.interfaces.filter(({ name }) => name === 'eth0')
  expect(eth0).toMatchObject({ kind: 'veth', mtu: 1500, mac: web.mac, addresses: [`${web.ip}/16`], network: 'bridge' })
  const end = (await lab.A.links()).find(({ index }) => index === eth0!.peerIndex)!
  expect(a.interfaces.find(({ name }) => name === end.name)).toMatchObject({ peerIndex: eth0!.index, master: 'docker0' })
  expect(a.spaces.find(({ containers }) => containers[0]?.name === 'closed')!.interfaces.map(({ name }) => name)).toEqual(['lo'])
  expectTidy(layout(limit(picture, undefined, []).picture))
})

test('a path is the one that packets take', async () => {
  const shown = await diagram.lab({ title: 'Out', path: [other, lab.B], highlight: [web] })
  expect(shown.text).toMatch(/path: 1 other eth0 → 2 A veth\w+ → 3 A docker0 → 4 A ens33 → LAN → 5 B ens33/)
  expectWellFormed(String(shown.bundle['image/svg+xml']))
})

test('some hosts only; what is not there is an error', async () => {
  const { text } = await diagram.lab({ hosts: [lab.B] })
  expect(text).not.toContain('├─ A (')
  expect(text).toContain('B (host')
  await expect(diagram.lab({ path: [web, 'C'] })).rejects.toThrow('goes through "C"')
})
