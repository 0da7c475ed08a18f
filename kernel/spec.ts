/** The kernelspec: https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WirebookError } from '../src/error.ts'

export const kernelName = 'wirebook'

export interface KernelSpec {
  argv: string[]
  display_name: string
  language: string
  interrupt_mode: 'message'
  env: Record<string, string>
  metadata: { debugger: false }
}

/** Where a kernelspec is installed. `prefix` is the folder above `share/jupyter`. */
export type Place = { user: true } | { prefix: string }

/** The kernelspec with absolute paths of this Node.js and this checkout. */
export function kernelSpec(): KernelSpec {
  return {
    argv: [
      process.execPath,
      // Given here, the kernel need not start itself a second time with them; what for, says main.ts.
      '--no-force-async-hooks-checks',
      '--disable-warning=ExperimentalWarning',
      fileURLToPath(new URL('main.ts', import.meta.url)),
      '{connection_file}',
    ],
    display_name: 'TypeScript (Wirebook)',
    language: 'typescript',
    interrupt_mode: 'message',
    // jupyter_client fills in ${HOME}: a spec of a prefix serves several accounts.
    env: { NODE_COMPILE_CACHE: process.env.XDG_CACHE_HOME ? join(process.env.XDG_CACHE_HOME, 'wirebook', 'compiled') : '${HOME}/.cache/wirebook/compiled' },
    metadata: { debugger: false },
  }
}

/** Writes the kernelspec and its logos; one that was there is replaced. Gives its folder. */
export function installKernel(place: Place): string {
  const folder = kernelFolder(place)
  try {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'kernel.json'), `${JSON.stringify(kernelSpec(), null, 2)}\n`)
    for (const logo of logos) cpSync(fileURLToPath(new URL(`logos/${logo}`, import.meta.url)), join(folder, logo))
  } catch (cause) {
    throw new WirebookError(`The kernelspec cannot be written to ${folder}: ${(cause as Error).message}`, {
      cause, remedy: 'Use --user for your own account, or --prefix with a folder that you may write to.',
    })
  }
  return folder
}

/** Removes the kernelspec. Gives its folder; throws where there is none of this kernel. */
export function uninstallKernel(place: Place): string {
  const folder = kernelFolder(place)
  const file = join(folder, 'kernel.json')
  if (!existsSync(file)) throw new WirebookError(`There is no kernelspec in ${folder}.`, { remedy: '`jupyter kernelspec list` says where there is one.' })
  const { argv } = JSON.parse(readFileSync(file, 'utf8')) as Partial<KernelSpec>
  if (!argv?.some(word => word.endsWith('kernel/main.ts'))) throw new WirebookError(`${file} is of another kernel and stays.`)
  rmSync(folder, { recursive: true })
  return folder
}

/** The prefix of the Python environment that is active, else of the one that the bootstrap made here. */
export function systemPrefix(): string {
  const active = process.env.VIRTUAL_ENV || process.env.CONDA_PREFIX
  if (active) return active
  const own = fileURLToPath(new URL('../.wirebook/venv', import.meta.url))
  if (existsSync(own)) return own
  throw new WirebookError('--sys-prefix needs a Python environment: none is active, and .wirebook/venv is not there.', {
    remedy: 'Run ./wirebook once, activate an environment, or use --user.',
  })
}

/** `wirebook kernel install|uninstall [--user | --sys-prefix | --prefix DIR]`: the place that the options name. */
export function placeOf(options: string[]): Place {
  const [option = '--user', folder, ...more] = options
  if (option === '--user' && folder === undefined) return { user: true }
  if (option === '--sys-prefix' && folder === undefined) return { prefix: systemPrefix() }
  if (option === '--prefix' && folder !== undefined && more.length === 0) return { prefix: folder }
  throw new WirebookError(`wirebook kernel does not know ${options.join(' ')}.`, { remedy: 'Give one of --user, --sys-prefix, --prefix DIR.' })
}

const logos = ['logo-32x32.png', 'logo-64x64.png', 'logo-svg.svg']

/** https://docs.jupyter.org/en/latest/use/jupyter-directories.html#data-files */
function kernelFolder(place: Place): string {
  const data = 'prefix' in place ? join(place.prefix, 'share', 'jupyter') : userData()
  return join(data, 'kernels', kernelName)
}

function userData(): string {
  if (process.env.JUPYTER_DATA_DIR) return process.env.JUPYTER_DATA_DIR
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Jupyter')
  return join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'jupyter')
}
