import type { Lab } from '../api/lab.ts'
import type { OverlayModel } from '../api/models.ts'
import { explain } from '../docker/failure.ts'
import { imageConfig } from '../docker/image.ts'
import { checkName, LabNetwork } from '../docker/network.ts'
import { isOurs } from '../docker/notebook.ts'
import { runContainer } from '../docker/run.ts'
import { WirebookError } from '../error.ts'
import type { LabHost } from '../lab/host.ts'
import { output } from '../output.ts'
import { hostChoice } from './host-choice.ts'
import { labHosts, membersReady, swarmOf } from './overlay/members.ts'
import { createOverlay, overlayNamed } from './overlay/networks.ts'
import { removeService, SwarmService } from './overlay/service.ts'
import { serviceSpec, type ServiceOptions } from './overlay/spec.ts'
import { swarm } from './overlay/swarm.ts'

/** VXLAN between the engines of a lab, joined in a swarm. */
export function overlayModel(lab: Pick<Lab, 'A' | 'hosts'>): OverlayModel {
  const hostOf = hostChoice(() => lab.A)
  const hosts = () => lab.hosts
  return {
    swarm: swarm(hostOf, hosts),

    create: (name, options = {}) => createOverlay(hosts(), name, options),

    async service(image, options) {
      checkName(options?.name, 'service')
      checkReplicas(options.replicas)
      const { manager, network } = await overlayNamed(hosts(), options.network, `make the service "${options.name}"`)
      const members = await membersOf(labHosts(hosts()))
      const { docker, lab: running } = await manager.engine()
      // Every host of the swarm may get a task: each needs the image, as no registry can give it.
      const [config] = await Promise.all([manager, ...members.filter(host => host !== manager)].map(host => imageConfig(host, running, image)))
      await replace(manager, labHosts(hosts()), options.name)
      await membersReady(docker, members)
      if ((options.endpointMode ?? 'vip') === 'vip' && !running.features.includes('ipvs')) {
        output().write(`This kernel has no IPVS: the service's virtual address will not answer. tasks.${options.name} lists the tasks' own.\n`)
      }
      try {
        const { id } = await docker.createService(serviceSpec(image, config!, network.id, options as ServiceOptions)) as unknown as { id: string; ID?: string }
        return new SwarmService(manager, running, hosts, { id, name: options.name })
      } catch (error) {
        throw await explain(error, { host: manager, what: `make the service "${options.name}"`, name: options.name, image, network: network.name })
      }
    },

    async run(image, options) {
      const what = `run ${image}`
      const { manager, network } = await overlayNamed(hosts(), options?.network, what)
      const { Attachable } = await network.inspect()
      if (!Attachable) {
        throw new WirebookError(`cannot ${what}: the overlay network "${network.name}" takes services only.`, {
          remedy: `Make it attachable: await overlay.create('${network.name}', { attachable: true }); or run a service on it.`,
        })
      }
      const host = options.host ? hostOf(options.host) : network instanceof LabNetwork ? network.host : manager
      return runContainer(host, image, options, { mode: network.name, endpoint: true })
    },
  }
}

/** Hosts that are in a swarm. */
async function membersOf(hosts: LabHost[]): Promise<LabHost[]> {
  const states = await Promise.all(hosts.map(async host => swarmOf((await host.engine()).docker)))
  return hosts.filter((_, i) => states[i]?.LocalNodeState === 'active')
}

async function replace(manager: LabHost, hosts: LabHost[], name: string): Promise<void> {
  const { docker, lab } = await manager.engine()
  const services = await docker.listServices({ filters: { name: [name] } }) as { ID: string; Spec: { Name: string; Labels?: Record<string, string> } }[]
  const old = services.find(({ Spec }) => Spec.Name === name)
  if (!old) return
  if (!isOurs(lab, old.Spec.Labels)) {
    throw new WirebookError(`${manager.name}: the name "${name}" is in use there by a service that this notebook did not make.`, {
      remedy: `Choose another name, or remove it yourself: docker service rm ${name}.`,
    })
  }
  await removeService(manager, hosts, old.ID, name)
  output().write(`The service ${name} that was there before is removed.\n`)
}

function checkReplicas(replicas: number | undefined): void {
  if (replicas === undefined || (Number.isInteger(replicas) && replicas >= 0 && replicas <= 1000)) return
  throw new WirebookError(`replicas: a whole number from 0 to 1000 is needed, not ${replicas}.`)
}
