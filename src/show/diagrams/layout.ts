import { sansWidth, wrapText } from '../font-width.ts'
import { chip } from './chip.ts'
import type { Figure, Item, Line, LineLook, Point } from './figure.ts'
import { edge, machineHeight, measureMachine, type MeasuredMachine } from './machine.ts'
import { lanChip, neighbours, type Marks, type Neighbours } from './parts.ts'
import { hopNumbers, type PacketPath } from './path.ts'
import { placeKey, type LabPicture, type MachinePicture } from './picture.ts'
import { lan as lanKey, wires } from './wires.ts'

export interface LayoutOptions {
  title?: string
  path?: PacketPath
  /** Names of containers to stand out. */
  highlight?: string[]
  /** Lines below the picture: what is not drawn. */
  notes?: string[]
}

const margin = 16
const gap = 24
/** Hosts stand beside each other up to this width; more go into another row. */
const widest = 1180
const cableLength = 30
/** From the LAN down to a router. */
const routerCable = 18

/** A lab picture laid out: hosts in rows above the LAN, the router at its end. Pure; nothing overlaps. */
export function layout(picture: LabPicture, options: LayoutOptions = {}): Figure {
  const all = wires(picture)
  const marks: Marks = { hops: options.path ? hopNumbers(options.path) : new Map(), highlighted: new Set(options.highlight) }
  const around = neighbours(all, marks)
  const pathEdges = new Set(options.path?.wires.map(({ a, b }) => edge(a, b)))
  const hosts = picture.machines.filter(({ role }) => role === 'host').map(machine => measureMachine(machine, around, pathEdges))
  const routers = picture.machines.filter(({ role }) => role === 'router').map(machine => measureRouter(machine, around))
  const rows = intoRows(hosts)
  const left = margin + (rows.length > 1 ? 22 : 0)
  const items: Item[] = []
  let y = margin
  if (options.title) {
    items.push({ type: 'text', x: margin, y: y + 15, width: sansWidth(options.title, 15, { bold: true }), size: 15, text: options.title, bold: true })
    y += 30
  }

  const onLan = new Map<string, Point>()
  const segments: { y: number; from: number; to: number }[] = []
  const routersWidth = routers.reduce((sum, router) => sum + router.width + gap, -gap)
  const routersHeight = Math.max(0, ...routers.map(({ height }) => height))
  let right = left + 200
  for (const [index, row] of rows.entries()) {
    const last = index === rows.length - 1
    const heights = row[0]?.rows.map((_, level) => Math.max(...row.map(machine => machine.rows[level]!))) ?? []
    const height = row.length > 0 ? Math.max(...row.map(({ lanes }) => machineHeight(heights, lanes))) : 0
    const bus = y + height + cableLength
    let x = left
    let end = left + 40
    for (const machine of row) {
      // Machines of a row end on the same line: one without lanes for vxlan begins lower by as much.
      const top = y + height - machineHeight(heights, machine.lanes)
      items.push(...machine.draw(x, top, heights))
      const cable = { x: x + machine.cableX, y: bus }
      onLan.set(machine.name, cable)
      const bottom = y + height
      const key = cableKey(picture, machine.name)
      // The cable begins at the interface, which stands 14 px above the machine's lower edge.
      items.push({ type: 'line', look: pathEdges.has(edge(key, lanKey)) ? 'path' : 'lan', points: [{ x: cable.x, y: bottom - 14 }, cable] })
      end = cable.x
      x += machine.width + gap
    }
    right = Math.max(right, x - gap)
    segments.push({ y: bus, from: rows.length > 1 ? margin + 6 : Math.min(...row.map(({ name }) => onLan.get(name)!.x), left + 20), to: end })
    y = bus + (last ? 0 : 20)
  }

  const bus = segments.at(-1)!
  const label = `LAN ${picture.lan.subnet}${picture.lan.mtu ? ` · mtu ${picture.lan.mtu}` : ''}`
  const labelWidth = sansWidth(label, 12, { bold: true })
  items.push({ type: 'text', x: Math.max(bus.from, left), y: bus.y + 18, width: labelWidth, size: 12, text: label, bold: true })
  const routersX = Math.max(right - routersWidth, Math.max(bus.from, left) + labelWidth + 24)
  let routerX = routersX
  for (const router of routers) {
    const at = { x: routerX + router.width / 2, y: bus.y }
    onLan.set(router.name, at)
    bus.to = Math.max(bus.to, at.x)
    items.push(...router.draw(routerX, bus.y + routerCable))
    items.push({ type: 'line', look: pathEdges.has(edge(cableKey(picture, router.name), lanKey)) ? 'path' : 'lan', points: [at, { x: at.x, y: bus.y + routerCable }] })
    routerX += router.width + gap
    right = Math.max(right, routerX - gap)
  }
  const lines: Item[] = segments.map(({ y, from, to }) => ({ type: 'line', look: 'lan', points: [{ x: from, y }, { x: to, y }] }))
  if (segments.length > 1) lines.push({ type: 'line', look: 'lan', points: [{ x: margin + 6, y: segments[0]!.y }, { x: margin + 6, y: bus.y }] })
  items.unshift(...lines)
  if (options.path) items.push(...lanPath(options.path, picture, onLan, margin + 6))

  const width = right + margin
  // The legend stands left of the router, below the LAN's name.
  const legend = legendItems(items, Math.max(bus.from, left), bus.y + 30, (routers.length > 0 ? routersX : width - margin) - Math.max(bus.from, left) - 24)
  items.push(...legend.items)
  y = Math.max(legend.bottom, bus.y + 26, routers.length > 0 ? bus.y + routerCable + routersHeight : 0)
  for (const note of options.notes ?? []) {
    for (const text of wrapText(note, width - 2 * margin, text => sansWidth(text, 11))) {
      y += 18
      items.push({ type: 'text', x: margin, y, width: sansWidth(text, 11), size: 11, text, quiet: true })
    }
  }
  const widestText = Math.max(0, ...items.flatMap(item => item.type === 'text' && item.box === undefined ? [item.x + item.width] : []))
  return { title: options.title ?? 'The lab', width: Math.max(width, widestText + margin), height: y + margin, items }
}

function cableKey(picture: LabPicture, name: string): string {
  const machine = picture.machines.find(machine => machine.name === name)!
  return placeKey({ machine: name, space: '', interface: machine.lanInterface })
}

/** Fills rows in order, none wider than the page unless one machine alone is. Two rows of two rather than three and one. */
function intoRows(machines: (MeasuredMachine & { lanes: number })[]): (MeasuredMachine & { lanes: number })[][] {
  const fill = (perRow: number) => machines.reduce<typeof machines[]>((rows, machine) => {
    const row = rows.at(-1)
    const width = row?.reduce((sum, each) => sum + each.width + gap, machine.width)
    if (row && row.length < perRow && width! <= widest) row.push(machine)
    else rows.push([machine])
    return rows
  }, [])
  const greedy = fill(Infinity)
  if (greedy.length === 0) return [[]]
  return fill(Math.ceil(machines.length / greedy.length))
}

interface Router { name: string; width: number; height: number; draw(x: number, y: number): Item[] }

/** The router: a small machine at the end of the LAN, with what it answers for and the routes that someone gave it. */
function measureRouter(machine: MachinePicture, around: Neighbours): Router {
  const nic = lanChip(machine, around)
  const facts = [
    ...(machine.owns.length > 0 ? [`answers as ${machine.owns.join(', ')}`] : []),
    ...machine.routes.slice(0, 6), ...(machine.routes.length > 6 ? [`${machine.routes.length - 6} more routes`] : []),
  ]
  const about = facts.length > 0 ? chip(facts.map(text => ({ text })), { look: 'plain' }) : undefined
  const titleWidth = sansWidth(machine.name, 14, { bold: true })
  const width = Math.max(nic.width, about?.width ?? 0, titleWidth) + 24
  const height = 28 + nic.height + (about ? about.height + 8 : 0) + 12
  const id = `machine/${machine.name}`
  return {
    name: machine.name, width, height,
    draw: (x, y) => [
      { type: 'box', id, x, y, width, height, look: 'machine' },
      { type: 'text', box: id, x: x + 12, y: y + 19, width: titleWidth, size: 14, text: machine.name, bold: true },
      ...nic.draw(`${id}/lan`, id, x + 12, y + 28),
      ...about?.draw(`${id}/facts`, id, x + 12, y + 28 + nic.height + 8) ?? [],
    ],
  }
}

/** Along the LAN, from one machine of the path to the next. */
function lanPath(path: PacketPath, picture: LabPicture, onLan: Map<string, Point>, spine: number): Line[] {
  const machineOf = (key: string | undefined) => picture.machines.find(({ name }) => key !== undefined && cableKey(picture, name) === key)?.name
  return path.places.flatMap((key, index): Line[] => {
    const from = onLan.get(machineOf(path.places[index - 1]) ?? '')
    const to = onLan.get(machineOf(path.places[index + 1]) ?? '')
    if (key !== lanKey || !from || !to) return []
    const points = from.y === to.y ? [from, to] : [from, { x: spine, y: from.y }, { x: spine, y: to.y }, to]
    return [{ type: 'line', look: 'path', points }]
  })
}

const meanings: [LineLook[], string][] = [
  [['wire'], 'veth pair, port or sub-interface'], [['route'], "routed by the host's own stack"], [['underlay'], 'carried in UDP (VXLAN)'], [['path', 'path-route'], 'way of the packet, hops numbered'],
]

/** What the lines mean, for those that are drawn. */
function legendItems(items: Item[], x: number, y: number, width: number): { items: Item[]; bottom: number } {
  const drawn = new Set(items.flatMap(item => item.type === 'line' ? [item.look] : []))
  const made: Item[] = []
  let left = x
  let baseline = y + 12
  for (const [looks, text] of meanings) {
    if (!looks.some(look => drawn.has(look))) continue
    const textWidth = sansWidth(text, 11)
    if (left > x && left + 34 + textWidth > x + width) {
      left = x
      baseline += 18
    }
    made.push({ type: 'line', look: looks[0]!, points: [{ x: left, y: baseline - 4 }, { x: left + 26, y: baseline - 4 }] })
    made.push({ type: 'text', x: left + 34, y: baseline, width: textWidth, size: 11, text, quiet: true })
    left += 34 + textWidth + 26
  }
  return { items: made, bottom: made.length > 0 ? baseline : y }
}
