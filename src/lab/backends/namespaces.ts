import type Docker from 'dockerode'
import type { Topology } from '../../api/lab.ts'
import type { Backend, RunningLab } from '../backend.ts'
import { LabError } from '../lab-error.ts'
import { plan, planScript } from '../plan.ts'
import { thisEnvironment } from '../plan/environment.ts'
import { awaitEngine, engineClient, loadClient } from './namespaces/engine.ts'
import { enter, enterTerminal } from './namespaces/enter.ts'
import { LabTree } from './namespaces/tree.ts'
import { probe } from './namespaces/probe.ts'
import { obstacles } from './namespaces/obstacles.ts'

/** Longest that a lab may take to come up; a 32-host lab on two busy cores stays below. ms */
const startDeadline = 60_000

/** The sealed lab as one process tree in namespaces of its own, as root or as an ordinary user. */
export const namespaces: Backend = { name: 'namespaces', obstacles, start }

async function start(topology: Topology, options: { signal?: AbortSignal; progress?: (text: string) => void } = {}): Promise<RunningLab> {
  const began = performance.now()
  const script = planScript(plan(topology, thisEnvironment()))
  const signal = deadline(options.signal)
  signal.throwIfAborted()
  options.progress?.('making namespaces')
  const tree = await LabTree.grow(script, signal)
  try {
    const hosts = topology.machines.filter(machine => machine.role === 'host').map(machine => machine.name)
    const versions = hosts.map(host => awaitEngine(tree, host, signal))
    loadClient()
    options.progress?.(`starting ${hosts.length === 1 ? 'an engine' : `${hosts.length} engines`}`)
    const machines = topology.machines.map(machine => tree.ready(machine.name))
    const [engines, { features }] = await tree.unlessBroken(Promise.all([Promise.all(versions), probe(), ...machines]), signal)
    tree.unref()
    return {
      backend: 'namespaces',
      topology,
      engine: engines[0]!,
      startMs: performance.now() - began,
      features,
      exec: (machine, command, execOptions) => enter(tree.pid(machine), command, execOptions),
      terminal: (machine, command, terminalOptions) => enterTerminal(tree.pid(machine), command, terminalOptions),
      docker: engineClients(tree, hosts),
      stop: () => tree.end('it was stopped'),
      ended: tree.ended,
    }
  } catch (error) {
    await tree.end('it did not start')
    throw error
  }
}

/** One client for each host, however often it is asked for. */
function engineClients(tree: LabTree, hosts: string[]): RunningLab['docker'] {
  const clients = new Map<string, Docker>()
  return host => {
    if (!hosts.includes(host)) throw new LabError(`${JSON.stringify(host)} has no engine`, { remedy: `hosts are: ${hosts.join(', ')}` })
    const pid = tree.pid(host)
    const client = clients.get(host) ?? engineClient(pid)
    clients.set(host, client)
    return client
  }
}

function deadline(signal: AbortSignal | undefined): AbortSignal {
  const late = AbortSignal.timeout(startDeadline)
  return signal ? AbortSignal.any([signal, late]) : late
}
