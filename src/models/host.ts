import type { HostModel } from '../api/models.ts'
import { runContainer } from '../docker/run.ts'
import type { HostChoice } from './host-choice.ts'

/** `--network=host`: the host's own stack. */
export function hostModel(hostOf: HostChoice): HostModel {
  return { run: (image, options = {}) => runContainer(hostOf(options.host), image, options, { mode: 'host' }) }
}
