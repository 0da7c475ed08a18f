/**
 * Turns a cell into the body of an async function. Its declarations stay as they are; after each one runs,
 * `__cell.declare` gives the cells that follow a getter and a setter for it. Names of earlier cells are read and written
 * through these (`x` becomes `__cell.names.x`), so a function sees what a later cell assigns. Imports become awaited
 * dynamic ones, and the last expression's value goes to `__cell.result`.
 */
import type { Language } from './language.ts'
import { lookupValue, type Scope } from './scope.ts'
import { internals, ts, type Checker } from './typescript.ts'

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
  return ts.isStringLiteral(statement.expression) && file.statements[0] === statement && statement.expression.text === 'use strict'
}

/** Rewrites uses of earlier cells' names, `import()` and `import.meta`. */
function rewriter(context: ts.TransformationContext, checker: Checker, scope: Scope | undefined) {
  const earlier = (node: ts.Identifier): boolean => {
    const symbol = lookupValue(scope, node.escapedText)
    if (!symbol) return false
    const found = node.parent && ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node
      ? checker.getShorthandAssignmentValueSymbol(node.parent)
      : checker.getSymbolAtLocation(node)
    return found === symbol || found?.declarations !== undefined && found.declarations === symbol.declarations
  }
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isExpressionWithTypeArguments(node)) return ts.visitEachChild(node, visit, context)
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return node
    if (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword) return node
    if (ts.isIdentifier(node)) return namesSomethingElse(node) || !earlier(node) ? node : nameAccess(node)
    if (ts.isShorthandPropertyAssignment(node)) {
      if (!earlier(node.name)) return ts.visitEachChild(node, visit, context)
      const target = nameAccess(node.name)
      const fallback = node.objectAssignmentInitializer && ts.visitNode(node.objectAssignmentInitializer, visit) as ts.Expression
      return at(factory.createPropertyAssignment(
        factory.createIdentifier(node.name.text), fallback ? factory.createAssignment(target, fallback) : target), node)
    }
    if (ts.isCallExpression(node)) {
      if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
        return at(cellCall('import', node.arguments.map(argument => ts.visitNode(argument, visit) as ts.Expression)), node)
      }
      if (ts.isIdentifier(node.expression) && earlier(node.expression)) {
        return at(factory.updateCallExpression(node, detached(node.expression), undefined,
          node.arguments.map(argument => ts.visitNode(argument, visit) as ts.Expression)), node)
      }
    }
    if (ts.isTaggedTemplateExpression(node) && ts.isIdentifier(node.tag) && earlier(node.tag)) {
      return at(factory.updateTaggedTemplateExpression(
        node, detached(node.tag), undefined, ts.visitNode(node.template, visit) as ts.TemplateLiteral), node)
    }
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
      return at(cellProperty('meta'), node)
    }
    return ts.visitEachChild(node, visit, context)
  }
  return <T extends ts.Node>(node: T): T => ts.visitNode(node, visit) as T
}

/** An identifier that is a property's, a declaration's or a label's name. */
function namesSomethingElse(node: ts.Identifier): boolean {
  const { parent } = node
  if (!parent) return true
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)) {
    return (ts.isPropertyAccessExpression(parent) ? parent.name : parent.right) === node
  }
  return (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent) || ts.isPropertyDeclaration(parent)
    || ts.isGetAccessor(parent) || ts.isSetAccessor(parent) || ts.isEnumMember(parent) || ts.isVariableDeclaration(parent)
    || ts.isParameter(parent) || ts.isJsxAttribute(parent)) && parent.name === node
}

/** Called without a `this`, as a plain name is. */
function detached(name: ts.Identifier): ts.Expression {
  return factory.createParenthesizedExpression(factory.createComma(factory.createNumericLiteral(0), nameAccess(name)))
}

function nameAccess(name: ts.Identifier): ts.Expression {
  return at(factory.createPropertyAccessExpression(cellProperty('names'), name.text), name)
}

/** `__cell.declare(...)` for what a top-level statement declares at run time. */
function declare(statement: ts.Statement): ts.Statement[] {
  if (isAmbient(statement)) return []
  if (ts.isVariableStatement(statement)) {
    const writable = !(statement.declarationList.flags & ts.NodeFlags.Constant)
    return boundNames(statement.declarationList).map(name => declareName(name, writable))
  }
  if (ts.isFunctionDeclaration(statement)) return statement.name && statement.body ? [declareName(statement.name, false)] : []
  if (ts.isClassDeclaration(statement)) return statement.name ? [declareName(statement.name, false)] : []
  if (ts.isEnumDeclaration(statement)) return [declareName(statement.name, false)]
  if (ts.isModuleDeclaration(statement)) {
    return ts.isIdentifier(statement.name) && internals.getModuleInstanceState(statement) === 1
      ? [declareName(statement.name, false)] : []
  }
  if (ts.isImportEqualsDeclaration(statement)) return [declareName(statement.name, false)]
  return hoistedVars(statement).map(name => declareName(name, true))
}

/** `var`s inside a statement belong to the whole cell. */
function hoistedVars(statement: ts.Statement): ts.Identifier[] {
  const found: ts.Identifier[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isModuleDeclaration(node)) return
    if (ts.isVariableDeclarationList(node) && !(node.flags & ts.NodeFlags.BlockScoped)) found.push(...boundNames(node))
    ts.forEachChild(node, visit)
  }
  visit(statement)
  return found
}

function boundNames(list: ts.VariableDeclarationList): ts.Identifier[] {
  const names = (binding: ts.BindingName): ts.Identifier[] => ts.isIdentifier(binding)
    ? [binding]
    : binding.elements.flatMap(element => ts.isBindingElement(element) ? names(element.name) : [])
  return list.declarations.flatMap(declaration => names(declaration.name))
}

function declareName(name: ts.Identifier, writable: boolean): ts.Statement {
  const copy = () => factory.createIdentifier(name.text)
  const arrow = (parameters: string[], body: ts.Expression) => factory.createArrowFunction(undefined, undefined,
    parameters.map(parameter => factory.createParameterDeclaration(undefined, undefined, parameter)), undefined, undefined, body)
  const value = name.text === '__value' ? '__value_' : '__value'
  return factory.createExpressionStatement(cellCall('declare', [
    factory.createStringLiteral(name.text),
    arrow([], copy()),
    ...writable ? [arrow([value], factory.createAssignment(copy(), factory.createIdentifier(value)))] : [],
  ]))
}

/** Loads the module; each imported value is a constant of the cell. Types leave no trace. */
function importStatements(statement: ts.ImportDeclaration, checker: Checker): ts.Statement[] {
  const clause = statement.importClause
  const load = factory.createAwaitExpression(cellCall('import', [
    statement.moduleSpecifier, ...statement.attributes ? [attributes(statement.attributes)] : [],
  ]))
  if (!clause) return [at(factory.createExpressionStatement(load), statement)]
  if (clause.isTypeOnly) return []
  const module = factory.createUniqueName('module')
  const wanted: [ts.Identifier, ts.Expression][] = []
  const pick = (name: string) => cellCall('pick', [module, factory.createStringLiteral(name), statement.moduleSpecifier])
  if (clause.name && isValue(clause.name, checker)) wanted.push([clause.name, pick('default')])
  const bindings = clause.namedBindings
  if (bindings && ts.isNamespaceImport(bindings)) wanted.push([bindings.name, module])
  for (const element of bindings && ts.isNamedImports(bindings) ? bindings.elements : []) {
    if (!element.isTypeOnly && isValue(element.name, checker)) {
      wanted.push([element.name, pick((element.propertyName ?? element.name).text)])
    }
  }
  if (!wanted.length) return []
  const constant = (name: ts.Identifier, value: ts.Expression) => factory.createVariableStatement(undefined,
    factory.createVariableDeclarationList([factory.createVariableDeclaration(name, undefined, undefined, value)], ts.NodeFlags.Const))
  return [
    at(constant(module, load), statement),
    ...wanted.map(([name, value]) => constant(factory.createIdentifier(name.text), value)),
    ...wanted.map(([name]) => declareName(name, false)),
  ]
}

function attributes(given: ts.ImportAttributes): ts.Expression {
  return factory.createObjectLiteralExpression([factory.createPropertyAssignment('with', factory.createObjectLiteralExpression(
    given.elements.map(element => factory.createPropertyAssignment(
      factory.createStringLiteral(element.name.text), element.value))))])
}

function requireStatements(statement: ts.ImportEqualsDeclaration, from: ts.ExternalModuleReference): ts.Statement[] {
  if (statement.isTypeOnly) return []
  return [
    at(factory.createVariableStatement(undefined, factory.createVariableDeclarationList([factory.createVariableDeclaration(
      factory.createIdentifier(statement.name.text), undefined, undefined,
      factory.createCallExpression(factory.createIdentifier('require'), undefined, [from.expression]),
    )], ts.NodeFlags.Const)), statement),
    declareName(statement.name, false),
  ]
}

function isValue(name: ts.Identifier, checker: Checker): boolean {
  const symbol = checker.getSymbolAtLocation(name)
  if (!symbol || !(symbol.flags & ts.SymbolFlags.Alias)) return true
  const target = checker.getAliasedSymbol(symbol)
  return checker.isUnknownSymbol(target) || (target.flags & ts.SymbolFlags.Value) !== 0
}

function withoutExport<T extends ts.Statement>(statement: T): T {
  if (!ts.canHaveModifiers(statement) || !statement.modifiers) return statement
  const kept = statement.modifiers.filter(modifier =>
    modifier.kind !== ts.SyntaxKind.ExportKeyword && modifier.kind !== ts.SyntaxKind.DefaultKeyword)
  if (kept.length === statement.modifiers.length) return statement
  if (ts.isVariableStatement(statement)) return factory.updateVariableStatement(statement, kept, statement.declarationList) as never
  if (ts.isFunctionDeclaration(statement)) {
    return factory.updateFunctionDeclaration(statement, kept, statement.asteriskToken, statement.name ?? factory.createUniqueName('unnamed'),
      statement.typeParameters, statement.parameters, statement.type, statement.body) as never
  }
  if (ts.isClassDeclaration(statement)) {
    return factory.updateClassDeclaration(statement, kept, statement.name ?? factory.createUniqueName('Unnamed'),
      statement.typeParameters, statement.heritageClauses, statement.members) as never
  }
  if (ts.isEnumDeclaration(statement)) return factory.updateEnumDeclaration(statement, kept, statement.name, statement.members) as never
  if (ts.isModuleDeclaration(statement)) return factory.updateModuleDeclaration(statement, kept, statement.name, statement.body) as never
  return statement
}

function isAmbient(statement: ts.Statement): boolean {
  return ts.canHaveModifiers(statement)
    && statement.modifiers?.some(modifier => modifier.kind === ts.SyntaxKind.DeclareKeyword) === true
}

function cellProperty(name: string): ts.Expression {
  return factory.createPropertyAccessExpression(factory.createIdentifier('__cell'), name)
}

function cellCall(name: string, values: ts.Expression[]): ts.CallExpression {
  return factory.createCallExpression(cellProperty(name), undefined, values)
}

/** Gives a made node the place of the one it stands for, so that the source map leads there. */
function at<T extends ts.Node>(made: T, original: ts.Node): T {
  return ts.setTextRange(ts.setOriginalNode(made, original), original)
}
