import type { ContainerModel } from '../api/models.ts'
import { LabContainer } from '../docker/container.ts'
import { containerOf, listContainers } from '../docker/list.ts'
import { runContainer } from '../docker/run.ts'
import { WirebookError } from '../error.ts'
import type { LabHost } from '../lab/host.ts'
import type { HostChoice } from './host-choice.ts'

/** `--network=container:NAME`: another container's stack. */
export function containerModel(hostOf: HostChoice): ContainerModel {
  return {
    async run(image, options) {
      const of = options?.of
      const host = of instanceof LabContainer ? of.host : hostOf(options?.host)
      const peer = of instanceof LabContainer ? of : await find(host, of, image)
      return runContainer(host, image, options, { mode: `container:${peer.id}`, peer })
    },
  }
}

async function find(host: LabHost, of: unknown, image: string): Promise<LabContainer> {
  if (typeof of !== 'string' || of === '') {
    throw new WirebookError(`cannot run ${image} in another container's network: of is ${of === undefined ? 'missing' : JSON.stringify(of)}; it must be a container or its name.`, {
      remedy: "Write container.run('busybox', { of: web }).",
    })
  }
  const found = await containerOf(host, of)
  if (found) return found
  const names = (await listContainers(host)).map(container => container.name)
  throw new WirebookError(`${host.name} has no container "${of}". ${names.length > 0 ? `It has ${names.join(', ')}.` : 'It has none.'}`, {
    remedy: `Run the cell that makes it first: const ${/^\w+$/.test(of) ? of : 'web'} = await bridge.run('nginx', { name: '${of}' }).`,
  })
}
