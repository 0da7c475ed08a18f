import { readFileSync } from 'node:fs'
import { protocolVersion } from './messages.ts'
import type { KernelInfoReply } from './messages.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

/** What the kernel says of itself. The codemirror mode `typescript` is the one that JupyterLab and Notebook know by that name. */
export const kernelInfo: KernelInfoReply = {
  status: 'ok',
  protocol_version: protocolVersion,
  implementation: 'wirebook',
  implementation_version: version,
  language_info: {
    name: 'typescript',
    version: '5.9',
    mimetype: 'text/typescript',
    file_extension: '.ts',
    pygments_lexer: 'typescript',
    codemirror_mode: 'typescript',
    nbconvert_exporter: 'script',
  },
  banner: `Wirebook ${version}: TypeScript on Node.js ${process.version}\nType %help for what there is.`,
  debugger: false,
  help_links: [
    { text: 'TypeScript handbook', url: 'https://www.typescriptlang.org/docs/handbook/' },
    { text: 'Node.js API', url: `https://nodejs.org/docs/latest-v${process.versions.node.split('.')[0]}.x/api/` },
    { text: 'Docker networking', url: 'https://docs.docker.com/engine/network/' },
  ],
  supported_features: [],
}
