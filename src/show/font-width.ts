/**
 * How wide text is when drawn, px, without a font at hand. On the safe side: the advance widths are those of DejaVu Sans,
 * the widest of the usual system fonts, so what fits by these numbers fits in a reader's font too.
 */
export function sansWidth(text: string, size: number, options: { bold?: boolean } = {}): number {
  let hundredths = 0
  for (const character of text) hundredths += advances.get(character) ?? otherAdvance(character)
  return (hundredths / 100) * size * (options.bold ? 1.13 : 1)
}

/** Width in a monospaced font: 0.602 em a character in DejaVu Sans Mono and Menlo, less in others. */
export function monoWidth(text: string, size: number): number {
  let ems = 0
  for (const character of text) ems += character.codePointAt(0)! < 0x1100 || narrow.test(character) ? 0.61 : 1.05
  return ems * size
}

/** Hundredths of an em, from the hmtx table of DejaVu Sans 2.37. */
const advances = new Map<string, number>(Object.entries({
  28: "'ijl", 29: 'IJ', 34: ' ,./:;\\|', 35: 'f', 36: '-', 39: '()[]t', 41: '!r', 50: '*_`"', 53: 'sz?', 55: 'c', 58: 'LFk', 60: 'vxyP',
  63: 'TYaoeESbdghnpqu', 64: '$0123456789{}', 68: 'KAV', 70: 'BRXZC', 75: 'UHN', 79: 'DG&OQ', 84: 'w#+<=>^~→−×≥≤≈✓✗', 86: 'M', 99: '%mW@', 50.1: '–', 32: '·',
}).flatMap(([width, characters]) => [...characters].map(character => [character, Number(width)] as const)))

const narrow = /^[–—…−×·→←↔≥≤≈✓✗┄├└│─■●]$/u

function otherAdvance(character: string): number {
  return character.codePointAt(0)! < 0x250 ? 70 : 105
}

/** Cuts text to `width` px, an ellipsis in the middle or at the end, by the given measure. */
export function fitText(text: string, width: number, measure: (text: string) => number, where: 'middle' | 'end' = 'end'): string {
  if (measure(text) <= width) return text
  const characters = [...text]
  for (let kept = characters.length - 1; kept > 1; kept--) {
    const tail = where === 'middle' ? Math.floor(kept / 3) : 0
    const cut = `${characters.slice(0, kept - tail).join('')}…${tail ? characters.slice(-tail).join('') : ''}`
    if (measure(cut) <= width) return cut
  }
  return '…'
}

/** Breaks text into lines of at most `width` px at spaces; a longer word stands alone. */
export function wrapText(text: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1)
    if (last !== undefined && measure(`${last} ${word}`) <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
