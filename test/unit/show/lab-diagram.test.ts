import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawLab } from '../../../src/show/diagram.ts'
import { drawSvg } from '../../../src/show/diagrams/draw.ts'
import { layout } from '../../../src/show/diagrams/layout.ts'
import { limit } from '../../../src/show/diagrams/limit.ts'
import { findPath } from '../../../src/show/diagrams/path.ts'
import { readPlace, type InterfacePicture, type LabPicture, type MachinePicture, type SpacePicture } from '../../../src/show/diagrams/picture.ts'
import { spread } from '../../../src/show/diagrams/spread.ts'
import { tree } from '../../../src/show/diagrams/tree.ts'
import { wires } from '../../../src/show/diagrams/wires.ts'
import { expectTidy } from './figure-rules.ts'
import { chapter4, chapter5, chapter5OfFour, container, host, link, pictures, router, space } from './pictures.ts'
import { expectWellFormed } from './well-formed.ts'

const tasks = (picture: LabPicture, machine: number) => picture.machines[machine]!.spaces.flatMap(({ containers }) => containers.map(({ name }) => name))

describe.each(Object.entries(pictures))('%s', (_, picture) => {
  test('is tidy, well-formed, and says in words what it shows', () => {
    const figure = layout(picture, { title: 'The lab' })
    expectTidy(figure)
    const svg = drawSvg(figure, tree(picture))
    expectWellFormed(svg)
    expect(svg).toMatch(/<title>The lab<\/title><desc>LAN 192\.168\.111\.0\/24/)
    for (const machine of picture.machines) for (const { name } of machine.interfaces) if (name !== 'lo') expect(tree(picture)).toContain(name)
  })

  test('is tidy with a path through it', () => {
    const name = tasks(picture, 0)[0]!
    const path = findPath(picture, [name, 'B', 'router'])
    expectTidy(layout(picture, { path, highlight: [name] }))
  })
})

test('draws both names of each veth and the line between them', () => {
  const figure = layout(chapter4)
  const texts = figure.items.flatMap(item => item.type === 'text' ? [item.text] : [])
  for (const text of ['vethe22e54f', '#7 mtu 1500', 'eth0 #6', '172.17.0.2/16', '02:42:ac:11:00:02', 'docker0 #3', 'has all interfaces of A', 'lo #1', 'one namespace: 4026532301']) expect(texts).toContain(text)
  expect(wires(chapter4).filter(({ kind }) => kind === 'veth').map(({ a, b }) => [readPlace(a).interface, readPlace(b).interface].sort().join(' '))).toEqual(['eth0 vethe22e54f', 'eth0 veth91c0a3d'])
})

test('the way between replicas leads through VXLAN, hop by hop', () => {
  const [from, to] = [tasks(chapter5, 0)[0]!, tasks(chapter5, 1)[0]!]
  const { bundle, text } = drawLab(chapter5, { path: [from, to] })
  expect(text).toContain(`path: 1 ${from} eth0 → 2 A vxlanA veth0 → 3 A vxlanA br0 → 4 A vxlanA vxlan0 → 5 A ens33 → LAN → 6 B ens33 → 7 B vxlanA vxlan0 → 8 B vxlanA br0 → 9 B vxlanA veth0 → 10 ${to} eth0`)
  expect(String(bundle['image/svg+xml']).match(/data-hop=/g)).toHaveLength(10)
})

test('a way out leads through the bridge, and one by name through what is named', () => {
  expect(drawLab(chapter4, { path: ['bbox2', 'B'] }).text).toContain('path: 1 bbox2 eth0 → 2 A veth91c0a3d → 3 A docker0 → 4 A ens33 → LAN → 5 B ens33')
  expect(drawLab(chapter5, { path: [`${tasks(chapter5, 0)[0]}:eth1`, 'router'] }).text).toMatch(/path: 1 \S+ eth1 → 2 A veth3fae600 → 3 A docker_gwbridge → 4 A ens33 → LAN → 5 router eth1/)
  expect(drawLab(chapter4, { path: ['web', 'bbox2'] }).text).toContain('3 A docker0 → 4 A veth91c0a3d → 5 bbox2 eth0')
})

test('a waypoint or a container that is not there is an error that names those that are', () => {
  expect(() => drawLab(chapter4, { path: ['bbox9', 'B'] })).toThrow('"bbox9", which this lab does not have.\n→ It has A, agent, web, bbox, bbox2, closed, B, router')
  expect(() => drawLab(chapter4, { path: ['closed', 'B'] })).toThrow('closed')
  expect(() => drawLab(chapter4, { highlight: ['nobody'] })).toThrow('No container "nobody" runs in this lab.')
})

test('what the engine made for itself is left out, and said', () => {
  const [a, ...rest] = chapter5.machines as [MachinePicture, ...MachinePicture[]]
  const mesh = space(49001, [], [link(90, 'eth0', { kind: 'veth', peerIndex: 91, addresses: ['10.0.0.2/24'] })], { kind: 'ingress', network: 'ingress' })
  const { picture, notes } = limit({ ...chapter5, machines: [{ ...a, spaces: [...a.spaces, mesh] }, ...rest] }, undefined, [])
  expect(picture.machines[0]!.spaces).toHaveLength(a.spaces.length)
  expect(notes).toEqual(["Not drawn: the engine's own namespaces (routing mesh)."])
})

test('a crowd is cut, marked ones stay', () => {
  const spaces = Array.from({ length: 20 }, (_, index) => space(50_000 + index, [container(`c${index}`, 'busybox', 'none')], []))
  const { picture, notes } = limit({ lan: { subnet: '10.0.0.0/8' }, machines: [host('A', 1, { spaces }), router] }, undefined, ['c17'])
  expect(picture.machines[0]!.spaces.map(({ containers }) => containers[0]!.name)).toContain('c17')
  expect(picture.machines[0]!.spaces).toHaveLength(8)
  expect(notes[0]).toMatch(/^Not drawn on A: c7, c8, /)
})

test('four hosts stand in two rows', () => {
  const boxes = layout(chapter5OfFour).items.filter(item => item.type === 'box' && item.look === 'machine')
  expect(new Set(boxes.map(box => box.type === 'box' && Math.round(box.y))).size).toBe(3)
  expect(layout(chapter5OfFour).width).toBeLessThan(1300)
})

test('any name is text', () => {
  const evil = '</text><script>alert(1)</script>&"\''
  const picture: LabPicture = { lan: { subnet: evil }, machines: [host(evil, 1, { engine: evil, containers: [container(evil, evil, 'host')], spaces: [space(50_001, [container(evil, evil)], [link(4, evil, { addresses: [evil], mac: evil, peerIndex: 5 })])] })] }
  const svg = String(drawLab(picture, { title: evil }).bundle['image/svg+xml'])
  expectWellFormed(svg)
  expect(svg).not.toContain('<script')
})

test('the picture is an image within HTML too, the same one, its words beside it', () => {
  const { bundle, text } = drawLab(chapter4)
  const html = String(bundle['text/html'])
  const [, data, alt] = /^<img src="data:image\/svg\+xml;base64,([\w+/=]+)" alt="([^"]+)" width="[\d.]+" style="[^"]+">$/.exec(html)!
  expect(Buffer.from(data!, 'base64').toString()).toBe(bundle['image/svg+xml'])
  expect(alt!.replaceAll('&#39;', "'")).toBe(text)
  expect(bundle['image/svg+xml']).not.toMatch(/<style|class=/)
})

test('things spread without overlap, between the borders, in order', () => {
  const things = fc.array(fc.record({ width: fc.integer({ min: 1, max: 100 }), want: fc.integer({ min: -500, max: 1500 }) }), { minLength: 1, maxLength: 12 })
  fc.assert(fc.property(things, things => {
    const total = things.reduce((sum, { width }) => sum + width + 10, -10)
    const centres = spread(things, 10, 0, total + 200)
    for (const [index, { width }] of things.entries()) {
      expect(centres[index]! - width / 2).toBeGreaterThanOrEqual(-1)
      expect(centres[index]! + width / 2).toBeLessThanOrEqual(total + 201)
      if (index > 0) expect(centres[index]! - width / 2 - centres[index - 1]! - things[index - 1]!.width / 2).toBeGreaterThanOrEqual(8)
    }
  }))
})

describe('any lab', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 })
  /** A lab with bridges, overlays, sub-interfaces, shared, closed and host-mode containers in any mix. */
  const anyLab = fc.record({
    hosts: fc.array(fc.record({
      bridges: fc.integer({ min: 0, max: 3 }),
      overlays: fc.integer({ min: 0, max: 2 }),
      containers: fc.array(fc.record({
        names: fc.array(name, { minLength: 1, maxLength: 3 }), image: name,
        on: fc.array(fc.constantFrom('bridge0', 'bridge1', 'bridge2', 'overlay0', 'overlay1', 'macvlan', 'ipvlan'), { maxLength: 3 }),
      }), { maxLength: 5 }),
      hostMode: fc.array(name, { maxLength: 2 }), loose: fc.boolean(), promiscuous: fc.boolean(),
    }), { minLength: 1, maxLength: 5 }),
    routers: fc.integer({ min: 0, max: 2 }), routes: fc.array(fc.constant('10.0.1.0/24 via 192.168.0.105 dev eth1'), { maxLength: 8 }), title: name,
  }).map(({ hosts, routers, routes, title }) => ({ title, picture: build(hosts, routers, routes) }))

  function build(hosts: { bridges: number; overlays: number; containers: { names: string[]; image: string; on: string[] }[]; hostMode: string[]; loose: boolean; promiscuous: boolean }[], routers: number, routes: string[]): LabPicture {
    const machines = hosts.map((spec, number): MachinePicture => {
      let index = 10
      const interfaces: InterfacePicture[] = Array.from({ length: spec.bridges }, (_, bridge) => link(index++, `br-${bridge}`, { kind: 'bridge', addresses: [`172.${20 + bridge}.0.1/16`] }))
      const overlays = Array.from({ length: spec.overlays }, (_, overlay): SpacePicture => space(60_000 + overlay, [], [
        link(2, 'br0', { kind: 'bridge', mtu: 1450, addresses: ['10.0.1.1/24'] }), link(3, 'vxlan0', { kind: 'vxlan', mtu: 1450, master: 'br0', vni: 4097 + overlay }),
      ], { kind: 'overlay', network: `net${overlay}` }))
      const spaces = spec.containers.map(({ names, image, on }, serial): SpacePicture => {
        const links = on.flatMap((network, nic): InterfacePicture[] => {
          const which = Number(network.at(-1))
          const [inner, outer] = [index++, index++]
          const common = { mac: '02:42:ac:11:00:02', addresses: [`172.20.${serial}.${nic}/16`] }
          if (network === 'macvlan' || network === 'ipvlan') return [link(inner, `eth${nic}`, { ...common, kind: network, mode: 'l3', peerIndex: 2, network: `${network}net` })]
          if (network.startsWith('bridge') && which < spec.bridges) {
            interfaces.push(link(outer, `veth${outer}abc`, { kind: 'veth', peerIndex: inner, master: `br-${which}` }))
          } else if (network.startsWith('overlay') && which < spec.overlays) {
            overlays[which]!.interfaces.push(link(outer, `veth${outer}`, { kind: 'veth', peerIndex: inner, master: 'br0' }))
          } else {
            interfaces.push(link(outer, `loose${outer}`, { kind: 'veth', peerIndex: inner }))
          }
          return [link(inner, `eth${nic}`, { ...common, kind: 'veth', peerIndex: outer })]
        })
        return space(70_000 + serial, names.map(each => container(each, image)), links)
      })
      if (spec.loose) interfaces.push(link(index++, 'mac0', { kind: 'macvlan', mode: 'bridge', peerName: 'ens33', addresses: ['192.168.111.20/32'] }))
      return host('ABCDE'[number]!, 100 + number, { interfaces, spaces: [...overlays, ...spaces], containers: spec.hostMode.map(each => container(each, 'nginx', 'host')) })
    })
    return { lan: { subnet: '192.168.111.0/24', mtu: 1500 }, machines: [...machines, ...Array.from({ length: routers }, (_, number) => ({ ...router, name: `router${number}`, routes }))] }
  }

  function wayOf(picture: LabPicture, waypoints: string[]) {
    try {
      return findPath(picture, waypoints)
    } catch (error) {
      expect(String(error)).toMatch(/There is no way|does not have/)
      return undefined
    }
  }

  test('is drawn tidily, whole or with a path', () => {
    fc.assert(fc.property(anyLab, ({ picture, title }) => {
      const figure = layout(picture, { title, notes: ['Not drawn: one thing, and another.'] })
      expectTidy(figure)
      expectWellFormed(drawSvg(figure, tree(picture, { title })))
      const last = picture.machines.findLast(({ role }) => role === 'host')!
      if (last.name !== 'A') expectTidy(layout(picture, { title, path: findPath(picture, ['A', last.name]) }))
      const [machine] = picture.machines
      const linked = machine!.spaces.find(({ kind, containers }) => kind === 'container' && containers.length > 0)
      const path = linked && wayOf(picture, [linked.containers[0]!.name, 'A'])
      if (path) expectTidy(layout(picture, { path, highlight: [linked.containers[0]!.name] }))
    }), { numRuns: 60, interruptAfterTimeLimit: 40_000 })
  })
})
