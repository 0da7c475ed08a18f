/**
 * Turns a cell into the body of an async function. Its declarations stay as they are; after each one runs,
 * `__cell.declare` gives the cells that follow a getter and a setter for it. Names of earlier cells are read and
 * written through these (`x` becomes `__cell.names.x`), so a function sees what a later cell assigns. Imports become
 * awaited dynamic ones, and the last expression's value goes to `__cell.result`.
 */
import type { Language } from './language.ts'
import { declare } from './transform-declarations.ts'
import { withoutExport } from './transform-exports.ts'
import { importStatements, requireStatements } from './transform-imports.ts'
import { rewriter } from './transform-names.ts'
import { at, cellCall } from './transform-nodes.ts'
import { ts } from './typescript.ts'

const { factory } = ts

/** Before TypeScript's own transformers: nodes are as parsed, and the checker knows them. */
export function prepareCell(language: Language): ts.TransformerFactory<ts.SourceFile> {
  return context => file => {
    const rewrite = rewriter(context, language.checker, language.scope)
    const hoisted: ts.Statement[] = []
    const imports: ts.Statement[] = []
    const body: ts.Statement[] = []
    const last = lastExpression(file)
    for (const statement of file.statements) {
      if (ts.isImportDeclaration(statement)) {
        imports.push(...importStatements(statement, language.checker))
      } else if (ts.isExportDeclaration(statement)) {
        continue
      } else if (ts.isExportAssignment(statement)) {
        body.push(at(factory.createExpressionStatement(rewrite(statement.expression)), statement))
      } else if (statement === last) {
        body.push(at(factory.createExpressionStatement(cellCall('result', [
          factory.createAwaitExpression(factory.createParenthesizedExpression(rewrite(last.expression))),
        ])), statement))
      } else if (ts.isImportEqualsDeclaration(statement) && ts.isExternalModuleReference(statement.moduleReference)) {
        imports.push(...requireStatements(statement, statement.moduleReference))
      } else {
        body.push(withoutExport(rewrite(statement)))
        const declared = declare(statement)
        if (ts.isFunctionDeclaration(statement)) hoisted.push(...declared)
        else body.push(...declared)
      }
    }
    return factory.updateSourceFile(file, ts.setTextRange(
      factory.createNodeArray([...hoisted, ...imports, ...body]), file.statements,
    ))
  }
}

/** After TypeScript's own: drops the `export {}` that marks a module. */
export const finishCell: ts.TransformerFactory<ts.SourceFile> = () => file =>
  factory.updateSourceFile(file, file.statements.filter(statement => !ts.isExportDeclaration(statement)))

/** The expression that a cell ends with: its value is shown. */
function lastExpression(file: ts.SourceFile): ts.ExpressionStatement | undefined {
  const last = file.statements.findLast(statement =>
    !ts.isEmptyStatement(statement) && !ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement))
  return last && ts.isExpressionStatement(last) && !isDirective(last, file) ? last : undefined
}

function isDirective(statement: ts.ExpressionStatement, file: ts.SourceFile): boolean {
  const { expression } = statement
  return file.statements[0] === statement && ts.isStringLiteral(expression) && expression.text === 'use strict'
}
