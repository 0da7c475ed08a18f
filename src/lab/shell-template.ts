import { WirebookError } from '../error.ts'
import { quote, quoteCommand, wordOf } from './quote.ts'

export interface ShellCommand {
  /** The program to run: `sh -c SCRIPT sh VALUE…`. */
  command: string[]
  /** The command as one would type it, for messages. */
  typed: string
}

/**
 * Makes a shell command of a tagged template. Values are never part of the script: they travel as arguments and the script
 * reads them from variables, so that no text in them can become code, wherever they stand. The places are read only to
 * write the variable in the form that gives one whole word there.
 *
 * The text between the values is what the shell gets, character by character: `\n` is a backslash and an n. Only `` \` ``
 * and `\${` lose their backslash, as JavaScript needs it there.
 */
export function shellTemplate(strings: TemplateStringsArray, values: unknown[]): ShellCommand {
  const pieces = strings.raw.map(piece => piece.replace(/\\(`|\$\{)/g, '$1'))
  if (pieces.some(piece => piece.includes('\0'))) throw new WirebookError('sh: the command holds a NUL byte.')
  const words: string[] = []
  const scanner = new Scanner()
  let script = ''
  let typed = ''
  for (const [at, piece] of pieces.entries()) {
    scanner.read(piece)
    script += piece
    typed += piece
    if (at >= values.length) continue
    const place = scanner.place()
    const texts = (Array.isArray(values[at]) ? values[at] : [values[at]]).map(value => wordOf(value, at + 1))
    script += insertion(place, texts.map(text => `\${wb_${words.push(text)}}`), texts, at + 1)
    typed += place === 'word' ? quoteCommand(texts) : texts.join(' ')
  }
  if (words.length === 0) return { command: ['sh', '-c', script], typed: typed.trim() }
  const assignments = words.map((_, at) => `wb_${at + 1}=\${${at + 1}}`).join(' ')
  return { command: ['sh', '-c', `${assignments}; shift ${words.length}; ${script}`, 'sh', ...words], typed: typed.trim() }
}

type Place = 'word' | 'double' | 'single' | 'here' | 'arithmetic' | 'comment' | 'backquote' | 'brace' | 'literal here'

function insertion(place: Place, variables: string[], texts: string[], at: number): string {
  switch (place) {
    case 'word':
      return variables.map(variable => `"${variable}"`).join(' ')
    case 'double':
    case 'here':
      return variables.join(' ')
    case 'single':
      return `'"${variables.join(' ')}"'`
    case 'comment':
      return ''
    case 'arithmetic':
      // A shell evaluates what a variable holds there, so that text could run commands: only whole numbers may pass.
      if (texts.every(text => /^-?\d+$/.test(text))) return variables.join(' ')
      throw new WirebookError(`sh: value ${at} stands in an arithmetic expression and must be a whole number, not ${quote(texts.join(' '))}.`)
    case 'backquote':
      throw new WirebookError(`sh: value ${at} stands inside backquotes.`, { remedy: 'Write $(…) instead of `…`.' })
    case 'brace':
      throw new WirebookError(`sh: value ${at} stands inside \${…} of the shell.`, { remedy: 'Put the value in a variable of the shell first: name=${value}.' })
    case 'literal here':
      throw new WirebookError(`sh: value ${at} stands in a here-document with a quoted delimiter, which the shell does not expand.`, {
        remedy: "Write <<END instead of <<'END'.",
      })
  }
}

type Mark = '(' | '$(' | '((' | '"' | "'" | '`' | '{' | '#'

/** Where in a POSIX shell script one is (Shell Command Language, 2.2 Quoting and 2.7.4 Here-Document). */
class Scanner {
  #stack: Mark[] = []
  #pending: { delimiter: string; literal: boolean; tabs: boolean }[] = []
  #here: { delimiter: string; literal: boolean; tabs: boolean } | undefined
  #line = ''
  #previous = '\n'

  place(): Place {
    this.#previous = 'x'
    if (this.#here) {
      this.#line += '\0'
      return this.#here.literal ? 'literal here' : 'here'
    }
    if (this.#stack.includes('`')) return 'backquote'
    const top = this.#stack.at(-1)
    if (top === '#') return 'comment'
    if (this.#stack.lastIndexOf('((') > this.#stack.lastIndexOf('$(')) return 'arithmetic'
    const places = { '"': 'double', "'": 'single', '{': 'brace' } as const
    return top && top in places ? places[top as keyof typeof places] : 'word'
  }

  read(text: string): void {
    for (let at = 0; at < text.length;) at += this.#step(text, at)
  }

  /** Reads on from `at`; the number of characters read. */
  #step(text: string, at: number): number {
    const char = text[at]!
    if (this.#here) return this.#hereStep(char)
    const top = this.#stack.at(-1)
    const before = this.#previous
    this.#previous = char
    if (top === '#' && char !== '\n') return 1
    if (top === '#') this.#stack.pop()
    if (char === '\n' && top !== "'" && top !== '"') this.#here = this.#pending.shift()
    if (top === "'") {
      if (char === "'") this.#stack.pop()
      return 1
    }
    if (char === '\\') return 2
    if (char === '`') return this.#toggle('`')
    if (char === '"') return this.#toggle('"')
    if (text.startsWith('$((', at)) return this.#push('((', 3)
    if (text.startsWith('$(', at)) return this.#push('$(', 2)
    if (text.startsWith('${', at)) return this.#push('{', 2)
    if (top === '{' && char === '}') return this.#pop(1)
    if (top === '"') return 1
    if (char === "'" && top !== '((') return this.#push("'", 1)
    if (char === '#' && /[\s;&|()]/.test(before)) return this.#push('#', 1)
    if (char === '(') return this.#push('(', 1)
    if (top === '((' && text.startsWith('))', at)) return this.#pop(2)
    if (char === ')') return top === '(' || top === '$(' ? this.#pop(1) : 1
    const here = /^<<(-?)[ \t]*(?!<)((?:\\.|'[^'\n]*'|"[^"\n]*"|[^\s;&|<>()\\'"])+)/.exec(text.slice(at))
    if (here && before !== '<') {
      this.#pending.push({ delimiter: here[2]!.replace(/['"\\]/g, ''), literal: /['"\\]/.test(here[2]!), tabs: here[1] === '-' })
      return here[0].length
    }
    return 1
  }

  #hereStep(char: string): number {
    if (char !== '\n') {
      this.#line += char
      return 1
    }
    const line = this.#here!.tabs ? this.#line.replace(/^\t+/, '') : this.#line
    this.#line = ''
    if (line === this.#here!.delimiter) this.#here = this.#pending.shift()
    return 1
  }

  #toggle(mark: '"' | '`'): number {
    return this.#stack.at(-1) === mark ? this.#pop(1) : this.#push(mark, 1)
  }

  #push(mark: Mark, length: number): number {
    this.#stack.push(mark)
    return length
  }

  #pop(length: number): number {
    this.#stack.pop()
    return length
  }
}
