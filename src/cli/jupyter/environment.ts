import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { root, state } from '../paths.ts'
import { WirebookError } from '../../error.ts'

/** Longest path of a Unix socket, bytes, with the NUL (sys/un.h of Linux: 108; macOS: 104). */
const longestSocket = 103
/** What Jupyter appends to the folder: `/kernel-`, a UUID, `-ipc-`, a number. */
const socketName = '/kernel-00000000-0000-0000-0000-000000000000-ipc-99'.length

/** The environment in which Jupyter keeps to the repository: nothing in the home folder is read or written. */
export function jupyterEnvironment(): NodeJS.ProcessEnv {
  const { PYTHONPATH: _path, PYTHONHOME: _home, JUPYTER_PATH: _data, JUPYTER_CONFIG_PATH: _config, ...inherited } = process.env
  return {
    ...inherited,
    JUPYTER_CONFIG_DIR: jupyterFolders.config,
    JUPYTER_DATA_DIR: jupyterFolders.data,
    JUPYTER_RUNTIME_DIR: runtimeFolder(),
    IPYTHONDIR: join(state, 'jupyter/ipython'),
    JUPYTER_PLATFORM_DIRS: '1',
    JUPYTER_PREFER_ENV_PATH: '1',
    WIREBOOK_HISTORY: join(state, 'jupyter/history.sqlite'),
    PYTHONNOUSERSITE: '1',
    PATH: `${join(state, 'venv/bin')}:${process.env.PATH}`,
  }
}

export const jupyterFolders = { config: join(state, 'jupyter/config'), data: join(state, 'jupyter/data') }

/**
 * The private folder (mode 0700) of connection files and kernel sockets: in the repository, or, where its path is too
 * long for a socket's, one of a fixed name for this checkout in the user's runtime folder.
 */
export function runtimeFolder(): string {
  const own = join(state, 'run')
  if (Buffer.byteLength(own) + socketName <= longestSocket) return privateFolder(own)
  const name = createHash('sha256').update(root).digest('hex').slice(0, 12)
  return privateFolder(join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), `wirebook-${userInfo().uid}-${name}`))
}

/** In a folder that everybody can write, somebody else may have made it first. */
function privateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const found = lstatSync(path)
  if (found.isDirectory() && found.uid === userInfo().uid) {
    if (found.mode & 0o077) chmodSync(path, 0o700)
    return path
  }
  throw new WirebookError(`${path} is to hold the kernel's sockets, and is not a folder of yours.`, {
    remedy: `look what it is, remove it, and start again; or set XDG_RUNTIME_DIR to a folder of your own`,
  })
}
