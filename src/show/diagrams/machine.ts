import { sansWidth } from '../font-width.ts'
import type { Item, Line } from './figure.ts'
import { bridgeGroup, hostModePart, lanChip, looseGroup, overlayPart, spacePart, subGroup, type Group, type Marks, type Neighbours, type Part } from './parts.ts'
import { placeKey, readPlace, type InterfacePicture, type MachinePicture, type SpacePicture } from './picture.ts'
import { spread } from './spread.ts'

/** A machine measured: how high its rows are, and how to draw it once those of its neighbours are known. */
export interface MeasuredMachine {
  name: string
  width: number
  /** Heights of the rows: overlays, their channel, containers, their channel, bridges, the channel to the LAN interface, that interface. */
  rows: number[]
  /** How far right the LAN interface is. */
  cableX: number
  draw(x: number, y: number, rows: number[]): Item[]
}

const inset = 14
const gap = 16
const header = 34
const laneStep = 9

/** Rows add up to the height, with the header, the lanes above and the margin below. */
export function machineHeight(rows: number[], lanes: number): number {
  return header + lanes * laneStep + rows.reduce((sum, row) => sum + row, 0) + inset
}

export function measureMachine(machine: MachinePicture, around: Neighbours, pathEdges: Set<string>): MeasuredMachine & { lanes: number } {
  const keyOf = (name: string, space = '') => placeKey({ machine: machine.name, space, interface: name })
  const overlaySpaces = machine.spaces.filter(({ kind }) => kind === 'overlay')
  const spaces = machine.spaces.filter(({ kind }) => kind !== 'overlay')
  const overlayIds = new Set(overlaySpaces.map(({ id }) => id))
  const drawn = new Set(machine.spaces.flatMap(space => space.interfaces.map(({ name }) => keyOf(name, space.id))))
  const up = new Set([...drawn].filter(key => overlayIds.has(readPlace(around.peer.get(key) ?? key).space) && !overlayIds.has(readPlace(key).space)))

  // Bridges keep their order; containers follow their bridges; ports follow their containers.
  const bridges = [...machine.interfaces.filter(({ kind }) => kind === 'bridge')].sort((a, b) => bridgeRank(a) - bridgeRank(b) || a.index - b.index)
  const subs = subNetworks(machine, spaces, around, keyOf)
  const rankOf = new Map<string, number>()
  for (const [rank, bridge] of bridges.entries()) for (const link of machine.interfaces) if (link.master === bridge.name) rankOf.set(around.peer.get(keyOf(link.name)) ?? '', rank)
  for (const [rank, sub] of subs.entries()) for (const child of sub.children) rankOf.set(child, bridges.length + rank)
  const spaceRank = (space: SpacePicture) => {
    const ranks = space.interfaces.flatMap(({ name }) => rankOf.get(keyOf(name, space.id)) ?? [])
    return ranks.length > 0 ? ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length : space.interfaces.some(({ name }) => up.has(keyOf(name, space.id))) ? 50 : 100
  }
  const ordered = [...spaces].sort((a, b) => spaceRank(a) - spaceRank(b) || nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true }))
  const middle: Part[] = [
    ...ordered.map(space => spacePart(machine, space, up, around, key => rankOf.get(key) ?? 0)),
    ...machine.containers.map(container => hostModePart(machine, container, around.marks)),
  ]
  const childOrder = new Map(middle.flatMap((part, index) => [...part.pins].map(([key, x]) => [key, index * 10_000 + x] as const)))
  const portOrder = (key: string) => childOrder.get(around.peer.get(key) ?? key) ?? Infinity
  const top = overlaySpaces.map(space => overlayPart(machine, space, around, portOrder, drawn))
  const bottom: Group[] = [
    ...bridges.map(bridge => bridgeGroup(machine, bridge, around, portOrder, drawn)),
    ...subs.map(({ title, facts, children, parent }) => subGroup(machine, title, facts, [...children].sort((a, b) => (childOrder.get(a) ?? 0) - (childOrder.get(b) ?? 0)), parent,
      children.some(child => pathEdges.has(edge(child, parent))))),
    ...looseInterfaces(machine, around, keyOf).map(link => looseGroup(machine, link, around, drawn)),
  ]
  const lan = lanChip(machine, around)
  const title = machine.name
  const about = [machine.role, machine.engine && `Docker ${machine.engine}`, machine.namespace && `namespace ${/\d{4,}/.exec(machine.namespace)?.[0] ?? machine.namespace}`].filter(Boolean).join(' · ')
  const titleWidth = sansWidth(title, 15, { bold: true })
  const lanes = top.reduce((sum, part) => sum + part.vxlanKeys.length, 0)
  const left = inset + lanes * laneStep + (lanes ? 4 : 0)
  const rowWidth = (parts: Part[]) => parts.reduce((sum, part) => sum + part.width + gap, -gap)
  const inner = Math.max(rowWidth(top), rowWidth(middle), rowWidth(bottom), lan.width + 2 * gap, titleWidth + sansWidth(about, 11) + 20)
  const width = left + inner + inset

  const placed = placeRows(top, middle, bottom, around, inner)
  const channel = (wires: { from: number; to: number }[]) => wires.length === 0 ? 0 : 30 + Math.min(34, Math.max(...wires.map(({ from, to }) => Math.abs(from - to))) * 0.12)
  const upWires = top.flatMap((part, index) => [...part.pins].flatMap(([key, pin]) => {
    const child = placed.pinOf(around.peer.get(key))
    return child === undefined ? [] : [{ key, child: around.peer.get(key)!, from: child, to: placed.top[index]! - part.width / 2 + pin }]
  }))
  const downWires = bottom.flatMap((part, index) => part.children.flatMap(child => {
    const from = placed.pinOf(child)
    const key = part.pins.has(child) ? child : around.peer.get(child)!
    const pin = part.pins.get(key)
    return from === undefined || pin === undefined ? [] : [{ child, key: part.pins.has(child) ? part.key : key, from, to: placed.bottom[index]! - part.width / 2 + pin }]
  }))
  const lanLinks = bottom.flatMap((part, index) => part.toLan ? [{ part, from: placed.bottom[index]! }] : []).sort((a, b) => a.from - b.from)
  const aim = lanLinks.length > 0 ? lanLinks.reduce((sum, { from }) => sum + from, 0) / lanLinks.length : inner / 2
  const cable = Math.max(lan.width / 2 + gap, Math.min(inner - lan.width / 2, aim))
  const height = (parts: Part[]) => Math.max(0, ...parts.map(part => part.height))
  const rows = [
    height(top), channel(upWires), height(middle), middle.length > 0 ? Math.max(channel(downWires), bottom.length > 0 ? 18 : 0) : 0, height(bottom),
    lanLinks.length > 0 ? 26 + Math.min(26, Math.max(...lanLinks.map(({ from }) => Math.abs(from - cable))) * 0.08) : middle.length + bottom.length > 0 ? 18 : 0, lan.height,
  ]

  return {
    name: machine.name, width, rows, lanes, cableX: left + cable,
    draw: (x, y, given) => {
      const id = `machine/${machine.name}`
      const tops: number[] = []
      let at = y + header + lanes * laneStep
      for (const row of given) {
        tops.push(at)
        at += row
      }
      const heightOfAll = at + inset - y
      const origin = x + left
      const [topY, , middleY, , bottomY, , lanY] = tops as [number, number, number, number, number, number, number]
      const lanKey = keyOf(machine.lanInterface)
      const items: Item[] = [
        { type: 'box', id, x, y, width, height: heightOfAll, look: 'machine' },
        { type: 'text', box: id, x: x + inset, y: y + 21, width: titleWidth, size: 15, text: title, bold: true },
        { type: 'text', box: id, x: x + inset + titleWidth + 10, y: y + 21, width: sansWidth(about, 11), size: 11, text: about, quiet: true },
        ...lan.draw(`${id}/lan`, id, origin + cable - lan.width / 2, lanY),
      ]
      // Overlays stand on the containers, containers on the bridges: each row keeps to its lower edge, or upper where it hangs.
      const topOf = (part: Part) => topY + given[0]! - part.height
      for (const [index, part] of top.entries()) items.push(...part.draw(origin + placed.top[index]! - part.width / 2, topOf(part), id))
      for (const [index, part] of middle.entries()) items.push(...part.draw(origin + placed.middle[index]! - part.width / 2, middleTop(part, middleY, given[2]!), id))
      for (const [index, part] of bottom.entries()) items.push(...part.draw(origin + placed.bottom[index]! - part.width / 2, bottomY, id))
      const partOf = (key: string) => middle[middle.findIndex(part => part.pins.has(key))]!
      for (const wire of upWires) {
        const part = partOf(wire.child)
        items.push(line('wire', pathEdges.has(edge(wire.child, wire.key)), [{ x: origin + wire.from, y: middleTop(part, middleY, given[2]!) + 10 }, { x: origin + wire.to, y: topY + given[0]! - 10 }], true))
      }
      for (const wire of downWires) {
        const part = partOf(wire.child)
        items.push(line('wire', pathEdges.has(edge(wire.child, wire.key)), [{ x: origin + wire.from, y: middleTop(part, middleY, given[2]!) + part.height - 10 }, { x: origin + wire.to, y: bottomY }], true))
      }
      for (const [index, { part, from }] of lanLinks.entries()) {
        const to = cable - lan.width / 2 + lan.width * (index + 1) / (lanLinks.length + 1)
        const onPath = part.key === lanKey ? part.children.some(child => pathEdges.has(edge(child, lanKey))) : pathEdges.has(edge(part.key, lanKey))
        const look = part.toLan === 'wire' ? 'wire' : 'route'
        // Straight down past taller neighbours first.
        const below = { x: origin + from, y: bottomY + given[4]! }
        if (part.height < given[4]!) items.push(line(look, onPath, [{ x: below.x, y: bottomY + part.height }, below]))
        items.push(line(look, onPath, [below, { x: origin + to, y: lanY }], true))
      }
      let lane = 0
      for (const [index, part] of top.entries()) {
        for (const key of part.vxlanKeys) {
          const pinX = origin + placed.top[index]! - part.width / 2 + part.pins.get(key)!
          const above = y + header + lane * laneStep
          const aside = x + 9 + lane * laneStep
          const into = lanY + lan.height / 2 + (lane - (lanes - 1) / 2) * 8
          items.push(line('underlay', pathEdges.has(edge(key, lanKey)), [
            { x: pinX, y: topOf(part) + 22 }, { x: pinX, y: above }, { x: aside, y: above }, { x: aside, y: into }, { x: origin + cable - lan.width / 2, y: into },
          ]))
          lane++
        }
      }
      return items
    },
  }
}

/** Two places as one text, whichever comes first. */
export function edge(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}

function line(look: 'wire' | 'route' | 'underlay', onPath: boolean, points: Line['points'], curved = false): Line {
  return { type: 'line', look: onPath ? (look === 'route' ? 'path-route' : 'path') : look, points, ...(curved && { curved }) }
}

/** Containers with overlays above and bridges below are all of a height; others stand on the lower edge. */
function middleTop(part: Part, y: number, height: number): number {
  return y + height - part.height
}

function bridgeRank({ name }: InterfacePicture): number {
  return name === 'docker0' ? 0 : name === 'docker_gwbridge' ? 2 : 1
}

function nameOf(space: SpacePicture): string {
  return space.containers[0]?.name ?? space.network ?? space.id
}

interface SubNetwork { title: string; facts: string[]; children: string[]; parent: string }

/** Sub-interfaces in containers by parent, kind, mode and network. */
function subNetworks(machine: MachinePicture, spaces: SpacePicture[], { parentOf }: Neighbours, keyOf: (name: string, space?: string) => string): SubNetwork[] {
  const found = new Map<string, SubNetwork>()
  for (const space of spaces) {
    for (const link of space.interfaces) {
      const key = keyOf(link.name, space.id)
      const parent = parentOf.get(key)
      if (parent === undefined) continue
      const network = machine.networks.find(({ name }) => name === link.network)
      const what = [link.kind ?? network?.driver, link.mode ?? network?.mode].filter(Boolean).join(' ')
      const name = link.network ?? what
      const id = JSON.stringify([parent, name, what])
      const group = found.get(id) ?? { title: name, facts: [`${what === name ? '' : `${what}, `}parent ${readPlace(parent).interface}`], children: [], parent }
      group.children.push(key)
      found.set(id, group)
    }
  }
  return [...found.values()]
}

/** What is left of the machine's interfaces: those that say something. */
function looseInterfaces(machine: MachinePicture, { parentOf, peer }: Neighbours, keyOf: (name: string) => string): InterfacePicture[] {
  return machine.interfaces.filter(link => link.name !== 'lo' && link.name !== machine.lanInterface && link.kind !== 'bridge' && link.master === undefined
    && (link.addresses.length > 0 || parentOf.has(keyOf(link.name)) || peer.has(keyOf(link.name))))
}

/** Centres of each row's parts: containers first, what they hang from below and above them, then containers over those. */
function placeRows(top: Part[], middle: Part[], bottom: Group[], { peer }: Neighbours, inner: number) {
  const sequential = (parts: Part[]) => {
    const total = parts.reduce((sum, part) => sum + part.width + gap, -gap)
    let x = (inner - total) / 2
    return parts.map(part => {
      const centre = x + part.width / 2
      x += part.width + gap
      return centre
    })
  }
  const centres = { top: sequential(top), middle: sequential(middle), bottom: sequential(bottom) }
  const pinOf = (key: string | undefined): number | undefined => {
    const index = middle.findIndex(part => key !== undefined && part.pins.has(key))
    return index < 0 ? undefined : centres.middle[index]! - middle[index]!.width / 2 + middle[index]!.pins.get(key!)!
  }
  const mean = (values: number[], otherwise: number) => values.length === 0 ? otherwise : values.reduce((sum, value) => sum + value, 0) / values.length
  /** Where a row's part wants to be, so that its pins are over those of the containers. */
  const wants = (parts: Part[], now: number[], childOf: (part: Part, key: string) => string | undefined) => parts.map((part, index) => mean([...part.pins]
    .flatMap(([key, pin]) => {
      const child = pinOf(childOf(part, key))
      return child === undefined ? [] : [child - pin + part.width / 2]
    }), now[index]!))
  const settle = (parts: Part[], want: number[]) => spread(parts.map((part, index) => ({ width: part.width, want: want[index]! })), gap, 0, inner)
  const childOf = (_: Part, key: string) => peer.get(key) ?? key
  for (let round = 0; round < 3; round++) {
    centres.bottom = settle(bottom, wants(bottom, centres.bottom, childOf))
    centres.top = settle(top, wants(top, centres.top, childOf))
    const above = [...bottom.entries()].map(([index, part]) => ({ part, left: centres.bottom[index]! - part.width / 2 }))
    const over = [...top.entries()].map(([index, part]) => ({ part, left: centres.top[index]! - part.width / 2 }))
    centres.middle = settle(middle, middle.map((part, index) => mean([...part.pins].flatMap(([key, pin]) => [...above, ...over].flatMap(({ part: other, left }) => {
      const there = other.pins.get(key) ?? other.pins.get(peer.get(key) ?? '')
      return there === undefined ? [] : [left + there - pin + part.width / 2]
    })), centres.middle[index]!)))
  }
  return { ...centres, pinOf }
}
