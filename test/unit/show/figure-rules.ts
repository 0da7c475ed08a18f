import { extent, type Box, type Figure, type Hop, type Line, type Text } from '../../../src/show/diagrams/figure.ts'

interface Rectangle { x: number; y: number; width: number; height: number }

const overlap = (a: Rectangle, b: Rectangle, slack = 0.5) =>
  a.x + slack < b.x + b.width && b.x + slack < a.x + a.width && a.y + slack < b.y + b.height && b.y + slack < a.y + a.height
const inside = (inner: Rectangle, outer: Rectangle, slack = 0.5) =>
  inner.x >= outer.x - slack && inner.y >= outer.y - slack && inner.x + inner.width <= outer.x + outer.width + slack && inner.y + inner.height <= outer.y + outer.height + slack
const holds = (box: Rectangle, { x, y }: { x: number; y: number }) => x > box.x && y > box.y && x < box.x + box.width && y < box.y + box.height

/**
 * What every figure keeps to: boxes lie in their parents and beside all others; words lie in their box, off the boxes in
 * it, and off each other; numbers and lines cover no words; all is on the page. Widths are those of the widest usual font.
 */
export function expectTidy({ items, width, height }: Figure): void {
  const boxes = items.filter((item): item is Box => item.type === 'box')
  const texts = items.filter((item): item is Text => item.type === 'text')
  const hops = items.filter((item): item is Hop => item.type === 'hop')
  const lines = items.filter((item): item is Line => item.type === 'line').map(line => ({ line, points: along(line) }))
  const byId = new Map(boxes.map(box => [box.id, box]))
  must(byId.size === boxes.length, 'ids are unique')
  const isAbove = (box: Box, other: Box): boolean => box.id === other.id || (other.parent !== undefined && isAbove(box, byId.get(other.parent)!))

  const page = { x: 0, y: 0, width, height }
  for (const item of [...boxes, ...texts, ...hops]) must(inside(extent(item), page), 'on the page', item, page)
  for (const [index, box] of boxes.entries()) {
    if (box.parent !== undefined) must(inside(box, byId.get(box.parent)!), 'in its parent', box, byId.get(box.parent))
    for (const other of boxes.slice(index + 1)) {
      if (!isAbove(box, other) && !isAbove(other, box)) must(!overlap(box, other), 'boxes', box, other)
    }
  }
  for (const [index, text] of texts.entries()) {
    const owner = text.box === undefined ? undefined : byId.get(text.box)
    if (owner) must(inside(extent(text), owner), 'in its box', text, owner)
    for (const box of boxes) if (!owner || !isAbove(box, owner)) must(!overlap(extent(text), box), 'text and box', text, box)
    for (const other of texts.slice(index + 1)) must(!overlap(extent(text), extent(other)), 'texts', text, other)
    for (const hop of hops) must(!overlap(extent(text), extent(hop)), 'hop and text', hop, text)
    for (const { line, points } of lines) must(!points.some(point => holds(extent(text), point)), 'line and text', line, text)
  }
  for (const [index, hop] of hops.entries()) for (const other of hops.slice(index + 1)) must(!overlap(extent(hop), extent(other)), 'hops', hop, other)
}

function must(rule: boolean, what: string, ...things: unknown[]): void {
  if (!rule) throw new Error(`${what}: ${things.map(thing => JSON.stringify(thing)).join(' and ')}`)
}

/** Points of a line a few px apart; a curve is the cubic that draw.ts makes of it. */
function along({ points, curved }: Line): { x: number; y: number }[] {
  return points.slice(1).flatMap((to, index) => {
    const from = points[index]!
    const steps = Math.max(2, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 3))
    return Array.from({ length: steps + 1 }, (_, step) => {
      const t = step / steps
      // A cubic whose control points are straight below and above its ends, halfway down.
      const s = curved ? t * t * (3 - 2 * t) : t
      const v = curved ? 1.5 * t * (1 - t) * (1 - t) + 1.5 * t * t * (1 - t) + t * t * t : t
      return { x: from.x + (to.x - from.x) * s, y: from.y + (to.y - from.y) * v }
    })
  })
}
