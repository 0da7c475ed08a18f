/** Positions in the protocol count Unicode code points, those in JavaScript UTF-16 units; an emoji is one and two. */

/** From code points to UTF-16 units. */
export function toUnits(text: string, codePoints: number): number {
  let units = 0
  for (const character of text) {
    if (codePoints-- <= 0) break
    units += character.length
  }
  return units
}

/** From UTF-16 units to code points. */
export function toCodePoints(text: string, units: number): number {
  let count = 0
  for (const _character of text.slice(0, units)) count++
  return count
}
