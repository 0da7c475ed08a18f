import type Docker from 'dockerode'
import type { Need, Topology } from '../../api/lab.ts'
import type { Backend, Obstacle, RunningLab } from '../backend.ts'
import { LabError } from '../lab-error.ts'
import { engineClient } from './engines/client.ts'
import { type Place, places } from './engines/places.ts'
import { Reach } from './engines/reach.ts'
import { commonFeatures, survey } from './engines/survey.ts'

/** Longest that an engine may take to answer. ms */
const answerDeadline = 20_000

/**
 * Engines that somebody runs already, named by WIREBOOK_ENGINES: `A=ssh://me@vm1,B=ssh://me@vm2`, a Docker context
 * (`A=context:NAME`), unix:// or tcp://. Nothing is started or ended there; containers and networks are labelled.
 */
export const engines: Backend = { name: 'engines', obstacles, start }

async function obstacles(needs: Need[]): Promise<Obstacle[]> {
  try {
    const named = await places()
    if (named.length === 0) return [{ what: 'WIREBOOK_ENGINES names no engines', remedy: "export WIREBOOK_ENGINES='A=ssh://user@first,B=ssh://user@second'" }]
    await Promise.all(named.map(place => answer(place, engineClient(place), AbortSignal.timeout(answerDeadline))))
    if (needs.length === 0) return []
    const signal = AbortSignal.timeout(answerDeadline)
    const features = await commonFeatures(await Promise.all(named.map(place => Reach.to(place, signal))))
    return needs.filter(need => !features.includes(need)).map(need => ({
      what: `${need} is not in the kernels of ${named.map(({ name }) => name).join(', ')}, or only root could tell`,
      remedy: 'name the engines as ssh://root@machine, or as a user who may sudo without a password' }))
  } catch (error) {
    const { message, remedy } = error as LabError
    return [{ what: message.split('\n→')[0]!, remedy: remedy ?? 'see WIREBOOK_ENGINES' }]
  }
}

async function start(_wanted: Topology, options: { signal?: AbortSignal; progress?: (text: string) => void } = {}): Promise<RunningLab> {
  const began = performance.now()
  const signal = AbortSignal.any([AbortSignal.timeout(answerDeadline), ...options.signal ? [options.signal] : []])
  const named = await places()
  if (named.length === 0) throw new LabError('WIREBOOK_ENGINES names no engines', { remedy: "export WIREBOOK_ENGINES='A=ssh://user@first,B=ssh://user@second'" })
  options.progress?.(`asking ${named.map(({ name }) => name).join(', ')}`)
  const clients = new Map<string, Docker>(named.map(place => [place.name, engineClient(place)]))
  const [version] = await Promise.all(named.map(place => answer(place, clients.get(place.name)!, signal)))
  const reaches = new Map(await Promise.all(named.map(async place => [place.name, await Reach.to(place, signal)] as const)))
  const topology = await survey(reaches, signal)
  const ended = Promise.withResolvers<string>()
  const reach = (machine: string) => mustHave(reaches, machine, 'machine')
  return {
    backend: 'engines',
    topology,
    engine: version!,
    startMs: performance.now() - began,
    features: await commonFeatures([...reaches.values()]),
    exec: (machine, command, processOptions) => reach(machine).exec(command, processOptions),
    terminal: (machine, command, terminalOptions) => reach(machine).terminal(command, terminalOptions),
    docker: host => mustHave(clients, host, 'host'),
    stop: async () => ended.resolve('it was left; the engines go on'),
    ended: ended.promise,
  }
}

async function answer(place: Place, docker: Docker, signal: AbortSignal): Promise<string> {
  const late = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return (await Promise.race([docker.version(), late])).Version.split('+')[0]!
  } catch (cause) {
    throw new LabError(`the engine ${place.name} at ${place.url} does not answer: ${(cause as Error).message}`, {
      remedy: place.kind === 'ssh' ? `try: ssh -o BatchMode=yes ${place.target} docker version` : `try: DOCKER_HOST=${place.url} docker version`, cause })
  }
}

function mustHave<T>(map: Map<string, T>, name: string, what: string): T {
  const found = map.get(name)
  if (found !== undefined) return found
  throw new LabError(`no ${what} is called ${JSON.stringify(name)}, or it cannot be reached`, { remedy: `these can: ${[...map.keys()].join(', ')}` })
}
