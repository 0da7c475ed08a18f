import { WirebookError } from '../../error.ts'
import { placeKey, readPlace, type LabPicture } from './picture.ts'
import { lan, wires, type Wire } from './wires.ts'

/** A path through the lab: the places in order (`lan` among them) and the wires between them. */
export interface PacketPath {
  places: string[]
  wires: Wire[]
}

/** Switching is cheap, encapsulation less so, routing least: so a way within one subnet wins over one around it. */
const costs: Record<Wire['kind'], number> = { veth: 1, port: 1, parent: 1, lan: 1, underlay: 4, route: 12 }

/**
 * The way of a packet through the waypoints: machines, containers, or interfaces (`docker0`, `A:docker0`, `bbox:eth0`).
 * Throws for a waypoint that the picture lacks, naming those it has, and where no way joins two of them.
 */
export function findPath(picture: LabPicture, waypoints: string[]): PacketPath {
  const all = wires(picture)
  const stops = waypoints.map(waypoint => ({ waypoint, keys: placesOf(picture, waypoint) }))
  let from = stops[0]?.keys ?? []
  const path: PacketPath = { places: stops.length === 1 ? from.slice(0, 1) : [], wires: [] }
  for (const [index, stop] of stops.slice(1).entries()) {
    const leg = shortest(all, from, stop.keys)
    if (!leg) throw new WirebookError(`There is no way from ${stops[index]!.waypoint} to ${stop.waypoint} in this lab.`, { remedy: 'Look at diagram.lab() without a path.' })
    path.places.push(...(path.places.length > 0 ? leg.places.slice(1) : leg.places))
    path.wires.push(...leg.wires)
    // A machine or container is gone through: in by one interface, out by any.
    from = stop.keys.includes(leg.places.at(-1)!) ? [leg.places.at(-1)!] : stop.keys
  }
  return path
}

function placesOf(picture: LabPicture, waypoint: string): string[] {
  const [owner, name] = /^([^:]+):(.+)$/.exec(waypoint)?.slice(1) ?? [undefined, undefined]
  const found = picture.machines.flatMap(machine => {
    const place = (space: string, name: string) => placeKey({ machine: machine.name, space, interface: name })
    if (machine.name === waypoint || machine.containers.some(container => container.name === waypoint)) return [place('', machine.lanInterface)]
    const space = machine.spaces.find(({ containers }) => containers.some(container => container.name === waypoint))
    if (space) return space.interfaces.filter(link => link.name !== 'lo').map(link => place(space.id, link.name))
    if (owner !== undefined) {
      const inside = owner === machine.name ? { id: '', interfaces: machine.interfaces }
        : machine.spaces.find(({ containers, network, kind }) => containers.some(container => container.name === owner) || (kind === 'overlay' && network === owner))
      return inside?.interfaces.some(link => link.name === name) ? [place(inside.id, name!)] : []
    }
    return []
  })
  if (found.length > 0) return found
  const byInterface = picture.machines.flatMap(machine => [{ id: '', interfaces: machine.interfaces }, ...machine.spaces]
    .flatMap(space => space.interfaces.filter(link => link.name === waypoint).map(link => placeKey({ machine: machine.name, space: space.id, interface: link.name }))))
  if (byInterface.length > 0) return byInterface
  const names = picture.machines.flatMap(machine => [machine.name, ...[...machine.containers, ...machine.spaces.flatMap(({ containers }) => containers)].map(({ name }) => name)])
  throw new WirebookError(`The path goes through "${waypoint}", which this lab does not have.`, {
    remedy: `It has ${names.join(', ')}; write bbox:eth0 or A:docker0 for an interface.`,
  })
}

/** Dijkstra's algorithm over the wires, from any of the starts to the nearest of the ends. */
function shortest(all: Wire[], starts: string[], ends: string[]): PacketPath | undefined {
  const distance = new Map(starts.map(key => [key, 0]))
  const cameBy = new Map<string, { wire: Wire; from: string }>()
  const open = new Set(starts)
  while (open.size > 0) {
    const here = [...open].reduce((a, b) => (distance.get(b)! < distance.get(a)! ? b : a))
    open.delete(here)
    if (ends.includes(here)) return trace(here, cameBy)
    for (const wire of all) {
      const next = wire.a === here ? wire.b : wire.b === here ? wire.a : undefined
      if (next === undefined) continue
      const cost = distance.get(here)! + costs[wire.kind]
      if (cost >= (distance.get(next) ?? Infinity)) continue
      distance.set(next, cost)
      cameBy.set(next, { wire, from: here })
      open.add(next)
    }
  }
  return undefined
}

function trace(end: string, cameBy: Map<string, { wire: Wire; from: string }>): PacketPath {
  const path: PacketPath = { places: [end], wires: [] }
  for (let step = cameBy.get(end); step; step = cameBy.get(step.from)) {
    path.places.unshift(step.from)
    path.wires.unshift(step.wire)
  }
  return path
}

/** Hop numbers by place: every interface in the order in which the packet meets it; a place met twice has two. */
export function hopNumbers(path: PacketPath): Map<string, number[]> {
  const hops = new Map<string, number[]>()
  let number = 0
  for (const key of path.places) {
    if (key === lan) continue
    number++
    hops.set(key, [...hops.get(key) ?? [], number])
  }
  return hops
}

/** The path in words: `1 bbox eth0 → 2 A docker0 → …`. */
export function describePath(picture: LabPicture, path: PacketPath): string {
  let number = 0
  return path.places.map(key => {
    if (key === lan) return 'LAN'
    const place = readPlace(key)
    const space = picture.machines.find(({ name }) => name === place.machine)?.spaces.find(({ id }) => id === place.space)
    const owner = place.space === '' ? place.machine : space?.containers[0]?.name ?? `${place.machine} ${space?.network ?? space?.kind ?? ''}`
    return `${++number} ${owner} ${place.interface}`
  }).join(' → ')
}
