/** Imports at run time: Node's own loader, as from a module in the notebook's folder. */
import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'

type Module = Record<string, unknown>
type Load = (specifier: string, options?: ImportCallOptions) => Promise<Module>
export interface Imports {
  import(specifier: unknown, options?: ImportCallOptions): Promise<Module>
  /** One export; of a CommonJS module also a property that Node could not foresee. Throws where there is none. */
  pick(module: Module, name: string, specifier: string): unknown
  meta: { url: string; dirname: string; filename: string; resolve(specifier: string): string }
}

export function createImports(cwd: string): Imports {
  const filename = join(cwd, 'notebook.ts')
  const load = new vm.Script('(specifier, options) => import(specifier, options)', {
    filename, importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }).runInThisContext() as Load
  return {
    import: (specifier, options) => load(fresh(String(specifier), cwd), options),
    pick(module, name, specifier) {
      if (name in module) return module[name]
      const whole = module.default
      if (whole !== null && (typeof whole === 'object' || typeof whole === 'function') && name in whole) {
        return (whole as Module)[name]
      }
      if (name === 'default') return whole
      throw new SyntaxError(`'${specifier}' has no export named '${name}'; it has: ${Object.keys(module).join(', ') || 'none'}`)
    },
    meta: {
      url: pathToFileURL(filename).href, dirname: cwd, filename,
      resolve: specifier => import.meta.resolve(specifier, pathToFileURL(filename)),
    },
  }
}

/** A file of the person's own is loaded again once it has changed. */
function fresh(specifier: string, cwd: string): string {
  if (!/^\.{0,2}\//.test(specifier)) return specifier
  const path = resolve(cwd, specifier)
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? `${pathToFileURL(path).href}?changed=${stat.mtimeMs}` : specifier
}
