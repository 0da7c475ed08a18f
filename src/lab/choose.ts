import { existsSync } from 'node:fs'
import type { Need, StartOptions, Topology } from '../api/lab.ts'
import { WirebookError } from '../error.ts'
import type { Backend, Obstacle, RunningLab } from './backend.ts'

/** No backend can give the lab that is asked for. A command that meets it ends with status 3. */
export class NoBackendError extends WirebookError {
  override name = 'NoBackendError'
  readonly exitCode = 3
}

export interface LabOptions {
  backend?: StartOptions['backend']
  needs?: Need[]
  /** Aborts the start; a lab that is up is ended with its `stop`. */
  signal?: AbortSignal
  progress?: (text: string) => void
}

/** All backends, in the order in which `auto` asks them. Each is loaded when it is asked something. */
export const backends: Backend[] = [
  lazy('namespaces', async () => (await import('./backends/namespaces.ts')).namespaces),
  lazy('microvm', async () => (await import('./backends/microvm.ts')).microvm),
  lazy('engines', async () => (await import('./backends/engines.ts')).engines),
]

/** Starts a lab on the backend that is asked for, or on the first that can serve. */
export async function startLab(topology: Topology, options: LabOptions = {}): Promise<RunningLab> {
  const { backend } = await chooseBackend(options.backend, options.needs)
  return backend.start(topology, { signal: options.signal, progress: options.progress })
}

/**
 * The backend that serves a lab with these needs, and why it.
 * @throws {NoBackendError} naming what stands in each one's way, and what to do about it
 */
export async function chooseBackend(
  asked?: StartOptions['backend'], needs: Need[] = [],
): Promise<{ backend: Backend; why: string }> {
  // `wirebook run --backend` says its wish to the kernels that it starts by this variable.
  const preference = asked ?? (process.env.WIREBOOK_BACKEND || 'auto')
  const candidates = preference === 'auto' ? automatic() : backends.filter(({ name }) => name === preference)
  if (candidates.length === 0) {
    throw new WirebookError(`no backend is called ${JSON.stringify(preference)}`, { remedy: `use auto, ${backends.map(({ name }) => name).join(', ')}` })
  }
  const passed: string[] = []
  const reasons: string[] = []
  for (const backend of candidates) {
    const obstacles = await backend.obstacles(needs)
    if (obstacles.length === 0) return { backend, why: reasonFor(backend, preference, needs, passed) }
    passed.push(`${backend.name} cannot: ${obstacles.map(({ what }) => what).join('; ')}`)
    reasons.push(...obstacles.map(({ what, remedy }) => `  ${backend.name}: ${what}\n    → ${remedy}`))
  }
  const wish = needs.length > 0 ? ` with ${needs.join(', ')}` : ''
  throw new NoBackendError(`no backend can serve a lab${wish} on this machine:\n${reasons.join('\n')}`, {
    remedy: './wirebook doctor says what this machine can do',
  })
}

/** `engines` is for machines that somebody means: `auto` takes it only when WIREBOOK_ENGINES names them. */
function automatic(): Backend[] {
  return backends.filter(({ name }) => name !== 'engines' || process.env.WIREBOOK_ENGINES)
}

function reasonFor(backend: Backend, preference: string, needs: Need[], passed: string[]): string {
  if (preference !== 'auto') return `${backend.name} was asked for`
  const has = needs.length > 0 ? ` has ${needs.join(', ')}` : ' serves'
  return [`${backend.name}${has}`, ...passed].join('; ')
}

function lazy(name: Backend['name'], load: () => Promise<Backend>): Backend {
  return {
    name,
    obstacles: async needs => isThere(name) ? (await load()).obstacles(needs) : [notThere(name)],
    start: async (topology, options) => {
      if (isThere(name)) return (await load()).start(topology, options)
      throw new NoBackendError(notThere(name).what, { remedy: notThere(name).remedy })
    },
  }
}

function isThere(name: string): boolean {
  return existsSync(new URL(`./backends/${name}.ts`, import.meta.url))
}

function notThere(name: string): Obstacle {
  return { what: `the ${name} backend is not part of this copy of Wirebook`, remedy: `update it: git pull` }
}
