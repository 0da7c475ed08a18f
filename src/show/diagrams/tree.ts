import { ipv4 } from './chip.ts'
import { describePath, type PacketPath } from './path.ts'
import { placeKey, readPlace, type ContainerPicture, type InterfacePicture, type LabPicture, type MachinePicture, type SpacePicture } from './picture.ts'
import { wires } from './wires.ts'

/** The picture as an indented tree, for terminals and screen readers; nothing is left out. */
export function tree(picture: LabPicture, options: { title?: string; path?: PacketPath; notes?: string[] } = {}): string {
  const ends = new Map(wires(picture).filter(({ kind }) => kind === 'veth' || kind === 'parent').flatMap(({ kind, a, b }) => kind === 'veth' ? [[a, b], [b, a]] : [[a, b]]) as [string, string][])
  const root: Node = {
    text: `LAN ${picture.lan.subnet}${picture.lan.mtu ? `, mtu ${picture.lan.mtu}` : ''}`,
    children: picture.machines.map(machine => machineNode(picture, machine, ends)),
  }
  return [
    ...(options.title ? [options.title, ''] : []),
    root.text, ...branches(root.children),
    ...(options.path && options.path.places.length > 0 ? ['', `path: ${describePath(picture, options.path)}`] : []),
    ...(options.notes?.length ? ['', ...options.notes] : []),
  ].join('\n')
}

interface Node { text: string; children: Node[] }

function machineNode(picture: LabPicture, machine: MachinePicture, ends: Map<string, string>): Node {
  const about = [machine.role, ...(machine.engine ? [`Docker ${machine.engine}`] : []), ...(machine.namespace ? [machine.namespace] : [])].join(', ')
  const line = (link: InterfacePicture) => interfaceNode(picture, machine, '', link, ends)
  const free = machine.interfaces.filter(link => link.name !== 'lo' && link.master === undefined)
  return {
    text: `${machine.name} (${about})`,
    children: [
      ...free.map(link => ({ ...line(link), children: machine.interfaces.filter(port => port.master === link.name).map(line) })),
      ...machine.containers.map(container => ({ text: `${containerText(container)}: all of the above`, children: [] })),
      ...machine.spaces.map(space => spaceNode(picture, machine, space, ends)),
      ...(machine.owns.length > 0 ? [{ text: `answers as ${machine.owns.join(', ')}`, children: [] }] : []),
      ...machine.routes.map(text => ({ text: `route ${text}`, children: [] })),
    ],
  }
}

function spaceNode(picture: LabPicture, machine: MachinePicture, space: SpacePicture, ends: Map<string, string>): Node {
  const names = space.containers.map(containerText).join(' + ') || engineName(space)
  const only = space.interfaces.filter(({ name }) => name !== 'lo')
  const links = only.length > 0 ? only : space.interfaces
  return { text: `${names}, namespace ${space.id}`, children: links.map(link => interfaceNode(picture, machine, space.id, link, ends)) }
}

/** What the engine made the namespace for: `overlay vxlanA`, `load-balancer vxlanA`, `ingress`. */
function engineName({ kind, network }: SpacePicture): string {
  return network && network !== kind ? `${kind} ${network}` : kind
}

function containerText({ name, image, network }: ContainerPicture): string {
  return `${name} (${image}, ${network})`
}

function interfaceNode(picture: LabPicture, machine: MachinePicture, space: string, link: InterfacePicture, ends: Map<string, string>): Node {
  const other = ends.get(placeKey({ machine: machine.name, space, interface: link.name }))
  const about = [link.kind, link.mode, link.vni === undefined ? undefined : `vni ${link.vni}`].filter(text => text && text !== 'loopback' && text !== 'veth').join(' ')
  return {
    text: [
      `${link.name} #${link.index}`, about && `(${about})`, ...ipv4(link), link.mac, `mtu ${link.mtu}`, link.promiscuous && 'promiscuous', !link.up && 'down',
      space !== '' && link.master && `port of ${link.master}`, other && `⇄ ${endText(picture, other)}`,
    ].filter(Boolean).join('  '),
    children: [],
  }
}

function endText(picture: LabPicture, key: string): string {
  const place = readPlace(key)
  const machine = picture.machines.find(({ name }) => name === place.machine)
  const space = machine?.spaces.find(({ id }) => id === place.space)
  const index = (space ?? machine)?.interfaces.find(({ name }) => name === place.interface)?.index
  return `${space ? `${space.containers.map(({ name }) => name).join('+') || engineName(space)} ` : ''}${place.interface} #${index}`
}

function branches(nodes: Node[]): string[] {
  return nodes.flatMap((node, index) => {
    const last = index === nodes.length - 1
    return [`${last ? '└─' : '├─'} ${node.text}`, ...branches(node.children).map(line => `${last ? '  ' : '│ '} ${line}`)]
  })
}

