import type { Topology } from '../api/lab.ts'
import type { Environment } from './plan/environment.ts'
import { machineSteps } from './plan/machine.ts'
import { sealSteps } from './plan/seal.ts'
import { wireSteps } from './plan/wires.ts'
import { validateTopology } from './topology.ts'

export type { Environment } from './plan/environment.ts'
export { planScript } from './plan/script.ts'

/** One command of the plan. */
export interface Step {
  /** The machine it runs on; null for the lab around the machines. */
  machine: string | null
  argv: string[]
  /** What it is good for, in a sentence. */
  why: string
  /** Text on its standard input. */
  input?: string
  /** It goes on running; its output goes to this file. */
  log?: string
  /** Kernel feature that it needs; the lab does without when the kernel has none. */
  needs?: 'netem'
}

/** The commands that build a lab, in order. Steps of different machines run at the same time. */
export interface Plan {
  topology: Topology
  environment: Environment
  steps: Step[]
}

/**
 * How a topology is built in an environment. Pure: the same arguments give the same plan.
 * @throws {WirebookError} when the topology cannot be built
 */
export function plan(topology: Topology, environment: Environment): Plan {
  validateTopology(topology)
  const steps = [
    ...sealSteps(environment),
    ...wireSteps(topology),
    ...topology.machines.flatMap(machine => machineSteps(machine, topology, environment)),
  ]
  return { topology, environment, steps }
}
