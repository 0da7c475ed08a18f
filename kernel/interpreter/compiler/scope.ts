/**
 * The names that cells have declared so far, as scopes around the next cell. tslab's idea (its converter sets the
 * `parent` of a cell's file to the file of earlier declarations), taken further: the scope holds the earlier cells' own
 * symbols, so types and doc comments carry over exactly and nothing is printed and parsed again.
 */
import { ts, type BoundFile } from './typescript.ts'

/** A stand-in for a file that encloses a cell; the checker looks names up in its locals on its way out. */
export interface Scope {
  kind: ts.SyntaxKind.SourceFile
  locals: Map<ts.__String, ts.Symbol>
  parent: Scope | undefined
  externalModuleIndicator: true
  /** Without exports; the checker asks each module for them. */
  symbol: { flags: ts.SymbolFlags; escapedName: string; declarations: never[]; exports: Map<ts.__String, ts.Symbol> }
  flags: number
  statements: never[]
  fileName: string
  text: ''
}

/**
 * The scope after a cell. `initialised` tells of each value name whether the cell came as far as giving it a value;
 * `namesType` tells of an import whether it brought only a type, which never gets one.
 */
export function extendScope(
  scope: Scope | undefined, file: BoundFile, initialised: (name: string) => boolean, namesType: (alias: ts.Symbol) => boolean,
): Scope | undefined {
  for (const [, symbol] of declaredSymbols(file)) {
    if (symbol.flags & ts.SymbolFlags.Alias && namesType(symbol)) importedTypes.add(symbol)
  }
  const added = [...declaredSymbols(file)].filter(([name, symbol]) =>
    !(meanings(symbol) & 1) || initialised(ts.unescapeLeadingUnderscores(name)))
  if (!added.length) return scope
  // A name that takes over only a part of what it meant (a type over a class, say) goes into a scope of its own inside.
  const partial = added.some(([name, symbol]) => {
    const before = scope?.locals.get(name)
    return before && (meanings(before) & ~meanings(symbol)) !== 0
  })
  return partial || !scope
    ? makeScope(new Map(added), scope)
    : makeScope(new Map([...scope.locals, ...added]), scope.parent)
}

/** The names that a cell declares and did not come as far as giving a value, and the others. */
export function sortNames(file: BoundFile, initialised: (name: string) => boolean): { halfway: string[]; given: string[] } {
  const names = [...declaredSymbols(file)].filter(([, symbol]) => meanings(symbol) & 1)
    .map(([name]) => ts.unescapeLeadingUnderscores(name))
  return { halfway: names.filter(name => !initialised(name)), given: names.filter(initialised) }
}

/** The earlier cells' symbol for a value name. */
export function lookupValue(scope: Scope | undefined, name: ts.__String): ts.Symbol | undefined {
  for (let at = scope; at; at = at.parent) {
    const symbol = at.locals.get(name)
    if (symbol && meanings(symbol) & 1) return symbol
  }
  return undefined
}

/** Names at a cell's top level with their symbols, exported ones included. */
function* declaredSymbols(file: BoundFile): Generator<[ts.__String, ts.Symbol]> {
  for (const [name, symbol] of file.locals ?? []) yield [name, symbol.exportSymbol ?? symbol]
  for (const [name, symbol] of file.symbol?.exports ?? []) {
    const unnamed = name === ts.InternalSymbolName.Default || name === ts.InternalSymbolName.ExportStar
    if (!unnamed && !file.locals?.has(name)) yield [name as ts.__String, symbol]
  }
}

const importedTypes = new WeakSet<ts.Symbol>()

/** 1 value, 2 type, 4 namespace; an import may be all of them. */
function meanings(symbol: ts.Symbol): number {
  if (symbol.flags & ts.SymbolFlags.Alias) return importedTypes.has(symbol) ? 6 : 7
  return (symbol.flags & ts.SymbolFlags.Value ? 1 : 0)
    | (symbol.flags & ts.SymbolFlags.Type ? 2 : 0)
    | (symbol.flags & ts.SymbolFlags.Namespace ? 4 : 0)
}

function makeScope(locals: Scope['locals'], parent: Scope | undefined): Scope {
  return {
    kind: ts.SyntaxKind.SourceFile, locals, parent, externalModuleIndicator: true,
    symbol: { flags: ts.SymbolFlags.ValueModule, escapedName: '"earlier cells"', declarations: [], exports: new Map() },
    flags: 0, statements: [], fileName: '/earlier-cells.ts', text: '',
  }
}
