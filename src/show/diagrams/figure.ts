/** A picture as a list of placed things, before it becomes SVG: what the layout makes, and what its tests look at. px. */

export interface Box { type: 'box'; id: string; /** The box it lies in. */ parent?: string; x: number; y: number; width: number; height: number; look: BoxLook; onPath?: boolean; highlighted?: boolean }
export type BoxLook = 'machine' | 'space' | 'overlay' | 'bridge' | 'sub' | 'interface' | 'lan-interface' | 'container' | 'plain' | `layer-${string}`

/** `y` is the baseline. The text lies in `box`, or on the bare page. */
export interface Text { type: 'text'; box?: string; x: number; y: number; width: number; size: number; text: string; mono?: boolean; bold?: boolean; quiet?: boolean; colour?: string; anchor?: 'start' | 'middle' | 'end' }

export interface Line { type: 'line'; look: LineLook; points: Point[]; /** Drawn as a curve that leaves and arrives vertically. */ curved?: boolean }
export type LineLook = 'wire' | 'route' | 'underlay' | 'lan' | 'path' | 'path-route'
export interface Point { x: number; y: number }

/** The number of a hop, in a disc. `x`, `y` are its centre. */
export interface Hop { type: 'hop'; x: number; y: number; width: number; text: string }

export type Item = Box | Text | Line | Hop

export interface Figure { title: string; width: number; height: number; items: Item[] }

export const hopRadius = 9

/** The rectangle that an item covers; texts and hops with room for the letters above and below the baseline. */
export function extent(item: Box | Text | Hop): { x: number; y: number; width: number; height: number } {
  if (item.type === 'box') return item
  if (item.type === 'hop') return { x: item.x - item.width / 2, y: item.y - hopRadius, width: item.width, height: 2 * hopRadius }
  const left = item.anchor === 'middle' ? item.x - item.width / 2 : item.anchor === 'end' ? item.x - item.width : item.x
  return { x: left, y: item.y - item.size * 0.8, width: item.width, height: item.size }
}
