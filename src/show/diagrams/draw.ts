import { escapeMarkup } from '../escape.ts'
import { hairline, ink, mono, palette, paper, quietInk, sans } from '../theme.ts'
import { hopRadius, type Box, type BoxLook, type Figure, type Hop, type Line, type LineLook, type Text } from './figure.ts'

/**
 * A figure as a self-contained SVG, with its title and a description for those who cannot see it. All looks are attributes:
 * GitHub removes style sheets, and a page that holds several pictures inline would mix theirs up.
 */
export function drawSvg({ title, width, height, items }: Figure, description: string): string {
  const boxes = items.filter(item => item.type === 'box')
  const lines = items.filter(item => item.type === 'line').sort((a, b) => Number(isPath(a)) - Number(isPath(b)))
  const texts = items.filter(item => item.type === 'text')
  const hops = items.filter(item => item.type === 'hop')
  const size = `width="${number(width)}" height="${number(height)}"`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${number(width)} ${number(height)}" role="img" font-family="${quoted(sans)}" style="max-width:100%;height:auto">`,
    `<title>${escapeMarkup(title)}</title><desc>${escapeMarkup(description)}</desc>`,
    `<rect ${size} rx="6" fill="${paper}" stroke="${hairline}"/>`,
    ...boxes.map(drawBox),
    `<g fill="none">${lines.map(drawLine).join('\n')}</g>`,
    `<g fill="${ink}">${texts.filter(text => !text.mono).map(drawText).join('\n')}</g>`,
    `<g fill="${ink}" font-family="${quoted(mono)}">${texts.filter(text => text.mono).map(drawText).join('\n')}</g>`,
    ...hops.map(drawHop),
    '</svg>',
  ].join('\n')
}

/** Colour is never alone: boxes differ by outline and words too, lines by dashes. */
const boxLooks: Record<Exclude<BoxLook, `layer-${string}`>, { fill: string; stroke: string; width?: number; dashes?: string }> = {
  machine: { fill: '#f6f8fa', stroke: quietInk },
  plain: { fill: paper, stroke: hairline },
  space: { fill: '#e6f1f8', stroke: palette.blue },
  overlay: { fill: '#e3f4ee', stroke: '#00795a', dashes: '5 3' },
  bridge: { fill: '#fff3d6', stroke: '#9a6a00' },
  sub: { fill: '#f9eaf3', stroke: '#a0508a' },
  interface: { fill: paper, stroke: quietInk },
  'lan-interface': { fill: paper, stroke: ink, width: 2 },
  container: { fill: '#f6f8fa', stroke: palette.blue, dashes: '2 2' },
}

const lineLooks: Record<LineLook, { stroke: string; width: number; dashes?: string }> = {
  wire: { stroke: quietInk, width: 1.5 },
  route: { stroke: quietInk, width: 1.5, dashes: '5 4' },
  underlay: { stroke: '#00795a', width: 1.5, dashes: '2 3' },
  lan: { stroke: ink, width: 2 },
  path: { stroke: palette.vermillion, width: 3 },
  'path-route': { stroke: palette.vermillion, width: 3, dashes: '7 5' },
}

function isPath({ look }: Line): boolean {
  return look === 'path' || look === 'path-route'
}

function drawBox({ x, y, width, height, look, onPath, highlighted }: Box): string {
  const plain = look.startsWith('layer-') ? { fill: look.slice(6), stroke: paper, width: 1.5 } : boxLooks[look as keyof typeof boxLooks]
  const { fill, stroke, width: strokeWidth = 1, dashes } = {
    ...plain, ...(highlighted && { fill: '#fff8c5', width: 2.5 }), ...(onPath && { stroke: palette.vermillion, width: 2.5 }),
  } as { fill: string; stroke: string; width?: number; dashes?: string }
  return `<rect x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" rx="${look === 'machine' ? 8 : 4}"`
    + ` fill="${fill}" stroke="${stroke}" stroke-width="${strokeWidth}"${dashes ? ` stroke-dasharray="${dashes}"` : ''}/>`
}

function drawLine({ points, curved, look }: Line): string {
  const { stroke, width, dashes } = lineLooks[look]
  const way = curved && points.length === 2 ? curve(points[0]!, points[1]!) : points.map((point, index) => `${index ? 'L' : 'M'}${at(point)}`).join('')
  return `<path d="${way}" stroke="${stroke}" stroke-width="${width}"${dashes ? ` stroke-dasharray="${dashes}"` : ''}/>`
}

function curve(from: Line['points'][number], to: Line['points'][number]): string {
  if (Math.abs(from.x - to.x) < 0.5) return `M${at(from)}L${at(to)}`
  const middle = (from.y + to.y) / 2
  return `M${at(from)}C${at({ x: from.x, y: middle })} ${at({ x: to.x, y: middle })} ${at(to)}`
}

function at({ x, y }: { x: number; y: number }): string {
  return `${number(x)},${number(y)}`
}

function drawText({ x, y, text, size, bold, quiet, anchor, colour }: Text): string {
  const fill = colour ?? (quiet ? quietInk : undefined)
  return `<text x="${number(x)}" y="${number(y)}" font-size="${size}"${bold ? ' font-weight="700"' : ''}${fill ? ` fill="${fill}"` : ''}`
    + `${anchor ? ` text-anchor="${anchor}"` : ''} xml:space="preserve">${escapeMarkup(text)}</text>`
}

function drawHop({ x, y, text, width }: Hop): string {
  return `<rect data-hop="${escapeMarkup(text)}" x="${number(x - width / 2)}" y="${number(y - hopRadius)}" width="${number(width)}" height="${2 * hopRadius}" rx="${hopRadius}" fill="${palette.vermillion}"/>`
    + `<text x="${number(x)}" y="${number(y + 4)}" font-size="11" font-weight="700" text-anchor="middle" fill="${paper}">${escapeMarkup(text)}</text>`
}

/** A list of fonts within an attribute. */
function quoted(fonts: string): string {
  return fonts.replaceAll('"', "'")
}

function number(value: number): string {
  return String(Math.round(value * 10) / 10)
}
