import type Docker from 'dockerode'
import { notebookLabels } from '../../docker/notebook.ts'
import { parsePublish } from '../../docker/publish.ts'
import { isShell, keepAlive } from '../../docker/run.ts'

export interface ServiceOptions { name: string; replicas?: number; command?: string[]; publish?: string[]; endpointMode?: 'vip' | 'dnsrr' }

/** Time between asking a task's first process to end and killing it, ns. Such a process ignores the signals it does not handle. */
const gracePeriod = 1e9
/** Pause before a task that ended is started again, ns. */
const restartDelay = 1e9

/**
 * What the engine is told of a service: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Service. The image is
 * named as it is, with no digest of a registry: the API's form of `--no-resolve-image`.
 */
export function serviceSpec(image: string, config: Docker.ImageInspectInfo['Config'], networkId: string, options: ServiceOptions): Docker.CreateServiceOptions {
  const { name, replicas = 1, endpointMode = 'vip', publish = [] } = options
  const command = options.command ?? (isShell(config) ? keepAlive : undefined)
  return {
    Name: name,
    Labels: notebookLabels,
    TaskTemplate: {
      ContainerSpec: { Image: image, Args: command, Labels: notebookLabels, StopGracePeriod: gracePeriod },
      RestartPolicy: { Condition: 'any', Delay: restartDelay },
      Networks: [{ Target: networkId }],
    },
    Mode: { Replicated: { Replicas: replicas } },
    EndpointSpec: { Mode: endpointMode, Ports: publish.map(portOf) },
  } as unknown as Docker.CreateServiceOptions
}

function portOf(mapping: string): { Protocol: string | undefined; TargetPort: number; PublishMode: 'ingress'; PublishedPort?: number } {
  const { containerPort, hostPort } = parsePublish(mapping)
  const [target, protocol] = containerPort.split('/')
  return {
    Protocol: protocol, TargetPort: Number(target), PublishMode: 'ingress',
    ...(hostPort !== '' && { PublishedPort: Number(hostPort) }),
  }
}
