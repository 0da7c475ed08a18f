import { lookupValue, type Scope } from './scope.ts'
import { at, cellCall, cellProperty } from './transform-nodes.ts'
import { ts, type Checker } from './typescript.ts'

const { factory } = ts

/** Rewrites uses of earlier cells' names, `import()` and `import.meta`. */
export function rewriter(context: ts.TransformationContext, checker: Checker, scope: Scope | undefined) {
  const earlier = (node: ts.Identifier): boolean => {
    const symbol = lookupValue(scope, node.escapedText)
    if (!symbol) return false
    const found = node.parent && ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node
      ? checker.getShorthandAssignmentValueSymbol(node.parent)
      : checker.getSymbolAtLocation(node)
    return found === symbol || found?.declarations !== undefined && found.declarations === symbol.declarations
  }
  const visitExpression = (node: ts.Expression) => ts.visitNode(node, visit) as ts.Expression
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isExpressionWithTypeArguments(node)) return ts.visitEachChild(node, visit, context)
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return node
    if (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword) return node
    if (ts.isIdentifier(node)) return namesSomethingElse(node) || !earlier(node) ? node : nameAccess(node)
    if (ts.isShorthandPropertyAssignment(node)) {
      if (!earlier(node.name)) return ts.visitEachChild(node, visit, context)
      const target = nameAccess(node.name)
      const fallback = node.objectAssignmentInitializer && visitExpression(node.objectAssignmentInitializer)
      const value = fallback ? factory.createAssignment(target, fallback) : target
      return at(factory.createPropertyAssignment(factory.createIdentifier(node.name.text), value), node)
    }
    if (ts.isCallExpression(node)) {
      if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
        return at(cellCall('import', node.arguments.map(visitExpression)), node)
      }
      if (ts.isIdentifier(node.expression) && earlier(node.expression)) {
        const call = factory.updateCallExpression(
          node, detached(node.expression), undefined, node.arguments.map(visitExpression))
        return at(call, node)
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
  const named = ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent) || ts.isPropertyDeclaration(parent)
    || ts.isGetAccessor(parent) || ts.isSetAccessor(parent) || ts.isEnumMember(parent)
    || ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isJsxAttribute(parent)
  return named && parent.name === node
}

/** Called without a `this`, as a plain name is. */
function detached(name: ts.Identifier): ts.Expression {
  return factory.createParenthesizedExpression(factory.createComma(factory.createNumericLiteral(0), nameAccess(name)))
}

function nameAccess(name: ts.Identifier): ts.Expression {
  return at(factory.createPropertyAccessExpression(cellProperty('names'), name.text), name)
}
