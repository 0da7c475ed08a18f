import type { IcmpLayer, Layer, TcpLayer, UdpLayer } from '../../api/packets.ts'
import { hex } from './bytes.ts'

/**
 * One line as tcpdump would say it: `IP 192.168.111.128.42627 > 192.168.111.129.4789: VXLAN, flags [I] (0x08), vni 4097
 * IP 10.0.1.33 > 10.0.1.32: ICMP echo request, id 23, seq 0, length 64`.
 */
export function summary(layers: Layer[]): string {
  const words: string[] = []
  layers.forEach((layer, i) => {
    const text = words[words.length - 1] !== undefined && layer.layer === 'payload' ? '' : phrase(layer, layers, i)
    if (text) words.push(text)
    if (layer.problem) words.push(`[${layer.problem}]`)
  })
  return words.join(' ')
}

function phrase(layer: Layer, layers: Layer[], i: number): string {
  const upper = layers[i + 1]
  switch (layer.layer) {
    case 'ethernet': {
      if (upper && upper.layer !== 'payload') return layer.vlan === undefined ? '' : `vlan ${layer.vlan},`
      return `${layer.source} > ${layer.destination}, ethertype 0x${hex(layer.etherType, 4)}, length ${bytesAfter(layers, i) + layer.headerBytes}`
    }
    case 'arp':
      if (layer.operation === 'request') return `ARP, Request who-has ${layer.targetAddress} tell ${layer.senderAddress}, length ${layer.headerBytes}`
      if (layer.operation === 'reply') return `ARP, Reply ${layer.senderAddress} is-at ${layer.senderMac}, length ${layer.headerBytes}`
      return `ARP, operation ${layer.operation}, length ${layer.headerBytes}`
    case 'ipv4': case 'ipv6': {
      const ports = upper?.layer === 'udp' || upper?.layer === 'tcp' ? upper : undefined
      const port = (number: number | undefined) => (number === undefined ? '' : `.${number}`)
      const ends = `${layer.source}${port(ports?.sourcePort)} > ${layer.destination}${port(ports?.destinationPort)}:`
      const rest = !upper || upper.layer === 'payload'
        ? ` ip-proto-${layer.layer === 'ipv4' ? layer.protocol : layer.nextHeader}, length ${upper?.layer === 'payload' ? upper.bytes : 0}`
        : ''
      return `${layer.layer === 'ipv4' ? 'IP' : 'IP6'} ${ends}${rest}`
    }
    case 'icmp': return icmpPhrase(layer, bytesAfter(layers, i) + layer.headerBytes)
    case 'udp': return udpPhrase(layer, upper)
    case 'tcp': return tcpPhrase(layer, bytesAfter(layers, i))
    case 'vxlan': return `VXLAN, flags [${layer.flags & 0x08 ? 'I' : '.'}] (0x${hex(layer.flags, 2)}), vni ${layer.vni}`
    case 'payload': return `${layer.bytes} bytes${layer.reason ? `, ${layer.reason}` : ''}`
  }
}

function icmpPhrase(layer: IcmpLayer, length: number): string {
  const parts = [`${layer.version === 4 ? 'ICMP' : 'ICMP6,'} ${layer.name}`]
  if (layer.id !== undefined) parts.push(`id ${layer.id}`, `seq ${layer.seq}`)
  if (layer.nextHopMtu !== undefined) parts.push(`mtu ${layer.nextHopMtu}`)
  return [...parts, `length ${length}`].join(', ')
}

function udpPhrase(layer: UdpLayer, upper: Layer | undefined): string {
  return upper?.layer === 'vxlan' ? '' : `UDP, length ${Math.max(0, layer.bytes - 8)}`
}

const letters: Record<string, string> = { FIN: 'F', SYN: 'S', RST: 'R', PSH: 'P', ACK: '.', URG: 'U', ECE: 'E', CWR: 'W' }

function tcpPhrase(layer: TcpLayer, length: number): string {
  const flags = layer.flags.map(flag => letters[flag]).join('') || 'none'
  const seq = length > 0 ? `seq ${layer.seq}:${(layer.seq + length) % 2 ** 32}` : `seq ${layer.seq}`
  const ack = layer.flags.includes('ACK') ? [`ack ${layer.ack}`] : []
  return [`Flags [${flags}]`, seq, ...ack, `win ${layer.window}`, `length ${length}`].join(', ')
}

/** Bytes of the payload inside a layer. */
function bytesAfter(layers: Layer[], i: number): number {
  return layers.slice(i + 1).reduce((sum, layer) => sum + layer.headerBytes, 0)
}
