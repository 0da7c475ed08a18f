import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { jupyterFolders } from './environment.ts'

/**
 * Writes Jupyter's settings: kernels over ipc sockets, only this kernel on offer, deleted files really deleted, and
 * nothing that asks the internet (news, update check, extension manager).
 */
export function writeJupyterSettings(): void {
  writeJson(join(jupyterFolders.config, 'jupyter_server_config.json'), {
    ServerApp: { ip: '127.0.0.1', answer_yes: true, jpserver_extensions: { jupyter_lsp: false } },
    KernelManager: { transport: 'ipc' },
    KernelSpecManager: { ensure_native_kernel: false, allowed_kernelspecs: ['wirebook'] },
    FileContentsManager: { delete_to_trash: false },
    LabApp: {
      news_url: null,
      check_for_updates_class: 'jupyterlab.handlers.announcements.NeverCheckForUpdate',
      extension_manager: 'readonly',
    },
  })
  writeJson(join(jupyterFolders.config, 'labconfig/page_config.json'), {
    disabledExtensions: {
      '@jupyterlab/apputils-extension:announcements': true,
      '@jupyterlab/extensionmanager-extension': true,
    },
  })
}

/** Only where it differs, and whole: another start may read it at the same time. */
function writeJson(path: string, value: unknown): void {
  const text = `${JSON.stringify(value, null, 2)}\n`
  if (readOrNothing(path) === text) return
  mkdirSync(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}`
  writeFileSync(partial, text)
  renameSync(partial, path)
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
