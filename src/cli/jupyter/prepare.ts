import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { jupyterFolders } from './environment.ts'
import { writeJupyterSettings } from './settings.ts'

/** Writes what Jupyter reads: its settings and this kernel's specification. Leaves what is as it should be. */
export async function prepareJupyter(): Promise<void> {
  writeJupyterSettings()
  const kernels = join(jupyterFolders.data, 'kernels')
  mkdirSync(kernels, { recursive: true })
  const { writeKernelspec } = await import('../../../kernel/spec.ts')
  await writeKernelspec(join(kernels, 'wirebook'))
}
