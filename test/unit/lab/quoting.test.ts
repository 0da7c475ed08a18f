import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quote } from '../../../src/lab/quote.ts'
import { shellTemplate } from '../../../src/lab/shell-template.ts'

const busybox = ['/bin/busybox', '/usr/bin/busybox'].find(existsSync)
const shells = [['sh'], ['bash', '--norc'], ...(busybox ? [[busybox, 'sh']] : [])]
/** Text of the kind that breaks out of quotes, and any other. No NUL: no argument of a program can hold one. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'\'"`$(){}[]\\\n\t ;&|<>*?~#!%=-a1é中'.split('')), maxLength: 20 }),
  fc.constantFrom('$(touch /tmp/no)', '`id`', "'; id; '", '"; id; "', '${HOME}', '-n', '~', '*', '\\', "\\'", '\n', '', '\r'),
  fc.string({ unit: 'binary', maxLength: 20 }).map(value => value.replaceAll('\0', '').toWellFormed()),
)

function run(shell: string[], strings: TemplateStringsArray, ...values: unknown[]): string {
  const { command } = shellTemplate(strings, values)
  return execFileSync(shell[0]!, [...shell.slice(1), ...command.slice(1)], { env: { PATH: process.env.PATH } }).toString()
}

describe.each(shells)('values in a shell command (%s %s)', (...shell) => {
  const options = { numRuns: 60, seed: 20260728 }

  it('arrive as one word, whatever they hold, wherever they stand', () => {
    fc.assert(fc.property(text, text, (one, other) => {
      const got = run(shell, tag`printf '<%s>' ${one} "${one}" '${one}' pre${one}post "$(printf %sX "${other}")" '"'${other}'"'`.strings, ...tag`${one}${one}${one}${one}${other}${other}`.values)
      expect(got).toBe(`<${one}><${one}><${one}><pre${one}post><${other}X><"${other}">`)
    }), options)
  }, 60_000)

  it('arrive whole in here-documents, and as several words from arrays', () => {
    fc.assert(fc.property(text.filter(value => !value.includes('\0')), fc.array(text, { maxLength: 4 }), (one, many) => {
      const { strings } = tag`cat <<END
${''}
END
printf '<%s>' ${''} end`
      expect(run(shell, strings, one, many)).toBe(`${one}\n${[...many, 'end'].map(word => `<${word}>`).join('')}`)
    }), options)
  }, 60_000)

  it('are never part of the script', () => {
    fc.assert(fc.property(text.filter(value => value.length > 3), value => {
      const marked = `WB${value}WB`
      const { command } = shellTemplate(tag`echo ${''} "${''}" '${''}' # ${''}`.strings, [marked, marked, marked, marked])
      expect(command[2]).not.toContain('WB')
    }), options)
  })
})

describe('a shell command refuses', () => {
  it.each([
    ['an object', {}, /an object/],
    ['a node', { name: 'web', inNetwork() {} }, /\(web\)[\s\S]*ip/],
    ['undefined', undefined, /undefined/],
    ['null', null, /null/],
    ['a promise', Promise.resolve('x'), /await is missing/],
    ['a NUL byte', 'a\0b', /NUL/],
  ])('%s', (_, value, message) => expect(() => shellTemplate(tag`echo ${''}`.strings, [value])).toThrow(message))

  it('text in arithmetic, where a shell would evaluate it', () => {
    expect(() => shellTemplate(tag`echo $(( (${''}) + 1 ))`.strings, ['a[$(id)]'])).toThrow(/whole number/)
    expect(run(['sh'], tag`echo $(( (${''}) + 1 ))`.strings, 41)).toBe('42\n')
  })
  it('places whose quoting has no plain meaning', () => {
    expect(() => shellTemplate(tag`echo \`echo ${''}\``.strings, ['x'])).toThrow(/backquotes/)
    expect(() => shellTemplate(tag`cat <<'END'\n${''}\nEND`.strings, ['x'])).not.toThrow() // \n is two characters here: no here-document yet
    expect(() => shellTemplate(tag`cat <<'END'
${''}
END`.strings, ['x'])).toThrow(/quoted delimiter/)
  })
})

it('shows a command as one would type it', () => {
  expect(shellTemplate(tag`wget -O- ${''} ${''}`.strings, ['172.17.0.2:80', "it's"]).typed).toBe(`wget -O- 172.17.0.2:80 'it'\\''s'`)
  expect(quote('a b')).toBe("'a b'")
  expect(quote('')).toBe("''")
})

function tag(strings: TemplateStringsArray, ...values: unknown[]) {
  return { strings, values }
}
