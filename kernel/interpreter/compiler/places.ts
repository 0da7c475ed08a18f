/** Where the kernel's declaration files are, from the kernel's own folder. */
import { builtinModules, createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Places } from './program.ts'

export function findPlaces(globals: string | undefined): Places {
  const require = createRequire(import.meta.url)
  return {
    light: join(import.meta.dirname, '../lib/node.d.ts'),
    node: join(dirname(require.resolve('@types/node/package.json')), 'index.d.ts'),
    library: dirname(require.resolve('typescript')),
    builtins: [...builtinModules],
    ...globals ? { globals } : {},
  }
}
