import type { NoneModel } from '../api/models.ts'
import { runContainer } from '../docker/run.ts'
import type { HostChoice } from './host-choice.ts'

/** `--network=none`: only lo. */
export function noneModel(hostOf: HostChoice): NoneModel {
  return { run: (image, options = {}) => runContainer(hostOf(options.host), image, options, { mode: 'none' }) }
}
