import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { kernelName, kernelSpec } from '../../../kernel/spec.ts'
import { root, state } from '../paths.ts'
import { jupyterFolders } from './environment.ts'
import { writeJupyterSettings } from './settings.ts'
import { writeJson } from './write-json.ts'

/** Writes what Jupyter reads: its settings and this kernel's specification. Leaves what is as it should be. */
export function prepareJupyter(): void {
  writeJupyterSettings()
  // JupyterLab runs a CommonJS program of its own (yarn.js) below this folder; the repository's package.json says otherwise.
  writeJson(join(state, 'package.json'), { type: 'commonjs' })
  const folder = join(jupyterFolders.data, 'kernels', kernelName)
  // The same specification as `kernel install` writes, but what it caches stays in the repository.
  writeJson(join(folder, 'kernel.json'), { ...kernelSpec(), env: { NODE_COMPILE_CACHE: join(state, 'cache/node') } })
  if (!existsSync(join(folder, 'logo-svg.svg'))) cpSync(join(root, 'kernel/logos'), folder, { recursive: true })
}
