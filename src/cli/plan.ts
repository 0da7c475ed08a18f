import { plan, planScript } from '../lab/plan.ts'
import { thisEnvironment } from '../lab/plan/environment.ts'
import { topology, topologyNames } from '../lab/topology.ts'
import { oneOf, readArguments, wholeNumber } from './arguments.ts'

const options = { hosts: { type: 'string' } } as const

/** `wirebook plan`: prints the commands that build a lab. Runs nothing. */
export default async function printPlan(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options, { atMost: 1 })
  const name = oneOf('the topology', positionals[0] ?? 'tutorial', topologyNames)
  const hosts = values.hosts === undefined ? undefined : wholeNumber('--hosts', values.hosts, { min: 1, max: 250 })
  process.stdout.write(planScript(plan(topology({ name, hosts }), thisEnvironment())))
  return 0
}
