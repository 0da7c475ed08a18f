/** The Chinese edition is the same book: same cells, same claims, other words. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { claimsOf } from '../../src/claims/catalogue.ts'
import { startLanguage } from '../../src/claims/language.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const english = join(root, 'notebooks')
const chinese = join(english, 'zh')
const chapters = readdirSync(english).filter(file => file.endsWith('.ipynb')).sort()
const han = /\p{Script=Han}/u
/** Han characters, or Chinese punctuation alone, as between two values of a template. */
const translated = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u

interface Cell { cell_type: string; source: string | string[] }
const cells = (folder: string, chapter: string): { kind: string; source: string }[] =>
  (JSON.parse(readFileSync(join(folder, chapter), 'utf8')) as { cells: Cell[] }).cells
    .map(({ cell_type, source }) => ({ kind: cell_type, source: [source].flat().join('') }))
const code = (folder: string, chapter: string) => cells(folder, chapter).filter(({ kind }) => kind === 'code').map(({ source }) => source)
const prose = (chapter: string) => cells(chinese, chapter).filter(({ kind }) => kind === 'markdown').map(({ source }) => source)

test('has the same chapters', () => {
  expect(readdirSync(chinese).filter(file => file.endsWith('.ipynb')).sort()).toEqual(chapters)
})

describe.each(chapters)('%s', chapter => {
  test('code and prose take turns as in English', () => {
    expect(cells(chinese, chapter).map(({ kind }) => kind)).toEqual(cells(english, chapter).map(({ kind }) => kind))
  })

  test('each code cell is the English one, but for comments and texts for people', () => {
    expect(code(chinese, chapter).map(source => tokens(source, join(chinese, 'cell.ts')))).toEqual(
      code(english, chapter).map((source, index) => tokens(source, join(english, 'cell.ts'), code(chinese, chapter)[index])))
  })

  test('what claims hold against each other is word for word the same', () => {
    expect(code(chinese, chapter).flatMap(evidence)).toEqual(code(english, chapter).flatMap(evidence))
  })

  test('makes the claims of its chapter', () => {
    const made = code(chinese, chapter).flatMap(evidence).map(({ id }) => id)
    expect(made).toEqual(code(english, chapter).flatMap(evidence).map(({ id }) => id))
    expect(made.toSorted()).toEqual(claimsOf(chapter).toSorted())
  })

  test('what it imports is there', () => {
    for (const path of code(chinese, chapter).flatMap(imports)) expect(existsSync(join(chinese, path)), path).toBe(true)
  })

  test('its prose is Chinese, and its links lead to chapters beside it', () => {
    for (const paragraph of prose(chapter)) expect(paragraph).toMatch(han)
    for (const [, target] of prose(chapter).join('\n').matchAll(/\]\(([^)]+)\)/g)) expect(existsSync(join(chinese, target!)), target).toBe(true)
  })

  test('emphasis beside Chinese punctuation is still emphasis', () => {
    // CommonMark 0.31, 6.2: a mark between punctuation and a letter neither opens nor closes as meant.
    for (const paragraph of prose(chapter)) {
      const text = paragraph.replace(/`[^`]*`/g, 'x').replace(/^\s*-\s/gm, '')
      for (const [whole, inner] of text.matchAll(/\*{1,2}([^*\n]+)\*{1,2}/g)) {
        expect(whole, paragraph).not.toMatch(/^\*+\s|\s\*+$/)
        expect(inner, paragraph).not.toMatch(/^\p{P}|\p{P}$/u)
      }
    }
  })
})

test('a notebook in zh/ speaks Chinese by itself, another one as WIREBOOK_LANG says', () => {
  expect(startLanguage('/home/learner/wirebook/notebooks/zh')).toBe('zh')
  expect(startLanguage('/home/learner/wirebook/notebooks/zh', 'en')).toBe('zh')
  expect(startLanguage('/home/learner/wirebook/notebooks')).toBe('en')
  expect(startLanguage('/home/learner/wirebook/notebooks', 'zh')).toBe('zh')
  expect(startLanguage('/home/learner/wirebook/notebooks', 'zh_CN.UTF-8')).toBe('zh')
  expect(startLanguage('/home/zh/wirebook/notebooks', 'en')).toBe('en')
})

test('a process that starts in zh/ makes claims in Chinese', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wirebook-zh-'))
  try {
    mkdirSync(join(folder, 'zh'))
    const says = (cwd: string) => {
      const script = `const { claim } = await import(${JSON.stringify(join(root, 'src/claims/claim.ts'))}); claim('4.2', { expected: 1, measured: 1 })`
      const { WIREBOOK_LANG: _, ...env } = process.env
      return spawnSync(process.execPath, ['--input-type=module', '--eval', script], { cwd, env, encoding: 'utf8', timeout: 30_000 }).stdout
    }
    expect(says(join(folder, 'zh'))).toContain('✓ 已重现  4.2  两个容器的 IP、MAC 一模一样')
    expect(says(folder)).toContain('✓ reproduced  4.2')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/**
 * A cell as a list of tokens without comments. Paths of own modules become absolute. With `translation`, a text whose
 * counterpart there is in Chinese is given as that counterpart, so that equal lists mean: only texts were translated.
 */
function tokens(source: string, file: string, translation?: string): string[] {
  if (source.startsWith('%%')) return [source]
  const counterparts = translation === undefined ? undefined : leaves(translation)
  return leaves(source).map(({ kind, text }, index) => {
    if (!isText(kind)) return text
    const module = /^'(\.\.?\/.*)'$/.exec(text)
    if (module) return join(dirname(file), module[1]!)
    const counterpart = counterparts?.[index]
    return counterpart?.kind === kind && translated.test(counterpart.text) ? counterpart.text : text
  })
}

function isText(kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.StringLiteral || (kind >= ts.SyntaxKind.FirstTemplateToken && kind <= ts.SyntaxKind.LastTemplateToken)
}

function leaves(source: string): { kind: ts.SyntaxKind; text: string }[] {
  const file = parse(source)
  const found: { kind: ts.SyntaxKind; text: string }[] = []
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(file)
    if (children.length > 0) children.forEach(visit)
    else if (node.end > node.pos) found.push({ kind: node.kind, text: node.getText(file) })
  }
  visit(file)
  return found
}

/** The claims of a cell: id, and the source of what is expected, measured and held. An index such as `reach['…']` names a text of elsewhere. */
function evidence(source: string): { id: string; texts: string[] }[] {
  if (source.startsWith('%%')) return []
  const file = parse(source)
  const claims: { id: string; texts: string[] }[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText(file) === 'claim') {
      const [id, given] = node.arguments
      const properties = (given as ts.ObjectLiteralExpression).properties.filter(({ name }) =>
        ['expected', 'measured', 'holds'].includes(name?.getText(file) ?? ''))
      claims.push({ id: (id as ts.StringLiteral).text, texts: properties.flatMap(property => literals(property, file)) })
    }
    node.forEachChild(visit)
  }
  visit(file)
  return claims
}

function literals(node: ts.Node, file: ts.SourceFile): string[] {
  if (isText(node.kind)) return [node.getText(file)]
  const parts: string[] = []
  node.forEachChild(child => {
    if (!(ts.isElementAccessExpression(node) && child === node.argumentExpression)) parts.push(...literals(child, file))
  })
  return parts
}

function imports(source: string): string[] {
  if (source.startsWith('%%')) return []
  return parse(source).statements.filter(ts.isImportDeclaration).map(({ moduleSpecifier }) => (moduleSpecifier as ts.StringLiteral).text).filter(path => path.startsWith('.'))
}

function parse(source: string): ts.SourceFile {
  return ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ESNext, true)
}
