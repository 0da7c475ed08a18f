/** Small pieces of syntax that the transformation makes. */
import { ts } from './typescript.ts'

const { factory } = ts

/** A property of the object through which a cell meets the notebook. */
export function cellProperty(name: string): ts.Expression {
  return factory.createPropertyAccessExpression(factory.createIdentifier('__cell'), name)
}

export function cellCall(name: string, values: ts.Expression[]): ts.CallExpression {
  return factory.createCallExpression(cellProperty(name), undefined, values)
}

/** Gives a made node the place of the one it stands for, so that the source map leads there. */
export function at<T extends ts.Node>(made: T, original: ts.Node): T {
  return ts.setTextRange(ts.setOriginalNode(made, original), original)
}
