import { existsSync } from 'node:fs'
import { WirebookError } from '../../../error.ts'
import type { LayerEntry, Recipe } from '../recipe.ts'
import { sharedLibraries } from '../shared-libraries.ts'
import { busybox } from './busybox.ts'

const program = '/usr/bin/iperf3'

/** iperf3: measures throughput; by itself it is the server. */
export const iperf3: Recipe = {
  name: 'iperf3',
  version: 1,
  base: busybox,
  package: 'iperf3',
  layer,
  config: async () => ({
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    Cmd: ['iperf3', '--server'],
    ExposedPorts: { '5201/tcp': {}, '5201/udp': {} },
  }),
}

async function layer(): Promise<LayerEntry[]> {
  if (!existsSync(program)) {
    throw new WirebookError('the iperf3 image needs iperf3, which this machine lacks', { remedy: 'sudo apt-get install iperf3' })
  }
  return [{ path: 'usr/bin/iperf3', source: program, mode: 0o755 }, ...await sharedLibraries(program)]
}
