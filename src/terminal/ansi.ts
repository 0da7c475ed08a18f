/** Escape sequences of ECMA-48: CSI, OSC (ended by BEL or ST), and the two-character ones. */
const sequences = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\|\x1b[ -/]*[0-~]/g

/** Text without its escape sequences. */
export function stripAnsi(text: string): string {
  return text.replace(sequences, '')
}

/** Length of the part of a text that holds no unfinished escape sequence at its end. */
export function completeLength(text: string): number {
  const last = text.lastIndexOf('\x1b')
  if (last < 0) return text.length
  const rest = text.slice(last)
  return rest.length > 256 || stripAnsi(rest).length < rest.length ? text.length : last
}
