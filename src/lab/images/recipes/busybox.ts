import { output } from '../run.ts'
import { existsSync } from 'node:fs'
import { WirebookError } from '../../../error.ts'
import type { LayerEntry, Recipe } from '../recipe.ts'

/** busybox: one static program that is ip, ping, wget, brctl, httpd, sh and some 260 more. */
export const busybox: Recipe = {
  name: 'busybox',
  version: 1,
  package: 'busybox-static',
  layer,
  config: async () => ({ Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['sh'] }),
}

async function layer(): Promise<LayerEntry[]> {
  const program = ['/usr/bin/busybox', '/bin/busybox'].find(path => existsSync(path))
  if (!program) {
    throw new WirebookError('the busybox image needs busybox, which this machine lacks', { remedy: 'sudo apt-get install busybox-static' })
  }
  const applets = (await output(program, ['--list'])).trim().split('\n').filter(name => name !== 'busybox')
  return [
    ...['bin', 'dev', 'etc', 'home', 'proc', 'sys', 'usr', 'usr/bin', 'var', 'var/www'].map(path => ({ path, folder: true as const })),
    { path: 'root', folder: true, mode: 0o700 },
    { path: 'tmp', folder: true, mode: 0o1777 },
    { path: 'bin/busybox', source: program, mode: 0o755 },
    ...applets.map(name => ({ path: `bin/${name}`, link: 'busybox' })),
    { path: 'usr/bin/env', link: '../../bin/env' },
    { path: 'etc/passwd', text: 'root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www-data:/var/www:/bin/false\nnobody:x:65534:65534:nobody:/home:/bin/false\n' },
    { path: 'etc/group', text: 'root:x:0:\nwww-data:x:33:\nnogroup:x:65534:\n' },
  ]
}
