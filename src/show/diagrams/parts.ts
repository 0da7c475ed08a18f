/** What is drawn inside one machine, in three rows: overlay switches above, containers in the middle, bridges and parents below. */
import { fitText, sansWidth } from '../font-width.ts'
import { chip, factLines, interfaceLines, interfaceName, ipv4, type Chip, type ChipLine } from './chip.ts'
import type { Box, Item } from './figure.ts'
import { interfacesOf, placeKey, type ContainerPicture, type InterfacePicture, type MachinePicture, type SpacePicture } from './picture.ts'
import type { Wire } from './wires.ts'

/** What is marked in the picture: hops by place, and highlighted containers by name. */
export interface Marks { hops: Map<string, number[]>; highlighted: Set<string> }

/** A thing of one row. Pins are where wires meet it, relative to its left upper corner, by place. */
export interface Part {
  id: string
  width: number
  height: number
  pins: Map<string, number>
  draw(x: number, y: number, parent: string): Item[]
}

const gap = 14
const inset = 10

export interface Neighbours {
  /** The other end of each veth, by place, both ways. */
  peer: Map<string, string>
  /** Children of each parent interface, by place. */
  parentOf: Map<string, string>
  marks: Marks
}

export function neighbours(all: Wire[], marks: Marks): Neighbours {
  const veths = all.filter(({ kind }) => kind === 'veth')
  return {
    peer: new Map(veths.flatMap(({ a, b }) => [[a, b], [b, a]] as const)),
    parentOf: new Map(all.filter(({ kind }) => kind === 'parent').map(({ a, b }) => [a, b])),
    marks,
  }
}

function interfaceChip(key: string, lines: ChipLine[], { marks }: Neighbours, look: Box['look'] = 'interface'): Chip {
  const hops = marks.hops.get(key)
  return chip(lines, { look, ...(hops && { hops, onPath: true }) })
}

/** The namespace of containers: interfaces to overlays at its top edge, all others at its bottom edge, names between. */
export function spacePart(machine: MachinePicture, space: SpacePicture, upKeys: Set<string>, around: Neighbours, order: (key: string) => number): Part {
  const keyOf = (link: InterfacePicture) => placeKey({ machine: machine.name, space: space.id, interface: link.name })
  const outer = space.interfaces.filter(link => link.name !== 'lo')
  // An engine turns on sit0, tunl0 and the like in every namespace of a kernel that has them: no link, no address, no news.
  const shown = outer.filter(link => link.addresses.length > 0 || around.peer.has(keyOf(link)) || around.parentOf.has(keyOf(link)))
  const links = shown.length > 0 ? shown : space.interfaces.filter(link => link.name === 'lo')
  const chips = [...links].sort((a, b) => order(keyOf(a)) - order(keyOf(b))).map(link => ({ key: keyOf(link), chip: interfaceChip(keyOf(link), interfaceLines(link), around) }))
  const up = chips.filter(({ key }) => upKeys.has(key))
  const down = chips.filter(({ key }) => !upKeys.has(key))
  const names = namesBlock(space, around.marks)
  const rowWidth = (row: typeof chips) => row.reduce((sum, { chip }) => sum + chip.width + gap, -gap)
  const rowHeight = (row: typeof chips) => row.length === 0 ? 0 : Math.max(...row.map(({ chip }) => chip.height)) + inset
  const width = Math.max(rowWidth(up), rowWidth(down), names.width) + 2 * inset
  const upHeight = rowHeight(up)
  const height = inset + upHeight + names.height + (down.length > 0 ? rowHeight(down) : 0) + (down.length > 0 ? 6 : inset - 4)
  const placed = [up, down].flatMap(row => {
    let x = (width - rowWidth(row)) / 2
    return row.map(({ key, chip }) => {
      const left = x
      x += chip.width + gap
      return { key, chip, x: left, y: row === up ? inset : height - inset - chip.height }
    })
  })
  const id = `${machine.name}/${space.id}`
  const highlighted = space.containers.some(({ name }) => around.marks.highlighted.has(name))
  return {
    id,
    width,
    height,
    pins: new Map(placed.map(({ key, chip, x }) => [key, x + chip.width / 2])),
    draw: (x, y, parent) => [
      { type: 'box', id, parent, x, y, width, height, look: 'space', ...(highlighted && { highlighted }) },
      ...names.draw(x + width / 2, y + inset + upHeight, id),
      ...placed.flatMap(item => item.chip.draw(`${id}/${item.key}`, id, x + item.x, y + item.y)),
    ],
  }
}

interface NamesBlock { width: number; height: number; draw(centre: number, y: number, id: string): Item[] }

/** Who lives in a namespace: each container by name, image and `--network`, and the namespace's number. */
function namesBlock(space: SpacePicture, marks: Marks): NamesBlock {
  const title = space.containers.length === 0 ? engineSpaceTitle(space) : undefined
  const number = /\d{4,}/.exec(space.id)?.[0]
  const lines: { text: string; size: number; y: number; bold?: boolean; quiet?: boolean }[] = []
  let y = 12
  const add = (text: string, size: number, style: { bold?: boolean; quiet?: boolean }) => {
    lines.push({ text, size, y, ...style })
    y += 16
  }
  if (title) add(title, 12, { bold: true })
  for (const [index, container] of space.containers.entries()) {
    if (index > 0) y += 6
    add(fitText(container.name, 180, text => sansWidth(text, 12.5, { bold: true }), 'middle'), 12.5, { bold: true })
    add(fitText(`${container.image} · ${container.network}`, 190, text => sansWidth(text, 10.5), 'middle'), 10.5, { quiet: true })
  }
  if (number) {
    if (space.containers.length > 1) y += 4
    add(`${space.containers.length > 1 ? 'one namespace: ' : 'namespace '}${number}`, 10.5, { quiet: true })
  }
  const width = Math.max(...lines.map(({ text, size, bold }) => sansWidth(text, size, { bold })), 40)
  return {
    width,
    height: y - 6,
    draw: (centre, top, id) => lines.map(({ text, size, y, bold, quiet }) => ({
      type: 'text', box: id, x: centre, y: top + y, width: sansWidth(text, size, { bold }), size, text, anchor: 'middle', ...(bold && { bold }), ...(quiet && { quiet }),
    })),
  }
}

function engineSpaceTitle({ kind, network }: SpacePicture): string {
  if (kind === 'ingress') return 'ingress: the routing mesh'
  if (kind === 'load-balancer') return `load balancer of ${network ?? 'an overlay'}`
  return 'namespace'
}

/** A container in the machine's own namespace: nothing of its own but its name. */
export function hostModePart(machine: MachinePicture, container: ContainerPicture, marks: Marks): Part {
  const box = chip([
    { text: container.name, bold: true, sans: true }, { text: `${container.image} · ${container.network}`, sans: true, quiet: true },
    { text: `has all interfaces of ${machine.name}`, sans: true, quiet: true },
  ], { look: 'container', ...(marks.highlighted.has(container.name) && { highlighted: true }) })
  const id = `${machine.name}/host/${container.name}`
  return { id, width: box.width, height: box.height, pins: new Map(), draw: (x, y, parent) => box.draw(id, parent, x, y) }
}

/** An overlay's switch in its own namespace: the vxlan device, the bridge, the veth ends below. */
export function overlayPart(machine: MachinePicture, space: SpacePicture, around: Neighbours, order: (key: string) => number, drawn: Set<string>): Part & { vxlanKeys: string[] } {
  const keyOf = (name: string) => placeKey({ machine: machine.name, space: space.id, interface: name })
  const vxlans = space.interfaces.filter(({ kind }) => kind === 'vxlan')
  const bridges = space.interfaces.filter(({ kind }) => kind === 'bridge')
  const ports = space.interfaces.filter(link => link.kind !== 'vxlan' && link.kind !== 'bridge' && link.name !== 'lo' && drawn.has(around.peer.get(keyOf(link.name)) ?? ''))
    .sort((a, b) => order(keyOf(a.name)) - order(keyOf(b.name)))
  const undrawn = space.interfaces.filter(link => link.master !== undefined && link.kind !== 'vxlan' && !ports.includes(link)).length
  const title = { text: fitText(`overlay ${space.network ?? ''}, a namespace of its own`.replace(/\s+,/, ','), 260, text => sansWidth(text, 11, { bold: true }), 'middle'), size: 11 }
  const portChips = ports.map(link => ({ key: keyOf(link.name), chip: portChip(link, keyOf(link.name), around) }))
  const portsWidth = portChips.reduce((sum, { chip }) => sum + chip.width + gap, -gap)
  const tops = vxlans.map(link => ({ key: keyOf(link.name), chip: interfaceChip(keyOf(link.name), [
    { text: interfaceName(link), bold: true }, { text: [link.vni === undefined ? '' : `vni ${link.vni}`, `mtu ${link.mtu}`].filter(Boolean).join(' · ') }, { text: 'to UDP port 4789', quiet: true },
  ], around) }))
  const bars = bridges.map(link => ({ key: keyOf(link.name), chip: interfaceChip(keyOf(link.name), barLines(link, undrawn, Math.max(portsWidth, 175), []), around, 'bridge') }))
  const topsWidth = tops.reduce((sum, { chip }) => sum + chip.width + gap, -gap)
  const inner = Math.max(portsWidth, topsWidth, sansWidth(title.text, 11, { bold: true }) + 18, ...bars.map(({ chip }) => chip.width))
  const width = inner + 2 * inset
  const step = 9
  const topHeight = Math.max(0, ...tops.map(({ chip }) => chip.height))
  const portHeight = Math.max(0, ...portChips.map(({ chip }) => chip.height))
  const barsHeight = bars.reduce((sum, { chip }) => sum + chip.height + step, 0)
  const titleHeight = 22
  const height = titleHeight + topHeight + (topHeight ? step : 0) + barsHeight + portHeight + (portHeight ? 0 : -step) + inset
  const pins = new Map<string, number>()
  let portX = inset + (inner - portsWidth) / 2
  const placedPorts = portChips.map(each => {
    const x = portX
    portX += each.chip.width + gap
    pins.set(each.key, x + each.chip.width / 2)
    return { ...each, x }
  })
  // The line to the wire leaves by the vxlan device's left end, left of the title.
  const lane = inset + 6
  for (const { key } of tops) pins.set(key, lane)
  const id = `${machine.name}/${space.id}`
  return {
    id, width, height, pins, vxlanKeys: tops.map(({ key }) => key),
    draw: (x, y, parent) => {
      const items: Item[] = [
        { type: 'box', id, parent, x, y, width, height, look: 'overlay' },
        { type: 'text', box: id, x: x + inset + 16, y: y + 15, width: sansWidth(title.text, 11, { bold: true }), size: 11, text: title.text, bold: true },
      ]
      let top = y + titleHeight
      let left = x + inset
      const onPath = (key: string) => around.marks.hops.has(key)
      for (const { key, chip } of tops) {
        items.push(...chip.draw(`${id}/${key}`, id, left, top))
        if (bars[0]) items.push({ type: 'line', look: onPath(key) && onPath(bars[0].key) ? 'path' : 'wire', points: [{ x: left + chip.width / 2, y: top + chip.height }, { x: left + chip.width / 2, y: top + topHeight + step }] })
        left += chip.width + gap
      }
      top += topHeight + (topHeight ? step : 0)
      for (const { key, chip } of bars) {
        items.push(...chip.draw(`${id}/${key}`, id, x + inset, top, inner))
        top += chip.height + step
      }
      for (const { key, chip, x: portLeft } of placedPorts) {
        items.push(...chip.draw(`${id}/${key}`, id, x + portLeft, top))
        if (bars[0]) items.push({ type: 'line', look: onPath(key) && onPath(bars[0].key) ? 'path' : 'wire', points: [{ x: x + portLeft + chip.width / 2, y: top - step }, { x: x + portLeft + chip.width / 2, y: top }] })
      }
      return items
    },
  }
}

function portChip(link: InterfacePicture, key: string, around: Neighbours): Chip {
  return interfaceChip(key, [{ text: link.name }, { text: `#${link.index} mtu ${link.mtu}`, quiet: true }], around)
}

function barLines(link: InterfacePicture, undrawn: number, width: number, more: string[]): ChipLine[] {
  return [
    { text: interfaceName(link), bold: true },
    ...factLines([...ipv4(link), `mtu ${link.mtu}`, ...more, ...(link.up ? [] : ['no carrier']), ...(undrawn > 0 ? [`${undrawn} more port${undrawn === 1 ? '' : 's'}`] : [])], width),
  ]
}

/** Bridges, parents' switches and other interfaces of the machine: what containers hang from. */
export interface Group extends Part {
  /** Places of the containers' interfaces that hang from it, and how far right each meets it. */
  children: string[]
  /** How it goes on to the LAN: by a wire or by routing; nothing for an interface that leads nowhere. */
  toLan: 'wire' | 'route' | undefined
  /** The place at which a path goes on to the LAN. */
  key: string
}

/** A bridge in the machine's namespace: the veth ends on top of it. */
export function bridgeGroup(machine: MachinePicture, bridge: InterfacePicture, around: Neighbours, order: (key: string) => number, drawn: Set<string>): Group {
  const keyOf = (name: string) => placeKey({ machine: machine.name, space: '', interface: name })
  const members = machine.interfaces.filter(({ master }) => master === bridge.name)
  const ports = members.filter(link => drawn.has(around.peer.get(keyOf(link.name)) ?? '')).sort((a, b) => order(keyOf(a.name)) - order(keyOf(b.name)))
  const chips = ports.map(link => ({ key: keyOf(link.name), child: around.peer.get(keyOf(link.name))!, chip: portChip(link, keyOf(link.name), around) }))
  const portsWidth = chips.reduce((sum, { chip }) => sum + chip.width + gap, -gap)
  const name = machine.networks.find(network => network.interface === bridge.name && network.driver === 'bridge')?.name
  const bar = interfaceChip(keyOf(bridge.name), barLines(bridge, members.length - ports.length, Math.max(portsWidth - 16, 175), name && name !== bridge.name ? [`network ${name}`] : []), around, 'bridge')
  const width = Math.max(portsWidth, bar.width)
  const step = 9
  const portsHeight = chips.length > 0 ? Math.max(...chips.map(({ chip }) => chip.height)) + step : 0
  const pins = new Map<string, number>()
  let x = (width - portsWidth) / 2
  const placed = chips.map(each => {
    const left = x
    x += each.chip.width + gap
    pins.set(each.key, left + each.chip.width / 2)
    return { ...each, x: left }
  })
  const id = `${machine.name}/bridge/${bridge.name}`
  const onPath = (key: string) => around.marks.hops.has(key)
  return {
    id, width, height: portsHeight + bar.height, pins, children: placed.map(({ child }) => child), key: keyOf(bridge.name), toLan: 'route',
    draw: (left, y, parent) => [
      ...bar.draw(id, parent, left, y + portsHeight, width),
      ...placed.flatMap(({ key, chip, x: portLeft }): Item[] => [
        ...chip.draw(`${id}/${key}`, parent, left + portLeft, y),
        { type: 'line', look: onPath(key) && onPath(keyOf(bridge.name)) ? 'path' : 'wire', points: [{ x: left + portLeft + chip.width / 2, y: y + portsHeight - step }, { x: left + portLeft + chip.width / 2, y: y + portsHeight }] },
      ]),
    ],
  }
}

/** All sub-interfaces of one network on one parent: the parent switches (or routes) between them. */
export function subGroup(machine: MachinePicture, title: string, facts: string[], children: string[], parentKey: string, onPath: boolean): Group {
  const box = chip([{ text: title, bold: true }, ...facts.map(text => ({ text }))], { look: 'sub', ...(onPath && { onPath }) })
  const width = Math.max(box.width, children.length * 40)
  const id = `${machine.name}/sub/${title}/${facts.join()}`
  return {
    id, width, height: box.height, children, key: parentKey, toLan: 'wire',
    pins: new Map(children.map((child, index) => [child, width * (index + 1) / (children.length + 1)])),
    draw: (x, y, parent) => box.draw(id, parent, x, y, width),
  }
}

/** An interface of the machine that is neither bridge nor port nor on the LAN itself: a macvlan on the host, a VLAN, a loose veth. */
export function looseGroup(machine: MachinePicture, link: InterfacePicture, around: Neighbours, drawn: Set<string>): Group {
  const key = placeKey({ machine: machine.name, space: '', interface: link.name })
  const about = [link.kind, link.mode].filter(Boolean).join(' ')
  const box = interfaceChip(key, [...interfaceLines(link), ...(about ? [{ text: about, quiet: true }] : [])], around)
  const child = around.peer.get(key)
  const hangs = child !== undefined && drawn.has(child)
  const id = `${machine.name}/interface/${link.name}`
  return {
    id, width: box.width, height: box.height, key, children: hangs ? [child] : [], toLan: around.parentOf.has(key) ? 'wire' : link.addresses.length > 0 ? 'route' : undefined,
    pins: new Map(hangs ? [[key, box.width / 2]] : []),
    draw: (x, y, parent) => box.draw(id, parent, x, y),
  }
}

/** The interface on the LAN, with all that one may want to know of it. */
export function lanChip(machine: MachinePicture, around: Neighbours): Chip {
  const link = interfacesOf(machine, '').find(({ name }) => name === machine.lanInterface)
  const key = placeKey({ machine: machine.name, space: '', interface: machine.lanInterface })
  if (!link) return interfaceChip(key, [{ text: machine.lanInterface, bold: true }], around, 'lan-interface')
  const shown = ipv4(link).filter(address => !machine.owns.includes(address.replace(/\/.*/, '')))
  const lines = [
    { text: `${interfaceName(link)}${link.promiscuous ? ' · promiscuous' : ''}`, bold: true },
    ...factLines([...shown.slice(0, 3), ...(shown.length > 3 ? [`${shown.length - 3} more addresses`] : []), ...(link.mac ? [link.mac] : []), `mtu ${link.mtu}`], 190),
  ]
  return interfaceChip(key, lines, around, 'lan-interface')
}


