import { readPlace, type LabPicture, type MachinePicture, type SpacePicture } from './picture.ts'
import type { PacketPath } from './path.ts'

/** More namespaces than this on one host are a crowd, not a picture. */
const most = 8

/**
 * What of a picture is drawn: the engine's own namespaces (routing mesh, load balancers, overlays without a container)
 * only where the path goes through them, and so many containers a host, marked ones first. `notes` say what is left out.
 */
export function limit(picture: LabPicture, path: PacketPath | undefined, highlight: string[]): { picture: LabPicture; notes: string[] } {
  const onPath = new Set(path?.places.flatMap(key => key.startsWith('[') ? [`${readPlace(key).machine} ${readPlace(key).space}`] : []))
  const notes: string[] = []
  const own = new Set<string>()
  const machines = picture.machines.map(machine => {
    const isMarked = (space: SpacePicture) => onPath.has(`${machine.name} ${space.id}`) || space.containers.some(({ name }) => highlight.includes(name))
    const crowd = machine.spaces.filter(({ kind }) => kind === 'container')
    const kept = new Set([...crowd.filter(isMarked), ...crowd.filter(space => !isMarked(space))].slice(0, Math.max(most, crowd.filter(isMarked).length)))
    const spaces = machine.spaces.filter(space => {
      if (isMarked(space)) return true
      if (space.kind === 'container') return kept.has(space)
      if (space.kind === 'overlay' && serves(machine, space, kept)) return true
      own.add(describe(space))
      return false
    })
    const left = crowd.filter(space => !kept.has(space)).flatMap(({ containers }) => containers.map(({ name }) => name))
    if (left.length > 0) notes.push(`Not drawn on ${machine.name}: ${left.slice(0, 12).join(', ')}${left.length > 12 ? ` and ${left.length - 12} more containers` : ''}.`)
    return { ...machine, spaces }
  })
  if (own.size > 0) notes.push(`Not drawn: the engine's own namespaces (${[...own].sort().join(', ')}).`)
  return { picture: { ...picture, machines }, notes }
}

/** Whether a container that is drawn hangs on this overlay. */
function serves(machine: MachinePicture, overlay: SpacePicture, kept: Set<SpacePicture>): boolean {
  return machine.spaces.some(space => kept.has(space) && space.interfaces.some(link => overlay.interfaces.some(port =>
    port.peerIndex === link.index && link.peerIndex === port.index)))
}

function describe({ kind, network }: SpacePicture): string {
  if (kind === 'overlay') return `overlay ${network ?? ''}`.trim()
  if (kind === 'ingress') return 'routing mesh'
  return `load balancer${network ? ` of ${network}` : ''}`
}
