import type Docker from 'dockerode'
import { PassThrough } from 'node:stream'
import type { ContainerOptions } from '../api/lab.ts'
import { WirebookError } from '../error.ts'
import type { RunningLab } from '../lab/backend.ts'
import { interruption } from '../lab/collect.ts'
import type { LabHost } from '../lab/host.ts'
import { quoteCommand } from '../lab/quote.ts'
import { output } from '../output.ts'
import { LabContainer } from './container.ts'
import { demultiplex } from './exec.ts'
import { explain, type Attempt } from './failure.ts'
import { imageConfig } from './image.ts'
import { checkAddress, checkName } from './network.ts'
import { rememberName } from './names.ts'
import { notebookLabels } from './notebook.ts'
import { parsePublish } from './publish.ts'
import { becomesReady, type Readiness } from './ready.ts'
import { isMissing, removeContainer, removeContainerNamed } from './replace.ts'

export interface Placement {
  /** `none`, `host`, `bridge`, `container:ID`, or a network's name. */
  mode: string
  /** For `container:`, whose stack it is. */
  peer?: LabContainer
  /** An endpoint of its own on a user-defined network: where ip, mac and aliases may be given. */
  endpoint?: boolean
}

/**
 * Runs a container and waits until it is ready. One of the same name which this notebook made is replaced. When it fails,
 * nothing of it is left; when it ends at once, the error shows its log.
 */
export async function runContainer(host: LabHost, image: string, options: ContainerOptions, placement: Placement): Promise<LabContainer> {
  check(options, placement)
  const { name } = options
  const what = `run ${image}${name === undefined ? '' : ` as "${name}"`}`
  const attempt: Attempt = { host, what, name, image, network: placement.mode, ip: options.ip, publish: options.publish }
  const { docker, lab } = await host.engine()
  try {
    const config = await imageConfig(host, lab, image)
    const spec = specOf(image, config, options, placement)
    const container = await create(docker, host, spec, name)
    try {
      return await start(container, host, lab, config, options, placement, spec)
    } catch (error) {
      await removeContainer(container).catch(() => {}) // the error that counts is the first one
      throw error
    }
  } catch (error) {
    throw await explain(error, attempt)
  }
}

async function create(docker: Docker, host: LabHost, spec: Docker.ContainerCreateOptions, name: string | undefined): Promise<Docker.Container> {
  try {
    return await docker.createContainer(spec)
  } catch (error) {
    const taken = (error as { statusCode?: number }).statusCode === 409 && name !== undefined
    if (!taken || !await removeContainerNamed(host, name)) throw error
    return docker.createContainer(spec)
  }
}

async function start(
  container: Docker.Container, host: LabHost, lab: RunningLab, image: Docker.ImageInspectInfo['Config'],
  options: ContainerOptions, placement: Placement, spec: Docker.ContainerCreateOptions,
): Promise<LabContainer> {
  const log = await follow(container)
  const exit = container.wait({ condition: 'next-exit' }).then(({ StatusCode }: { StatusCode: number }) => StatusCode)
  exit.catch(() => {}) // a lab that ends takes its containers along; who awaits wait() is told
  const { signal } = output()
  const interrupted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(interruption(signal))
    signal.addEventListener('abort', () => reject(interruption(signal)), { once: true })
  })
  interrupted.catch(() => {})
  try {
    await container.start()
    const info = await container.inspect().catch((error: unknown) => {
      if (!isMissing(error)) throw error
      return undefined
    })
    if (!info?.State.Running) throw await endedAtOnce(options.name ?? spec.Image!, await exit, spec, log)
    const readiness = readinessOf(options, spec.Image!)
    const outcome = await Promise.race([becomesReady(readiness, host, lab, info.State.Pid, log, exit), interrupted])
    if (outcome === 'exited') throw await endedAtOnce(options.name ?? spec.Image!, await exit, spec, log)
    if (options.name) rememberName(options.name)
    return new LabContainer(host, lab, info, { exit, peer: placement.peer })
  } finally {
    log.close()
  }
}

export interface Log { text: string; onText(listener: () => void): void; ended: Promise<void>; close(): void }

/** Reads what a container prints from its very start: one that is removed when it ends would take its log along. */
async function follow(container: Docker.Container): Promise<Log> {
  const stream = await container.attach({ stream: true, stdout: true, stderr: true, hijack: true })
  const listeners: (() => void)[] = []
  const log: Log = { text: '', onText: listener => void listeners.push(listener), ended: Promise.resolve(), close: () => (stream as unknown as PassThrough).destroy() }
  const parts = [new PassThrough(), new PassThrough()] as const
  for (const part of parts) {
    part.on('data', chunk => {
      log.text += chunk
      for (const listener of listeners) listener()
    })
  }
  log.ended = demultiplex(stream as unknown as PassThrough, ...parts)
  return log
}

async function endedAtOnce(name: string, exitCode: number, spec: Docker.ContainerCreateOptions, log: Log): Promise<WirebookError> {
  await log.ended
  const printed = log.text.trim()
  const last = printed.split('\n').slice(-6).join('\n')
  const command = spec.Cmd ? ` (${quoteCommand(spec.Cmd)})` : ''
  return new ContainerEndedError(`${name} ended at once${command}, with exit status ${exitCode}. ${printed ? `It printed:\n${last}` : 'It printed nothing.'}`, exitCode, printed, remedyFor(printed, spec))
}

function remedyFor(printed: string, spec: Docker.ContainerCreateOptions): string | undefined {
  if (!/address (already )?in use/i.test(printed)) return undefined
  const network = spec.HostConfig?.NetworkMode ?? ''
  return network === 'host' || network.startsWith('container:')
    ? 'Something in the same network namespace listens on that port already: `ss -ltnp` there shows what. Remove it (await web.remove()), or use another port.'
    : 'Let its command use each port once.'
}

/** A container that ended before it was ready: its exit status and log. */
export class ContainerEndedError extends WirebookError {
  readonly exitCode: number
  readonly log: string
  constructor(message: string, exitCode: number, log: string, remedy?: string) {
    super(message, { ...remedy && { remedy } })
    this.name = 'ContainerEndedError'
    this.exitCode = exitCode
    this.log = log
  }
}

export const keepAlive = ['sleep', 'infinity']

function specOf(image: string, config: Docker.ImageInspectInfo['Config'], options: ContainerOptions, placement: Placement): Docker.ContainerCreateOptions {
  const { name, env = {}, publish = [], capabilities, ip, mac, aliases, remove = true } = options
  const asleep = options.command === undefined && isShell(config)
  const published = publish.map(parsePublish)
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {}
  for (const { containerPort, hostIp, hostPort } of published) (bindings[containerPort] ??= []).push({ HostIp: hostIp, HostPort: hostPort })
  const endpoint = ip || aliases ? { IPAMConfig: ip ? { IPv4Address: ip } : undefined, Aliases: aliases } : undefined
  return {
    name,
    Image: image,
    Cmd: options.command ?? (asleep ? keepAlive : undefined),
    // The first process of a container ignores the signals that it does not handle: sleep would be waited for 10 s.
    StopSignal: asleep || options.command?.[0] === 'sleep' ? 'SIGKILL' : undefined,
    Env: Object.entries(env).map(([variable, value]) => `${variable}=${value}`),
    Labels: notebookLabels,
    MacAddress: mac,
    ExposedPorts: Object.fromEntries(published.map(({ containerPort }) => [containerPort, {}])),
    HostConfig: { NetworkMode: placement.mode, AutoRemove: remove, PortBindings: bindings, CapAdd: capabilities },
    NetworkingConfig: endpoint ? { EndpointsConfig: { [placement.mode]: endpoint } } : undefined,
  } as Docker.ContainerCreateOptions
}

/** Whether the image would run a shell, which ends at once where there is nobody to type. */
export function isShell(config: Docker.ImageInspectInfo['Config']): boolean {
  const entrypoint = ([] as string[]).concat(config.Entrypoint ?? [])
  const [program, ...rest] = [...entrypoint, ...(config.Cmd ?? [])]
  return program !== undefined && rest.length === 0 && /^(\/(usr\/)?bin\/)?(ba|da|a|z)?sh$/.test(program)
}

function readinessOf(options: ContainerOptions, image: string): Readiness {
  if (options.ready !== undefined) return options.ready
  const repository = image.replace(/@.*$/, '').split('/').at(-1)!.replace(/:.*$/, '')
  return repository === 'nginx' && options.command === undefined ? { port: 80 } : 'running'
}

function check(options: ContainerOptions, { mode, endpoint }: Placement): void {
  if (options.name !== undefined) checkName(options.name, 'container')
  checkAddress(options.ip)
  if (options.mac !== undefined && !/^([\da-f]{2}:){5}[\da-f]{2}$/i.test(options.mac)) {
    throw new WirebookError(`mac: "${options.mac}" is not a MAC address.`, { remedy: 'Write six pairs of hexadecimal digits: 02:42:ac:11:00:02.' })
  }
  for (const mapping of options.publish ?? []) parsePublish(mapping)
  const shared = mode === 'none' || mode === 'host' || mode.startsWith('container:')
  const useless = shared ? (['publish', 'ip', 'mac', 'aliases'] as const).filter(option => options[option] !== undefined) : []
  if (useless.length > 0) {
    throw new WirebookError(`${useless.join(', ')} cannot be given with --network=${mode}: the container has no interface of its own there.`, { remedy: 'Leave it out.' })
  }
  if (!shared && !endpoint && (options.ip ?? options.aliases) !== undefined) {
    throw new WirebookError(`${options.ip ? 'ip' : 'aliases'} cannot be given on the default bridge: the engine takes a fixed address or alias on user-defined networks only.`, {
      remedy: "Make one first: const net = await bridge.create('net1', { subnet: '10.0.9.0/24' }), then run with { network: net, ip: '10.0.9.5' }.",
    })
  }
}
