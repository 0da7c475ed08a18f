import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { readArguments } from './arguments.ts'
import { UsageError } from './failure.ts'
import { WirebookError } from '../error.ts'

const options = {
  user: { type: 'boolean', default: false },
  'sys-prefix': { type: 'boolean', default: false },
  prefix: { type: 'string' },
} as const

/** `wirebook kernel install`: registers the kernelspec with a Jupyter of the learner's own. */
export default async function kernel(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options, { atMost: 1 })
  if (positionals[0] !== 'install') throw new UsageError('kernel knows one word: kernel install')
  const chosen = [values.user, values['sys-prefix'], values.prefix !== undefined].filter(Boolean).length
  if (chosen > 1) throw new UsageError('--user, --sys-prefix and --prefix exclude each other')
  const folder = join(dataFolder(values), 'kernels/wirebook')
  const { writeKernelspec } = await import('../../kernel/spec.ts')
  await writeKernelspec(folder)
  process.stdout.write(`The kernel "Wirebook (TypeScript)" is in ${folder}\n`)
  return 0
}

/** Jupyter's data folders: https://docs.jupyter.org/en/latest/use/jupyter-directories.html */
function dataFolder(values: { 'sys-prefix': boolean; prefix?: string | undefined }): string {
  if (values.prefix !== undefined) return resolve(values.prefix, 'share/jupyter')
  if (values['sys-prefix']) return join(pythonPrefix(), 'share/jupyter')
  if (process.env.JUPYTER_DATA_DIR) return process.env.JUPYTER_DATA_DIR
  if (process.platform === 'darwin') return join(homedir(), 'Library/Jupyter')
  return join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local/share'), 'jupyter')
}

/** The environment of the Jupyter that the learner uses: an active one, else that of `python3`. */
function pythonPrefix(): string {
  const active = process.env.VIRTUAL_ENV ?? process.env.CONDA_PREFIX
  if (active && existsSync(active)) return active
  const { status, stdout } = spawnSync('python3', ['-c', 'import sys; print(sys.prefix)'], { encoding: 'utf8' })
  if (status === 0) return stdout.trim()
  throw new WirebookError('--sys-prefix was given, and there is no active Python environment and no python3.', {
    remedy: 'activate the environment that Jupyter is in, or give its folder with --prefix',
  })
}
