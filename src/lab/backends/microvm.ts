import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Need, Topology } from '../../api/lab.ts'
import type { Backend, Obstacle, RunningLab } from '../backend.ts'
import { LabError } from '../lab-error.ts'
import { type Accelerator, acceleratorsIn, buildVm, machineIn } from './microvm/build.ts'
import { cacheFolder, qemuVersion, savedTopologies } from './microvm/cache.ts'
import { guestEngine } from './microvm/engine.ts'
import { buildGuestLab, type GuestLabState, pingEngine } from './microvm/guest-lab.ts'
import { hasProgram } from './namespaces/programs.ts'
import { guestProcess, guestTerminal } from './microvm/processes.ts'
import { shrink } from './microvm/shrink.ts'
import { restore, type Restored } from './microvm/snapshot.ts'
import { topology as knownTopology } from '../topology.ts'
import { unpackSnapshot } from './microvm-packed.ts'

/** Longest that a topology without a snapshot of its own may take to come up under emulation. ms */
const startDeadline = 300_000

/**
 * The sealed lab inside a virtual machine: where the kernel lacks something, or namespaces are refused. The machine goes
 * on from a snapshot in which the lab already runs; all that is written stays in its memory and ends with it.
 */
export const microvm: Backend = { name: 'microvm', obstacles, start }

/** Programs that build the microvm, and the Debian package of each. */
const builders: Record<string, string> = { mmdebstrap: 'mmdebstrap', mksquashfs: 'squashfs-tools' }

async function obstacles(_needs: Need[]): Promise<Obstacle[]> {
  if (process.platform !== 'linux') {
    return [{ what: `the microvm runs on Linux, and this is ${process.platform}`, remedy: 'use a Linux container or the Binder link in README' }]
  }
  if (!await qemuVersion().catch(() => undefined)) {
    return [{ what: 'QEMU is not installed', remedy: 'sudo apt-get install --no-install-recommends qemu-system-x86' }]
  }
  if ((await acceleratorsIn(await cacheFolder())).length > 0) return []
  // Not built yet is no obstacle where it can be: the first lab that needs it builds it, and says so.
  const missing = Object.entries(builders).filter(([program]) => !hasProgram(program)).map(([, debianPackage]) => debianPackage)
  return missing.length === 0 ? [] : [{
    what: 'the microvm has not been built, and what builds it is not installed',
    remedy: `sudo apt-get install --no-install-recommends ${missing.join(' ')}, then ./wirebook vm build (a few minutes, once)`,
  }]
}

async function start(topology: Topology, options: { signal?: AbortSignal; progress?: (text: string) => void } = {}): Promise<RunningLab> {
  const began = performance.now()
  const signal = options.signal ?? new AbortController().signal
  signal.throwIfAborted()
  const folder = await buildVm({ progress: options.progress, signal })
  const saved = savedTopologies.find(name => isDeepStrictEqual(knownTopology({ name }), topology))
  options.progress?.('waking the microvm')
  const { machine, link, lab } = await wake(folder, saved ?? 'bare', signal, options.progress)
  const notes: string[] = []
  const abort = () => machine.kill()
  signal.addEventListener('abort', abort, { once: true })
  try {
    signal.throwIfAborted()
    await shrink(link, say => notes.push(say))
    const state = lab ?? await build(link, topology, signal, options.progress)
    const hosts = topology.machines.filter(({ role }) => role === 'host').map(({ name }) => name)
    await Promise.all(hosts.map(name => pingEngine(link, state.processes[name] as number)))
    return runningLab(state, hosts, performance.now() - began)
  } catch (error) {
    machine.kill()
    await machine.ended
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }

  function runningLab(state: GuestLabState, hosts: string[], startMs: number): RunningLab {
    let reason: string | undefined
    const ended = machine.ended.then(said => reason ?? said)
    const processOf = (name: string): number => {
      const number = state.processes[name]
      if (number === undefined) {
        throw new LabError(`no machine is called ${JSON.stringify(name)}`, { remedy: `machines are: ${Object.keys(state.processes).join(', ')}` })
      }
      return number
    }
    return {
      backend: 'microvm',
      topology,
      engine: state.engine.replace(/\+.*/, ''), // without what the distribution adds
      startMs,
      note: notes.length > 0 ? notes.join('; ') : undefined,
      features: state.features,
      exec: (name, command, execOptions) => guestProcess(link, processOf(name), command, execOptions),
      terminal: (name, command, terminalOptions) => guestTerminal(link, processOf(name), command, terminalOptions),
      docker: name => {
        if (!hosts.includes(name)) throw new LabError(`${JSON.stringify(name)} has no engine`, { remedy: `hosts are: ${hosts.join(', ')}` })
        return guestEngine(link, processOf(name))
      },
      stop: async () => {
        reason ??= 'it was stopped'
        machine.kill()
        await ended
      },
      ended,
    }
  }
}

/** Goes on from a snapshot with the first accelerator that does it. */
async function wake(folder: string, snapshot: string, signal: AbortSignal, progress?: (text: string) => void): Promise<Restored> {
  const [first, second] = await acceleratorsIn(folder) as [Accelerator, Accelerator?]
  const attempt = async (accelerator: Accelerator) => {
    await unpackSnapshot(join(folder, accelerator, snapshot), progress)
    return await restore(join(folder, accelerator, snapshot), machineIn(folder, accelerator), signal)
  }
  if (!second) return await attempt(first)
  try {
    return await attempt(first)
  } catch {
    signal.throwIfAborted()
    return await attempt(second) // KVM does not work here, whatever it did when the snapshot was made
  }
}

async function build(
  link: Parameters<typeof buildGuestLab>[0], topology: Topology, signal: AbortSignal, progress?: (text: string) => void,
): Promise<GuestLabState> {
  progress?.('building the lab in the microvm')
  return await buildGuestLab(link, topology, AbortSignal.any([signal, AbortSignal.timeout(startDeadline)]))
}
