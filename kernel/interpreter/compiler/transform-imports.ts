import { declareName } from './transform-declarations.ts'
import { at, cellCall } from './transform-nodes.ts'
import { ts, type Checker } from './typescript.ts'

const { factory } = ts

/** Loads the module; each imported value is a constant of the cell. Types leave no trace. */
export function importStatements(statement: ts.ImportDeclaration, checker: Checker): ts.Statement[] {
  const clause = statement.importClause
  const load = factory.createAwaitExpression(cellCall('import', [
    statement.moduleSpecifier, ...statement.attributes ? [attributes(statement.attributes)] : [],
  ]))
  if (!clause) return [at(factory.createExpressionStatement(load), statement)]
  if (clause.isTypeOnly) return []
  const module = factory.createUniqueName('module')
  const wanted: [ts.Identifier, ts.Expression][] = []
  const pick = (name: string) =>
    cellCall('pick', [module, factory.createStringLiteral(name), statement.moduleSpecifier])
  if (clause.name && isValue(clause.name, checker)) wanted.push([clause.name, pick('default')])
  const bindings = clause.namedBindings
  if (bindings && ts.isNamespaceImport(bindings)) wanted.push([bindings.name, module])
  for (const element of bindings && ts.isNamedImports(bindings) ? bindings.elements : []) {
    if (!element.isTypeOnly && isValue(element.name, checker)) {
      wanted.push([element.name, pick((element.propertyName ?? element.name).text)])
    }
  }
  if (!wanted.length) return []
  return [
    at(constant(module, load), statement),
    ...wanted.map(([name, value]) => constant(factory.createIdentifier(name.text), value)),
    ...wanted.map(([name]) => declareName(name, false)),
  ]
}

function attributes(given: ts.ImportAttributes): ts.Expression {
  const pairs = given.elements.map(element =>
    factory.createPropertyAssignment(factory.createStringLiteral(element.name.text), element.value))
  const assertion = factory.createPropertyAssignment('with', factory.createObjectLiteralExpression(pairs))
  return factory.createObjectLiteralExpression([assertion])
}

/** `import x = require('y')` */
export function requireStatements(
  statement: ts.ImportEqualsDeclaration, from: ts.ExternalModuleReference,
): ts.Statement[] {
  if (statement.isTypeOnly) return []
  const load = factory.createCallExpression(factory.createIdentifier('require'), undefined, [from.expression])
  return [
    at(constant(factory.createIdentifier(statement.name.text), load), statement),
    declareName(statement.name, false),
  ]
}

function constant(name: ts.Identifier, value: ts.Expression): ts.Statement {
  const declaration = factory.createVariableDeclaration(name, undefined, undefined, value)
  return factory.createVariableStatement(
    undefined, factory.createVariableDeclarationList([declaration], ts.NodeFlags.Const))
}

function isValue(name: ts.Identifier, checker: Checker): boolean {
  const symbol = checker.getSymbolAtLocation(name)
  return !symbol || !(symbol.flags & ts.SymbolFlags.Alias) || isValueImport(symbol, checker)
}

/** Whether an import brings something that exists at run time; one that cannot be found might. */
export function isValueImport(alias: ts.Symbol, checker: Checker): boolean {
  if (alias.declarations?.every(ts.isTypeOnlyImportDeclaration)) return false
  const target = checker.getAliasedSymbol(alias)
  return checker.isUnknownSymbol(target) || (target.flags & ts.SymbolFlags.Value) !== 0
}
