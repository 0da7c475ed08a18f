import { ts } from './typescript.ts'

const { factory } = ts

/** The declaration without `export` and `default`: a cell's names are the notebook's anyway. */
export function withoutExport<T extends ts.Statement>(statement: T): T {
  if (!ts.canHaveModifiers(statement) || !statement.modifiers) return statement
  const kept = statement.modifiers.filter(modifier =>
    modifier.kind !== ts.SyntaxKind.ExportKeyword && modifier.kind !== ts.SyntaxKind.DefaultKeyword)
  return kept.length === statement.modifiers.length ? statement : withModifiers(statement, kept) as ts.Node as T
}

function withModifiers(statement: ts.Statement, modifiers: ts.ModifierLike[]): ts.Statement {
  if (ts.isVariableStatement(statement)) {
    return factory.updateVariableStatement(statement, modifiers as ts.Modifier[], statement.declarationList)
  }
  if (ts.isFunctionDeclaration(statement)) {
    const { name = factory.createUniqueName('unnamed'), asteriskToken, typeParameters, parameters, body } = statement
    return factory.updateFunctionDeclaration(
      statement, modifiers, asteriskToken, name, typeParameters, parameters, statement.type, body)
  }
  if (ts.isClassDeclaration(statement)) {
    const { name = factory.createUniqueName('Unnamed'), typeParameters, heritageClauses, members } = statement
    return factory.updateClassDeclaration(statement, modifiers, name, typeParameters, heritageClauses, members)
  }
  if (ts.isEnumDeclaration(statement)) {
    return factory.updateEnumDeclaration(statement, modifiers, statement.name, statement.members)
  }
  if (ts.isModuleDeclaration(statement)) {
    return factory.updateModuleDeclaration(statement, modifiers, statement.name, statement.body)
  }
  return statement
}
