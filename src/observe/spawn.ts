import type { NetworkNode } from '../api/lab.ts'
import { WirebookError } from '../error.ts'
import type { LabProcess } from '../lab/backend.ts'
import type { Node } from '../lab/node.ts'

/** Starts a program of the machine in a node's network namespace, its streams in the caller's hands. */
export function spawnInNetwork(node: NetworkNode, command: string[]): Promise<LabProcess> {
  return asNode(node).spawnInNetwork(command, {})
}

/** Starts a program inside a node. */
export function spawnInside(node: NetworkNode, command: string[]): Promise<LabProcess> {
  return asNode(node).spawn(command, {})
}

function asNode(node: NetworkNode): Node {
  if (node && typeof (node as Node).spawnInNetwork === 'function') return node as Node
  throw new WirebookError(`A machine of the lab or a container is needed here, not ${describe(node)}.`, {
    remedy: "Pass lab.A, lab.B, lab.router, or what a model's run() gave: const web = await bridge.run('nginx').",
  })
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `the text "${value}"`
  if (value instanceof Promise) return 'a promise (put await before it)'
  return String(value)
}
