/** Completion: TypeScript's own, on the notebook's checker. */
import type { CompletionItem, Reply } from './protocol.ts'
import type { Language } from './language.ts'
import { internals, ts, type BoundFile } from './typescript.ts'

/** As many as a person might look through; the prefix narrows them. */
const mostItems = 300
/** Signatures and documentation are looked up for this many. */
const mostDetails = 40

export function complete(language: Language, code: string, position: number): Reply<'complete'> {
  const file = language.open(code, position)
  const program = language.programOf(file)
  const host = serviceHost(language)
  const info = internals.Completions.getCompletionsAtPosition(
    host, program, () => {}, file, position, preferences, undefined, ts.CompletionTriggerKind.Invoked,
    neverCancelled, internals.formatting.getFormatContext({}, host), true,
  )
  const builtin = builtinEntries(language.surroundings.builtins, file, position)
  const entries = [...builtin?.entries ?? [], ...info?.entries ?? []]
  const span = builtin ?? replaced(file, position, info?.optionalReplacementSpan ?? info?.entries[0]?.replacementSpan)
  const ranked = rank(entries, code.slice(span.start, position)).slice(0, mostItems)
  return {
    start: span.start,
    end: span.end,
    items: ranked.map((entry, index) => describe(language, file, entry, position, index < mostDetails)),
  }
}

const preferences: ts.UserPreferences = {
  includeCompletionsWithInsertText: false,
  includeCompletionsForModuleExports: false,
  importModuleSpecifierEnding: 'js',
  allowRenameOfImportPath: false,
}

export const neverCancelled: ts.CancellationToken = {
  isCancellationRequested: () => false,
  throwIfCancellationRequested: () => {},
}

/** What completion of paths looks at. */
function serviceHost(language: Language): object {
  const { host, program } = language.surroundings
  return {
    ...host,
    getCompilationSettings: () => program.getCompilerOptions(),
    getProjectVersion: undefined,
  }
}

/** Matches first by exact prefix, then by prefix in any case, then by substring; TypeScript's order within. */
function rank(entries: ts.CompletionEntry[], prefix: string): ts.CompletionEntry[] {
  const lower = prefix.toLowerCase()
  const distance = (name: string) => name.startsWith(prefix) ? 0
    : name.toLowerCase().startsWith(lower) ? 1
    : lower.length > 1 && name.toLowerCase().includes(lower) ? 2
    : undefined
  const seen = new Set<string>()
  return entries
    .map((entry, index) => ({ entry, index, distance: distance(entry.name) }))
    .filter(({ entry, distance }) => distance !== undefined && !seen.has(entry.name) && seen.add(entry.name))
    .sort((a, b) => a.distance! - b.distance! || compare(a.entry.sortText, b.entry.sortText)
      || compare(a.entry.name.toLowerCase(), b.entry.name.toLowerCase()) || a.index - b.index)
    .map(({ entry }) => entry)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function replaced(file: BoundFile, position: number, span: ts.TextSpan | undefined): { start: number; end: number } {
  if (span && span.start <= position) return { start: span.start, end: Math.max(position, span.start + span.length) }
  const { text } = file
  const part = (at: number) => ts.isIdentifierPart(text.charCodeAt(at), ts.ScriptTarget.Latest)
  let start = position
  while (start > 0 && part(start - 1)) start--
  let end = position
  while (end < text.length && part(end)) end++
  return { start, end }
}

/**
 * Node's own modules inside an import's quotes, where the name so far may become one; while the surroundings are light,
 * TypeScript does not know them.
 */
function builtinEntries(
  builtins: string[], file: BoundFile, position: number,
): { start: number; end: number; entries: ts.CompletionEntry[] } | undefined {
  const token = internals.findPrecedingToken(position, file)
  if (!token || !ts.isStringLiteralLike(token) || position <= token.getStart(file)) return undefined
  const { parent } = token
  const importing = ts.isImportDeclaration(parent) || ts.isExternalModuleReference(parent)
    || ts.isCallExpression(parent) && (parent.expression.kind === ts.SyntaxKind.ImportKeyword
      || ts.isIdentifier(parent.expression) && parent.expression.text === 'require')
  const start = token.getStart(file) + 1
  const typed = file.text.slice(start, position)
  const names = builtins.flatMap(name => [name, name.replace(/^node:/, '')]).filter(name => name.startsWith(typed))
  if (!importing || !names.length) return undefined
  const closed = /['"`]/.test(file.text[token.end - 1] ?? '') && token.end - 1 >= position
  return {
    start,
    end: closed ? token.end - 1 : position,
    entries: names.map(name => ({
      name, kind: ts.ScriptElementKind.externalModuleName, sortText: name.startsWith('node:') ? '10' : '11',
    })),
  }
}

function describe(
  language: Language, file: BoundFile, entry: ts.CompletionEntry, position: number, detailed: boolean,
): CompletionItem {
  const item: CompletionItem = { text: entry.name, type: kindName(entry.kind) }
  const { symbol } = entry as { symbol?: ts.Symbol }
  if (!detailed || !symbol) return item
  const location = internals.getTouchingPropertyName(file, position)
  const { displayParts, documentation } = internals.SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind(
    language.checker, symbol, file, location, location)
  item.signature = ts.displayPartsToString(displayParts)
  const text = ts.displayPartsToString(documentation)
  if (text) item.documentation = text
  return item
}

/** Jupyter front ends pick an icon by these words. */
function kindName(kind: string): string {
  switch (kind) {
    case 'method': case 'function': case 'local function': case 'construct': case 'call': return 'function'
    case 'property': case 'getter': case 'setter': case 'accessor': case 'JSX attribute': return 'property'
    case 'class': case 'local class': return 'class'
    case 'interface': case 'type': case 'type parameter': case 'primitive type': return 'interface'
    case 'enum': case 'enum member': return 'enum'
    case 'module': case 'external module name': case 'script': case 'directory': return 'module'
    case 'keyword': return 'keyword'
    case 'string': return 'value'
    default: return 'variable'
  }
}
