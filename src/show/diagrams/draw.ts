import { escapeMarkup } from '../escape.ts'
import { ink, mono, palette, paper, quietInk, sans } from '../theme.ts'
import { hopRadius, type Box, type Figure, type Hop, type Item, type Line, type Text } from './figure.ts'

/** A figure as a self-contained SVG, with its title and a description for those who cannot see it. */
export function drawSvg({ title, width, height, items }: Figure, description: string): string {
  const order: Item['type'][] = ['box', 'line', 'text', 'hop']
  const sorted = order.flatMap(type => items.filter(item => item.type === type)).sort((a, b) => rank(a) - rank(b))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${number(width)}" height="${number(height)}" viewBox="0 0 ${number(width)} ${number(height)}" role="img" style="max-width:100%;height:auto">`,
    `<title>${escapeMarkup(title)}</title><desc>${escapeMarkup(description)}</desc>`,
    `<style>${css}</style>`,
    `<rect class="paper" width="${number(width)}" height="${number(height)}" rx="6"/>`,
    ...sorted.map(drawItem),
    '</svg>',
  ].join('\n')
}

/** Lines that lie on the page go below the boxes inside a namespace; the path above all lines; words above all. */
function rank(item: Item): number {
  if (item.type === 'box') return 0
  if (item.type === 'line') return item.look.startsWith('path') ? 2 : 1
  return item.type === 'text' ? 3 : 4
}

/** Colour is never alone: boxes differ by outline and words too, lines by dashes. */
const css = `
text{font-family:${sans};fill:${ink}} .m{font-family:${mono}} .b{font-weight:700} .q{fill:${quietInk}}
.paper{fill:${paper};stroke:#d0d7de}
.box{stroke-width:1} .machine{fill:#f6f8fa;stroke:${quietInk}} .plain{fill:${paper};stroke:#d0d7de}
.space{fill:#e6f1f8;stroke:${palette.blue}} .overlay{fill:#e3f4ee;stroke:#00795a;stroke-dasharray:5 3}
.bridge{fill:#fff3d6;stroke:#9a6a00} .sub{fill:#f9eaf3;stroke:#a0508a} .interface{fill:${paper};stroke:${quietInk}}
.lan-interface{fill:${paper};stroke:${ink};stroke-width:2} .container{fill:#f6f8fa;stroke:${palette.blue};stroke-dasharray:2 2}
.on{stroke:${palette.vermillion};stroke-width:2.5} .hi{fill:#fff8c5;stroke-width:2.5}
.line{fill:none;stroke:${quietInk};stroke-width:1.5} .route{stroke-dasharray:5 4} .underlay{stroke:#00795a;stroke-dasharray:2 3}
.lan{stroke:${ink};stroke-width:2} .path{stroke:${palette.vermillion};stroke-width:3} .path-route{stroke:${palette.vermillion};stroke-width:3;stroke-dasharray:7 5}
.hop{fill:${palette.vermillion}} .hop-text{fill:${paper};font-weight:700;font-size:11px;text-anchor:middle}
`.replaceAll('"', "'").trim()

function drawItem(item: Item): string {
  switch (item.type) {
    case 'box': return drawBox(item)
    case 'line': return drawLine(item)
    case 'text': return drawText(item)
    case 'hop': return drawHop(item)
  }
}

function drawBox({ x, y, width, height, look, onPath, highlighted }: Box): string {
  const colour = look.startsWith('layer-') ? ` style="fill:${look.slice(6)};stroke:${paper};stroke-width:1.5"` : ''
  const classes = ['box', ...(colour ? [] : [look]), ...(highlighted ? ['hi'] : []), ...(onPath ? ['on'] : [])].join(' ')
  return `<rect class="${classes}" x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" rx="${look === 'machine' ? 8 : 4}"${colour}/>`
}

function drawLine({ points, curved, look }: Line): string {
  return `<path class="line ${look}" d="${curved && points.length === 2 ? curve(points[0]!, points[1]!) : points.map((point, index) => `${index ? 'L' : 'M'}${at(point)}`).join('')}"/>`
}

function curve(from: Line['points'][number], to: Line['points'][number]): string {
  if (Math.abs(from.x - to.x) < 0.5) return `M${at(from)}L${at(to)}`
  const middle = (from.y + to.y) / 2
  return `M${at(from)}C${at({ x: from.x, y: middle })} ${at({ x: to.x, y: middle })} ${at(to)}`
}

function at({ x, y }: { x: number; y: number }): string {
  return `${number(x)},${number(y)}`
}

function drawText({ x, y, text, size, mono: fixed, bold, quiet, anchor, colour }: Text): string {
  const classes = [...(fixed ? ['m'] : []), ...(bold ? ['b'] : []), ...(quiet ? ['q'] : [])]
  return `<text${classes.length ? ` class="${classes.join(' ')}"` : ''} x="${number(x)}" y="${number(y)}" font-size="${size}"`
    + `${anchor ? ` text-anchor="${anchor}"` : ''}${colour ? ` style="fill:${colour}"` : ''} xml:space="preserve">${escapeMarkup(text)}</text>`
}

function drawHop({ x, y, text, width }: Hop): string {
  return `<rect class="hop" x="${number(x - width / 2)}" y="${number(y - hopRadius)}" width="${number(width)}" height="${2 * hopRadius}" rx="${hopRadius}"/>`
    + `<text class="hop-text" x="${number(x)}" y="${number(y + 4)}">${escapeMarkup(text)}</text>`
}

function number(value: number): string {
  return String(Math.round(value * 10) / 10)
}
