/** What a cell declares, told to the notebook after it has run. */
import { cellCall } from './transform-nodes.ts'
import { internals, ts } from './typescript.ts'

const { factory } = ts

/** `__cell.declare(...)` for what a top-level statement declares at run time. */
export function declare(statement: ts.Statement): ts.Statement[] {
  if (isAmbient(statement)) return []
  if (ts.isVariableStatement(statement)) {
    const writable = !(statement.declarationList.flags & ts.NodeFlags.Constant)
    return boundNames(statement.declarationList).map(name => declareName(name, writable))
  }
  if (ts.isFunctionDeclaration(statement) && !statement.body) return []
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
    return statement.name ? [declareName(statement.name, false)] : []
  }
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

export function declareName(name: ts.Identifier, writable: boolean): ts.Statement {
  const copy = () => factory.createIdentifier(name.text)
  const parameter = (text: string) => factory.createParameterDeclaration(undefined, undefined, text)
  const arrow = (parameters: string[], body: ts.Expression) => factory.createArrowFunction(
    undefined, undefined, parameters.map(parameter), undefined, undefined, body)
  const value = name.text === '__value' ? '__value_' : '__value'
  return factory.createExpressionStatement(cellCall('declare', [
    factory.createStringLiteral(name.text),
    arrow([], copy()),
    ...writable ? [arrow([value], factory.createAssignment(copy(), factory.createIdentifier(value)))] : [],
  ]))
}

function isAmbient(statement: ts.Statement): boolean {
  return ts.canHaveModifiers(statement)
    && statement.modifiers?.some(modifier => modifier.kind === ts.SyntaxKind.DeclareKeyword) === true
}
