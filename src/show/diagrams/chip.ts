/** Small boxes of text: interfaces, bridges, containers. */
import { fitText, monoWidth, sansWidth } from '../font-width.ts'
import { hopRadius, type BoxLook, type Item } from './figure.ts'
import type { InterfacePicture } from './picture.ts'

export interface ChipLine { text: string; bold?: boolean; quiet?: boolean; sans?: boolean }

export interface Chip {
  width: number
  height: number
  /** The chip's items with its left upper corner there, `width` px wide if that is more than it needs. */
  draw(id: string, parent: string | undefined, x: number, y: number, width?: number): Item[]
}

export const fontSize = 11
export const lineHeight = 14
const padding = { x: 8, y: 6 }

/** No line of a chip is wider, so that one long name does not push all else aside. */
const widest = 250

export function chip(lines: ChipLine[], { look, hops, onPath, highlighted }: { look: BoxLook; hops?: number[]; onPath?: boolean; highlighted?: boolean }): Chip {
  const fitted = lines.filter(line => line.text !== '').map(line => ({ ...line, text: fitText(line.text, widest, text => lineWidth({ ...line, text }), 'middle') }))
  const hop = hops?.join(' ')
  const hopWidth = hop === undefined ? 0 : Math.max(2 * hopRadius, monoWidth(hop, 11) + 8)
  // A hop's disc sits on the left edge; the text makes room for its inner half.
  const left = hop === undefined ? padding.x : hopWidth / 2 + 4
  const width = Math.ceil(Math.max(...fitted.map(lineWidth), 20) + left + padding.x)
  const height = fitted.length * lineHeight + 2 * padding.y
  return {
    width,
    height,
    draw: (id, parent, x, y, given = width) => [
      { type: 'box', id, ...(parent !== undefined && { parent }), x, y, width: Math.max(given, width), height, look, ...(onPath && { onPath }), ...(highlighted && { highlighted }) },
      ...fitted.map((line, index): Item => ({
        type: 'text', box: id, x: x + left, y: y + padding.y + (index + 1) * lineHeight - 3.5, width: lineWidth(line), size: fontSize, text: line.text,
        ...(!line.sans && { mono: true }), ...(line.bold && { bold: true }), ...(line.quiet && { quiet: true }),
      })),
      ...(hop === undefined ? [] : [{ type: 'hop' as const, x, y: y + height / 2, width: hopWidth, text: hop }]),
    ],
  }
}

export function lineWidth({ text, bold, sans }: ChipLine): number {
  return sans ? sansWidth(text, fontSize, { bold }) : monoWidth(text, fontSize)
}

/** Facts joined to lines that fill about `width` px. */
export function factLines(facts: string[], width: number): ChipLine[] {
  const lines: string[] = []
  for (const fact of facts.filter(Boolean)) {
    const joined = lines.length > 0 ? `${lines.at(-1)} · ${fact}` : fact
    if (lines.length > 0 && monoWidth(joined, fontSize) <= width) lines[lines.length - 1] = joined
    else lines.push(fact)
  }
  return lines.map(text => ({ text }))
}

/** `eth0 #6`: the name that a person uses and the number that the other end names. */
export function interfaceName({ name, index }: InterfacePicture): string {
  return `${name} #${index}`
}

/** What a container's interface shows, a fact a line. */
export function interfaceLines(link: InterfacePicture): ChipLine[] {
  if (link.name === 'lo') return [{ text: interfaceName(link), bold: true }, { text: `mtu ${link.mtu}`, quiet: true }]
  return [
    { text: interfaceName(link), bold: true },
    ...ipv4(link).map(text => ({ text })),
    ...(link.mac ? [{ text: link.mac }] : []),
    { text: [`mtu ${link.mtu}`, ...(link.up ? [] : ['down'])].join(' · '), quiet: true },
  ]
}

/** IPv4 addresses; IPv6 ones only where there is no other, link-local ones never. */
export function ipv4({ addresses }: InterfacePicture): string[] {
  const four = addresses.filter(address => !address.includes(':'))
  return four.length > 0 ? four : addresses.filter(address => !/^fe80:/i.test(address))
}
