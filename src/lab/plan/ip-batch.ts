import { quote } from '../quote.ts'

/** Commands for `ip -batch`, one a line. Its words know shell-like quotes but no escapes, so a quote mark is refused. */
export function ipBatch(commands: string[][]): string {
  return commands.map(words => `${words.map(word).join(' ')}\n`).join('')
}

function word(text: string): string {
  if (/['"\n\\]/.test(text)) throw new RangeError(`${JSON.stringify(text)} cannot be a word of ip -batch`)
  return quote(text)
}
