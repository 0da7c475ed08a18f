/** What is wrong with a cell: its syntax first, else its types, else the types of the person's own files it imports. */
import { moduleSpecifiers } from './modules.ts'
import { tolerated } from './options.ts'
import type { Diagnostic } from './protocol.ts'
import type { Language } from './language.ts'
import { internals, ts, type BoundFile } from './typescript.ts'

export function diagnose(language: Language, file: BoundFile): Diagnostic[] {
  if (file.parseDiagnostics.length) return file.parseDiagnostics.map(found => describe(found, file, true))
  if (file.checkJsDirective?.enabled === false) return []
  const own = language.surroundings.ownFiles(moduleSpecifiers(file)) as BoundFile[]
  return [file, ...own].flatMap(each => {
    if (each.parseDiagnostics.length) return each.parseDiagnostics.map(found => describe(found, file, true))
    const found = [...each.bindDiagnostics ?? [], ...language.checker.getDiagnostics(each)]
    return silence(each, found).filter(one => one.category === ts.DiagnosticCategory.Error && !tolerated(one.code))
      .sort((one, other) => (one.start ?? 0) - (other.start ?? 0))
      .map(one => withMissingName(describe(one, file, syntaxCodes(one.code)), file, language.halfway))
  })
}

/** Drops what `@ts-ignore` and `@ts-expect-error` cover, and reports expectations that nothing met. */
function silence(file: BoundFile, found: ts.Diagnostic[]): ts.Diagnostic[] {
  if (!file.commentDirectives?.length) return found
  const directives = internals.createCommentDirectivesMap(file, file.commentDirectives)
  const kept = found.filter(one => {
    if (one.file !== file || one.start === undefined) return true
    const lines = file.getLineStarts()
    for (let line = file.getLineAndCharacterOfPosition(one.start).line - 1; line >= 0; line--) {
      if (directives.markUsed(line)) return false
      const text = file.text.slice(lines[line], lines[line + 1]).trim()
      if (text !== '' && !text.startsWith('//')) return true
    }
    return true
  })
  const unmet = directives.getUnusedExpectations().map(({ range }) => ({
    file, start: range.pos, length: range.end - range.pos, code: 2578, category: ts.DiagnosticCategory.Error,
    messageText: "Unused '@ts-expect-error' directive.",
  }))
  return [...kept, ...unmet]
}

function describe(found: ts.Diagnostic, cell: ts.SourceFile, syntax: boolean): Diagnostic {
  const { file, start = 0, length = 0, code } = found
  const diagnostic: Diagnostic = {
    code, start, length, syntax, message: ts.flattenDiagnosticMessageText(found.messageText, '\n'),
  }
  if (file && file !== cell) {
    const { line, character } = file.getLineAndCharacterOfPosition(start)
    const source = file.text.split('\n')[line] ?? ''
    diagnostic.file = { path: file.fileName, line: line + 1, column: character + 1, source }
  }
  return diagnostic
}

/** "Cannot find name", without and with a guess, and the same for `{ name }`. */
const unknownName = new Set([2304, 2552, 18004])

function withMissingName(diagnostic: Diagnostic, cell: ts.SourceFile, halfway: ReadonlySet<string>): Diagnostic {
  if (!unknownName.has(diagnostic.code) || diagnostic.file) return diagnostic
  const name = cell.text.slice(diagnostic.start, diagnostic.start + diagnostic.length)
  return { ...diagnostic, missing: { name, halfway: halfway.has(name) } }
}

/** 1xxx are grammar. */
function syntaxCodes(code: number): boolean {
  return code < 2000
}
