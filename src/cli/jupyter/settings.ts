import { join } from 'node:path'
import { jupyterFolders } from './environment.ts'
import { writeJson } from './write-json.ts'

/**
 * Writes Jupyter's settings: kernels over ipc sockets, only this kernel on offer, deleted files really deleted, and
 * nothing that asks the internet (news, update check, extension manager).
 */
export function writeJupyterSettings(): void {
  writeJson(join(jupyterFolders.config, 'jupyter_server_config.json'), {
    ServerApp: { ip: '127.0.0.1', answer_yes: true, jpserver_extensions: { jupyter_lsp: false } },
    KernelManager: { transport: 'ipc' },
    MappingKernelManager: { default_kernel_name: 'wirebook' },
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
