/** What is known about the thing at a place: its signature and documentation. */
import { neverCancelled } from './complete.ts'
import type { Reply } from './protocol.ts'
import type { Language } from './language.ts'
import { internals, ts, type BoundFile } from './typescript.ts'

export function inspect(language: Language, code: string, position: number, detail: 0 | 1): Reply<'inspect'> {
  const file = language.open(code)
  const found = at(language, file, position) ?? enclosingCall(language, file, position)
  if (!found) return null
  const { signature, documentation, tags, origin } = found
  const notes = tags.filter(tag => detail === 1 || tag.name !== 'internal').map(tag => {
    const text = ts.displayPartsToString(tag.text)
    return `*@${tag.name}*${text ? ` ${text.replace(/^(\S+)/, tag.name === 'param' ? '`$1`' : '$1')}` : ''}`
  })
  const fenced = `\`\`\`typescript\n${signature}\n\`\`\``
  const markdown = [fenced, documentation, notes.join('  \n'), detail === 1 ? origin : '']
  const plain = [signature, documentation, ...notes.map(note => note.replaceAll('*', '').replaceAll('`', ''))]
  return { plain: plain.filter(Boolean).join('\n\n'), markdown: markdown.filter(Boolean).join('\n\n') }
}

interface Found { signature: string; documentation: string; tags: ts.JSDocTagInfo[]; origin: string }

function at(language: Language, file: BoundFile, position: number): Found | undefined {
  const { checker } = language
  for (const place of [position, position - 1]) {
    if (place < 0) continue
    const node = internals.getTouchingPropertyName(file, place)
    if (!ts.isIdentifier(node) && !ts.isPrivateIdentifier(node) && !ts.isStringLiteralLike(node)
      && node.kind !== ts.SyntaxKind.ThisKeyword) continue
    const symbol = node.parent && ts.isShorthandPropertyAssignment(node.parent)
      ? checker.getShorthandAssignmentValueSymbol(node.parent) : checker.getSymbolAtLocation(node)
    if (symbol && !checker.isUnknownSymbol(symbol)) return describe(language, file, symbol, node)
  }
  return undefined
}

/** Between the parentheses of a call, that call's signature. */
function enclosingCall(language: Language, file: BoundFile, position: number): Found | undefined {
  const help = internals.SignatureHelp.getSignatureHelpItems(
    language.programOf(file), file, position, undefined, neverCancelled)
  const item = help?.items[help.selectedItemIndex]
  if (!item) return undefined
  const part = ts.displayPartsToString
  return {
    signature: part(item.prefixDisplayParts)
      + item.parameters.map(parameter => part(parameter.displayParts)).join(part(item.separatorDisplayParts))
      + part(item.suffixDisplayParts),
    documentation: part(item.documentation), tags: item.tags, origin: '',
  }
}

function describe(language: Language, file: BoundFile, symbol: ts.Symbol, node: ts.Node): Found {
  const { displayParts, documentation, tags } = internals.SymbolDisplay
    .getSymbolDisplayPartsDocumentationAndSymbolKind(language.checker, symbol, file, node, node)
  const declaration = symbol.declarations?.[0]
  const members = declaration && (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration))
  const from = declaration?.getSourceFile()
  return {
    signature: ts.displayPartsToString(displayParts) + (members ? `\n${declaration.getText()}` : ''),
    documentation: ts.displayPartsToString(documentation),
    tags: tags ?? [],
    origin: from && from !== file && !/\/cell-\d+\.ts$/.test(from.fileName) ? `Declared in \`${from.fileName}\`` : '',
  }
}
