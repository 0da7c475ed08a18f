/** Every module that a cell names, to be resolved before it is checked. */
import { ts } from './typescript.ts'

/** Specifiers of imports, re-exports, `import()` and import types, each once; not one being typed at `position`. */
export function moduleSpecifiers(file: ts.SourceFile, position = -1): string[] {
  if (!/\b(?:import|export)\b/.test(file.text)) return []
  const found = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier)
    else if (ts.isExternalModuleReference(node)) add(node.expression)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0])
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal)
    ts.forEachChild(node, visit)
  }
  const add = (node: ts.Node | undefined) => {
    if (!node || !ts.isStringLiteralLike(node) || !node.text) return
    if (position < node.getStart(file) || position > node.end) found.add(node.text)
  }
  ts.forEachChild(file, visit)
  return [...found]
}

/** `declare module 'x'` and `declare global` in a cell, which the checker merges only when it is made. */
export function augmentations(file: ts.SourceFile): ts.Node[] {
  return file.statements.filter(statement => ts.isModuleDeclaration(statement))
    .filter(statement => ts.isStringLiteral(statement.name) || statement.flags & ts.NodeFlags.GlobalAugmentation)
    .map(statement => statement.name)
}
