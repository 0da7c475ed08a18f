import { placeKey, type InterfacePicture, type LabPicture, type MachinePicture } from './picture.ts'

/**
 * What joins two interfaces. veth: the two ends of a pair. port: an interface and the bridge it is a port of. parent: a
 * sub-interface and its parent. lan: a machine's interface and the LAN. underlay: a vxlan device and the interface that
 * carries its UDP. route: interfaces between which a namespace forwards.
 */
export interface Wire {
  kind: 'veth' | 'port' | 'parent' | 'lan' | 'underlay' | 'route'
  /** Keys of places; the LAN is `lan`. */
  a: string
  b: string
}

export const lan = 'lan'

/** All joints of a picture, each once. For a parent, `a` is the child; for a port, `a` is the port. */
export function wires(picture: LabPicture): Wire[] {
  return picture.machines.flatMap(machine => [
    ...vethPairs(machine), ...ports(machine), ...parents(machine), ...underlays(machine), ...routes(machine),
    { kind: 'lan' as const, a: keyOf(machine, '', machine.lanInterface), b: lan },
  ])
}

function keyOf(machine: MachinePicture, space: string, name: string): string {
  return placeKey({ machine: machine.name, space, interface: name })
}

function spacesOf(machine: MachinePicture): { id: string; interfaces: InterfacePicture[] }[] {
  return [{ id: '', interfaces: machine.interfaces }, ...machine.spaces]
}

const isSub = (link: InterfacePicture) => link.kind === 'macvlan' || link.kind === 'ipvlan' || link.kind === 'vlan' || link.kind === 'macvtap'

/**
 * Pairs whose ends name each other's index. An index is unique in its namespace only, so where several would do, a pair whose
 * two ends have nobody else to go to is settled first, and what stays open then goes in order.
 */
function vethPairs(machine: MachinePicture): Wire[] {
  const ends = spacesOf(machine).flatMap(space => space.interfaces
    .filter(link => link.peerIndex !== undefined && !isSub(link) && !(space.id === '' && link.name === machine.lanInterface))
    .map(link => ({ space: space.id, link })))
  const fits = (a: typeof ends[number], b: typeof ends[number]) => a !== b && a.link.peerIndex === b.link.index && b.link.peerIndex === a.link.index
    && (a.space !== b.space || a.link.index !== b.link.index)
  const open = new Set(ends)
  const found: Wire[] = []
  const settle = (a: typeof ends[number], b: typeof ends[number]) => {
    open.delete(a)
    open.delete(b)
    found.push({ kind: 'veth', a: keyOf(machine, a.space, a.link.name), b: keyOf(machine, b.space, b.link.name) })
  }
  for (let unique = true; open.size > 0;) {
    const before = found.length
    for (const end of [...open]) {
      const candidates = [...open].filter(other => fits(end, other))
      if (open.has(end) && candidates.length > 0 && (candidates.length === 1 || !unique)) settle(end, candidates[0]!)
      if (found.length > before && !unique) break
    }
    if (found.length > before) unique = true
    else if (unique) unique = false
    else break
  }
  return found
}

function ports(machine: MachinePicture): Wire[] {
  return spacesOf(machine).flatMap(space => space.interfaces.filter(link => link.master !== undefined && space.interfaces.some(({ name }) => name === link.master))
    .map(link => ({ kind: 'port' as const, a: keyOf(machine, space.id, link.name), b: keyOf(machine, space.id, link.master!) })))
}

/** A sub-interface in a container names its parent by the index in the machine's namespace, one beside its parent by name. */
function parents(machine: MachinePicture): Wire[] {
  return spacesOf(machine).flatMap(space => space.interfaces.filter(isSub).flatMap(link => {
    const parent = machine.interfaces.find(other => other.name === link.peerName && space.id === '')
      ?? machine.interfaces.find(other => other.index === link.peerIndex)
    return parent ? [{ kind: 'parent' as const, a: keyOf(machine, space.id, link.name), b: keyOf(machine, '', parent.name) }] : []
  }))
}

function underlays(machine: MachinePicture): Wire[] {
  return spacesOf(machine).flatMap(space => space.interfaces.filter(link => link.kind === 'vxlan')
    .map(link => ({ kind: 'underlay' as const, a: keyOf(machine, space.id, link.name), b: keyOf(machine, '', machine.lanInterface) })))
}

/** A host forwards between its bridges and the LAN; a namespace with several addressed interfaces may too. */
function routes(machine: MachinePicture): Wire[] {
  return spacesOf(machine).flatMap(space => {
    const addressed = space.interfaces.filter(link => link.master === undefined && link.addresses.some(address => !/^fe80:/i.test(address)) && link.kind !== 'loopback' && link.name !== 'lo')
    const out = space.id === '' ? addressed.filter(link => link.name === machine.lanInterface) : addressed.slice(0, 1)
    return out.flatMap(lanLink => addressed.filter(link => link !== lanLink)
      .map(link => ({ kind: 'route' as const, a: keyOf(machine, space.id, link.name), b: keyOf(machine, space.id, lanLink.name) })))
  })
}

