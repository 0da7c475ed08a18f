/** The command line: which command, and what its failure means for the exit status. */
import { WirebookError } from '../error.ts'
import { UsageError } from './failure.ts'
import { usage } from './usage.ts'

type Command = (args: string[]) => Promise<number>

/** Each command is loaded only when it is asked for, so that none waits for what another needs. */
const commands: Record<string, () => Promise<{ default: Command }>> = {
  lab: () => import('./lab.ts'),
  run: () => import('./run.ts'),
  doctor: () => import('./doctor.ts'),
  plan: () => import('./plan.ts'),
  shell: () => import('./shell.ts'),
  kernel: () => import('./kernel.ts'),
  image: () => import('./image.ts'),
  vm: () => import('./vm.ts'),
  bench: () => import('./bench.ts'),
  test: () => import('./test.ts'),
}

process.exitCode = await main(process.argv.slice(2))

async function main([name = 'lab', ...args]: string[]): Promise<number> {
  if (name === 'help' || name === '--help' || name === '-h' || args.includes('--help') || args.includes('-h')) {
    process.stdout.write(usage())
    return 0
  }
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (!command) throw new UsageError(`there is no command "${name}"`)
    const { default: run } = await command()
    return await run(args)
  } catch (error) {
    return explain(error)
  }
}

/** Says what went wrong. An error meant for a person is its message; any other is a defect and shows where it arose. */
function explain(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`wirebook: ${error.message}\n\n${usage()}`)
    return 2
  }
  const forPeople = error instanceof WirebookError
  process.stderr.write(`wirebook: ${forPeople ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  return forPeople && 'exitCode' in error ? Number(error.exitCode) : 1
}
