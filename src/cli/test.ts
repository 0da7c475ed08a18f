import { spawnSync } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { readArguments } from './arguments.ts'
import { root } from './paths.ts'

const options = { quick: { type: 'boolean', default: false } } as const

/** `wirebook test`: the type check, then every test; `--quick` leaves out those that take minutes. Words choose files. */
export default async function test(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options, { atMost: Infinity })
  const types = node([join(root, 'node_modules/typescript/bin/tsc'), '--noEmit'])
  if (types !== 0) {
    process.stderr.write('wirebook: the type check failed\n')
    return 1
  }
  process.stderr.write('wirebook: types are sound\n')
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter) // tests that start `node` mean this one
  const env = { ...process.env, PATH, ...(values.quick && { WIREBOOK_QUICK: '1' }) }
  return node([join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...positionals], env) === 0 ? 0 : 1
}

function node(args: string[], env = process.env): number {
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env })
  if (error) throw error
  return status ?? 1
}
