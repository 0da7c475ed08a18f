/**
 * How many terminal columns a text takes: 2 for East Asian wide and fullwidth characters and for emoji, 0 for combining
 * marks and controls, else 1 (Unicode Standard Annex #11: https://www.unicode.org/reports/tr11/).
 */
export function textWidth(text: string): number {
  let width = 0
  for (const { segment } of segmenter.segment(text)) {
    if (/^[\p{Control}\p{Mark}\p{Format}]+$/u.test(segment)) continue
    width += wide.test(segment) ? 2 : 1
  }
  return width
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const wide = /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]|\ufe0f/u

/** Cuts a text to so many columns, the last of them an ellipsis where something was cut. */
export function cutToWidth(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let kept = ''
  let used = 0
  for (const { segment } of segmenter.segment(text)) {
    const next = textWidth(segment)
    if (used + next > width - 1) break
    kept += segment
    used += next
  }
  return `${kept}…`
}
