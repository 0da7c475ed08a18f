/**
 * TypeScript, with the few internal functions that the compiler needs typed. The package `typescript` is pinned to an
 * exact version in package.json; the tests in test/kernel/interpreter fail should another version move these.
 */
import ts from 'typescript'

/** What a checker asks of its program; a program is one, cells are added to it (`language.ts`). */
export interface CheckerHost extends ts.Program {
  getResolvedModule(
    file: ts.SourceFile, name: string, mode: ts.ResolutionMode,
  ): ts.ResolvedModuleWithFailedLookupLocations | undefined
  getResolvedModuleFromModuleSpecifier(specifier: ts.StringLiteralLike, file?: ts.SourceFile): unknown
}

/** A file as the parser and the binder leave it. */
export interface BoundFile extends ts.SourceFile {
  path: ts.Path
  symbol?: ts.Symbol
  locals?: Map<ts.__String, ts.Symbol & { exportSymbol?: ts.Symbol }>
  parent: ts.Node
  parseDiagnostics: ts.DiagnosticWithLocation[]
  bindDiagnostics: ts.DiagnosticWithLocation[]
  commentDirectives?: { range: ts.TextRange; type: number }[]
  checkJsDirective?: { enabled: boolean }
  moduleAugmentations?: ts.Node[]
  externalModuleIndicator?: ts.Node | true
  nextContainer?: ts.Node
}

export interface SignatureHelp {
  getSignatureHelpItems(
    program: ts.Program, file: ts.SourceFile, position: number, reason: undefined, cancellation: ts.CancellationToken,
  ): ts.SignatureHelpItems | undefined
}

interface Internals {
  createTypeChecker(host: CheckerHost): Checker
  bindSourceFile(file: ts.SourceFile, options: ts.CompilerOptions): void
  getTransformers(options: ts.CompilerOptions, custom: ts.CustomTransformers): unknown
  emitFiles(resolver: unknown, host: object, file: ts.SourceFile, transformers: unknown, emitOnly: number): unknown
  createCommentDirectivesMap(file: ts.SourceFile, directives: BoundFile['commentDirectives']): {
    getUnusedExpectations(): { range: ts.TextRange }[]
    markUsed(line: number): boolean
  }
  getTouchingPropertyName(file: ts.SourceFile, position: number): ts.Node
  findPrecedingToken(position: number, file: ts.SourceFile): ts.Node | undefined
  getModuleInstanceState(node: ts.ModuleDeclaration): number
  formatting: { getFormatContext(options: ts.FormatCodeSettings, host: object): unknown }
  Completions: {
    getCompletionsAtPosition(
      host: object, program: ts.Program, log: () => void, file: ts.SourceFile, position: number,
      preferences: ts.UserPreferences, trigger: undefined, kind: ts.CompletionTriggerKind,
      cancellation: ts.CancellationToken, format: unknown, includeSymbol: boolean,
    ): ts.CompletionInfo | undefined
  }
  SignatureHelp: SignatureHelp
  SymbolDisplay: {
    getSymbolDisplayPartsDocumentationAndSymbolKind(
      checker: ts.TypeChecker, symbol: ts.Symbol, file: ts.SourceFile,
      enclosing: ts.Node | undefined, location: ts.Node,
    ): { displayParts: ts.SymbolDisplayPart[]; documentation: ts.SymbolDisplayPart[]; tags?: ts.JSDocTagInfo[] }
    getSymbolKind(checker: ts.TypeChecker, symbol: ts.Symbol, location: ts.Node): string
  }
}

export interface Checker extends ts.TypeChecker {
  getDiagnostics(file: ts.SourceFile): ts.Diagnostic[]
  getEmitResolver(file: ts.SourceFile, cancellation: undefined, skipDiagnostics: boolean): unknown
}

export const internals = ts as unknown as Internals
export { ts }
