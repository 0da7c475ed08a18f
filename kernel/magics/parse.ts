/** A cell as its magics divide it. Lines count from 0. */
export type Parsed =
  /** `%%sh A` and the lines below it. */
  | { kind: 'cell magic'; name: string; argument: string; body: string; line: number }
  /** `?lab`, `lab.A?`; two question marks ask for more. */
  | { kind: 'help'; expression: string; detail: 0 | 1 }
  /** TypeScript with line magics between. */
  | { kind: 'code'; segments: Segment[] }

export type Segment =
  | { kind: 'code'; code: string }
  | { kind: 'line magic'; name: string; argument: string; line: number }

const cellMagic = /^\s*%%([A-Za-z][\w-]*)[ \t]*([^\n]*)(?:\n([\s\S]*))?$/
const lineMagic = /^%([A-Za-z][\w-]*)(?:[ \t]+(.*))?$/
const helpBefore = /^\s*(\?\??)\s*([\w$][\w$.]*|%%?[\w-]+)\s*$/
const helpAfter = /^\s*([\w$][\w$.]*|%%?[\w-]+)(\?\??)\s*$/

/**
 * Divides a cell. `complete` says whether code could end there: a line that begins with `%` inside a template string
 * or an unfinished expression is no magic. Code keeps its line numbers: what went before becomes blank lines.
 */
export async function parse(code: string, complete: (code: string) => Promise<boolean>): Promise<Parsed> {
  const whole = cellMagic.exec(code)
  if (whole) {
    const [, name = '', argument = '', body = ''] = whole
    return { kind: 'cell magic', name: `%%${name}`, argument: argument.trim(), body, line: code.slice(0, code.indexOf('%%')).split('\n').length - 1 }
  }
  const help = helpBefore.exec(code)
  if (help) return { kind: 'help', expression: help[2] ?? '', detail: help[1] === '??' ? 1 : 0 }
  const helpEnd = helpAfter.exec(code)
  if (helpEnd) return { kind: 'help', expression: helpEnd[1] ?? '', detail: helpEnd[2] === '??' ? 1 : 0 }
  // Most cells have no magic: they take no longer for it.
  if (!/^%[A-Za-z]/m.test(code)) return { kind: 'code', segments: [{ kind: 'code', code }] }
  return { kind: 'code', segments: await divide(code, complete) }
}

async function divide(code: string, complete: (code: string) => Promise<boolean>): Promise<Segment[]> {
  const segments: Segment[] = []
  let pending: string[] = []
  const lines = code.split('\n')
  for (const [line, text] of lines.entries()) {
    const magic = lineMagic.exec(text)
    const before = pending.join('\n')
    if (!magic || before.trim() !== '' && !await complete(before)) {
      pending.push(text)
      continue
    }
    if (before.trim() !== '') segments.push({ kind: 'code', code: before })
    segments.push({ kind: 'line magic', name: `%${magic[1]}`, argument: (magic[2] ?? '').trim(), line })
    pending = Array.from({ length: line + 1 }, () => '')
  }
  const rest = pending.join('\n')
  if (rest.trim() !== '' || segments.length === 0) segments.push({ kind: 'code', code: rest })
  return segments
}
