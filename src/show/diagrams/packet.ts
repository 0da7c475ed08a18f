import type { Layer, Packet } from '../../api/packets.ts'
import { WirebookError } from '../../error.ts'
import { monoWidth, sansWidth, wrapText } from '../font-width.ts'
import { tableText } from '../table-text.ts'
import type { Figure, Item } from './figure.ts'

/** Fills on which dark ink reads well, a hue a layer; the names say the same. */
const fills: Record<Layer['layer'], string> = {
  ethernet: '#dfe3e8', arp: '#dfe3e8', ipv4: '#bfe0f5', ipv6: '#bfe0f5', udp: '#c8ecdf', tcp: '#c8ecdf', icmp: '#f3d3e6', vxlan: '#ffe0a3', payload: '#ffffff',
}
const names: Record<Layer['layer'], string> = {
  ethernet: 'Ethernet', arp: 'ARP', ipv4: 'IPv4', ipv6: 'IPv6', udp: 'UDP', tcp: 'TCP', icmp: 'ICMP', vxlan: 'VXLAN', payload: 'payload',
}

const margin = 20
const inset = 8
const coreHeight = 36
/** A header is as wide as its bytes at this scale, or as its words. */
const pixelsPerByte = 4
const widestPayload = 300

/** One packet as boxes in boxes: each layer's header at the left of what it carries, as wide as its bytes. */
export function packetFigure(packet: Packet, title = packetTitle(packet)): Figure {
  const layers = layersOf(packet)
  const headers = layers.map(layer => ({ layer, bytes: bytesOf(layer), width: headerWidth(layer) }))
  const width = headers.reduce((sum, header) => sum + header.width, 0) + (headers.length - 1) * inset + 2 * margin
  const items: Item[] = []
  const page = Math.max(width, 560)
  let y = margin
  for (const line of wrapText(title, page - 2 * margin, text => sansWidth(text, 15, { bold: true }))) {
    items.push({ type: 'text', x: margin, y: y + 14, width: sansWidth(line, 15, { bold: true }), size: 15, text: line, bold: true })
    y += 20
  }
  y += 10
  const outerHeight = coreHeight + 2 * inset * (headers.length - 1)
  const starts: number[] = []
  let x = margin
  let right = width - margin
  let parent: string | undefined
  const middle = y + outerHeight / 2
  for (const [index, { layer, bytes, width: headerSize }] of headers.entries()) {
    const height = outerHeight - 2 * inset * index
    const id = `layer/${index}`
    starts.push(x)
    items.push({ type: 'box', id, ...(parent && { parent }), x, y: middle - height / 2, width: right - x, height, look: `layer-${fills[layer.layer]}` })
    const centre = x + headerSize / 2
    items.push({ type: 'text', box: id, x: centre, y: middle - 2, width: sansWidth(names[layer.layer], 12, { bold: true }), size: 12, text: names[layer.layer], bold: true, anchor: 'middle' })
    const label = String(bytes)
    items.push({ type: 'text', box: id, x: centre, y: middle + 13, width: monoWidth(label, 12), size: 12, text: label, mono: true, anchor: 'middle' })
    x += headerSize
    right -= inset
    parent = id
  }
  y += outerHeight + 14

  for (const { from, to, text } of spans(layers, starts, width - margin)) {
    items.push({ type: 'line', look: 'wire', points: [{ x: from, y: y + 4 }, { x: from, y: y + 10 }, { x: to, y: y + 10 }, { x: to, y: y + 4 }] })
    items.push({ type: 'text', x: from + 8, y: y + 25, width: sansWidth(text, 11.5), size: 11.5, text })
    y += 32
  }
  const overhead = encapsulation(layers)
  if (overhead) {
    y += 6
    items.push({ type: 'text', x: margin, y: y + 14, width: sansWidth(overhead.text, 13, { bold: true }), size: 13, text: overhead.text, bold: true, colour: '#a34700' })
    y += 24
  }
  y += 8
  for (const layer of layers) {
    const id = `row/${items.length}`
    items.push({ type: 'box', id, x: margin, y: y + 2, width: 12, height: 12, look: `layer-${layer.layer === 'payload' ? '#e8eaed' : fills[layer.layer]}` })
    items.push({ type: 'text', x: margin + 22, y: y + 12, width: sansWidth(names[layer.layer], 12, { bold: true }), size: 12, text: names[layer.layer], bold: true })
    const bytes = `${bytesOf(layer)} bytes`
    items.push({ type: 'text', x: margin + 150, y: y + 12, width: monoWidth(bytes, 11), size: 11, text: bytes, mono: true, anchor: 'end' })
    const wrapped = (text: string, colour?: string) => wrapText(text, page - margin - 175 - margin, line => monoWidth(line, 11)).map(text => ({ text, colour }))
    const lines = [...wrapped(facts(layer)), ...wrapped(layer.problem ?? '', '#a34700')]
    for (const [index, { text, colour }] of lines.entries()) items.push({ type: 'text', x: margin + 170, y: y + 12 + index * 15, width: monoWidth(text, 11), size: 11, text, mono: true, ...(colour && { colour }) })
    y += 5 + Math.max(1, lines.length) * 15
  }
  const widest = Math.max(...items.flatMap(item => item.type === 'text' && item.anchor === undefined ? [item.x + item.width] : []))
  return { title, width: Math.max(page, widest + margin), height: y + margin - 4, items }
}

/** The packet as a table, its layers from the outside in. */
export function packetText(packet: Packet, title = packetTitle(packet)): string {
  const layers = layersOf(packet)
  const rows = layers.map((layer, depth) => [`${'  '.repeat(depth)}${names[layer.layer]}`, String(bytesOf(layer)), describeLayer(layer)])
  const overhead = encapsulation(layers)
  return [title, '', tableText(['layer', 'bytes', 'what it says'], rows), ...(overhead ? ['', overhead.text] : [])].join('\n')
}

function layersOf(packet: Packet): Layer[] {
  if (Array.isArray(packet?.layers) && packet.layers.length > 0) return packet.layers
  throw new WirebookError(packet === undefined ? 'There is no packet to draw.' : 'This packet has no layers to draw.', {
    remedy: 'Give a packet of a capture: diagram.packet(captured.packets[0]); look at table(captured) first.',
  })
}

function packetTitle(packet: Packet): string {
  const layers = layersOf(packet).filter(({ layer }) => layer !== 'payload').map(({ layer }) => names[layer])
  const total = packet.originalBytes
  return layers.length > 4 ? `${layers.at(-1)} inside ${layers.slice(0, -1).reverse().join(' inside ')}: ${total} bytes on the wire` : `${layers.join(', ')}: ${total} bytes on the wire`
}

function bytesOf(layer: Layer): number {
  return layer.layer === 'payload' ? layer.bytes : layer.headerBytes
}

function headerWidth(layer: Layer): number {
  const words = Math.max(sansWidth(names[layer.layer], 12, { bold: true }), monoWidth(String(bytesOf(layer)), 12)) + 14
  return Math.round(Math.max(words, Math.min(bytesOf(layer) * pixelsPerByte, layer.layer === 'payload' ? widestPayload : 100)))
}

/** What each MTU limits: an IP packet, from its header to its end. */
function spans(layers: Layer[], starts: number[], right: number): { from: number; to: number; text: string }[] {
  const tunnel = layers.findIndex(({ layer }) => layer === 'vxlan')
  return layers.flatMap((layer, index) => {
    if (layer.layer !== 'ipv4') return []
    const which = tunnel < 0 ? 'the IP packet' : index < tunnel ? 'the outer IP packet' : 'the inner IP packet'
    return [{ from: starts[index]!, to: right - index * inset, text: `${which}: ${layer.totalBytes} bytes${tunnel < 0 ? '' : index < tunnel ? ", limited by the LAN's MTU" : ", limited by the overlay's MTU"}` }]
  })
}

/** Bytes between the outer and the inner IP packet, where there is a tunnel. */
function encapsulation(layers: Layer[]): { bytes: number; text: string } | undefined {
  const tunnel = layers.findIndex(({ layer }) => layer === 'vxlan')
  const outer = layers.findIndex(({ layer }) => layer === 'ipv4' || layer === 'ipv6')
  const inner = layers.findIndex(({ layer }, index) => index > tunnel && (layer === 'ipv4' || layer === 'ipv6'))
  if (tunnel < 0 || outer < 0 || outer > tunnel || inner < 0) return undefined
  const parts = layers.slice(outer, inner).map(layer => ({ name: names[layer.layer], bytes: layer.headerBytes }))
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  return { bytes, text: `${parts.map(part => `${part.bytes} ${part.name}`).join(' + ')} = ${bytes} bytes of encapsulation: ${1500 - bytes} = 1500 − ${bytes}` }
}

function describeLayer(layer: Layer): string {
  return [facts(layer), layer.problem].filter(Boolean).join('; ')
}

function facts(layer: Layer): string {
  switch (layer.layer) {
    case 'ethernet': return `${layer.source} → ${layer.destination}${layer.vlan === undefined ? '' : `, VLAN ${layer.vlan}`}, type 0x${layer.etherType.toString(16).padStart(4, '0')}`
    case 'arp': return `${layer.operation}: ${layer.senderAddress} (${layer.senderMac}) ${layer.operation === 'reply' ? 'answers' : 'asks for'} ${layer.targetAddress}`
    case 'ipv4': return `${layer.source} → ${layer.destination}, ttl ${layer.ttl}, length ${layer.totalBytes}${layer.dontFragment ? ', DF' : ''}${layer.moreFragments || layer.fragmentOffset ? `, fragment at ${layer.fragmentOffset}` : ''}`
    case 'ipv6': return `${layer.source} → ${layer.destination}, hop limit ${layer.hopLimit}`
    case 'icmp': return `${layer.name}${layer.id === undefined ? '' : `, id ${layer.id}`}${layer.seq === undefined ? '' : `, seq ${layer.seq}`}${layer.nextHopMtu === undefined ? '' : `, next-hop MTU ${layer.nextHopMtu}`}`
    case 'udp': return `port ${layer.sourcePort} → ${layer.destinationPort}`
    case 'tcp': return `port ${layer.sourcePort} → ${layer.destinationPort}, ${layer.flags.join(' ') || 'no flags'}`
    case 'vxlan': return `VNI ${layer.vni}`
    case 'payload': return layer.reason ?? ''
  }
}
