import { readArguments } from './arguments.ts'
import { UsageError } from './failure.ts'

/** `wirebook vm build|status|remove`: the microvm's image and snapshot. `vm build --packed` makes them small, for an image; `vm unpack` undoes that. */
export default async function vm(args: string[]): Promise<number> {
  const { values: { packed }, positionals: [action] } = readArguments(args, { packed: { type: 'boolean', default: false } } as const, { atMost: 1 })
  if (action !== 'build' && action !== 'unpack' && action !== 'status' && action !== 'remove') {
    throw new UsageError(`vm ${action ?? 'alone'} means nothing: expected vm build, vm unpack, vm status or vm remove`)
  }
  const microvm = await import('../lab/backends/microvm/build.ts')
  const say = (text: string) => void process.stderr.write(`${text}\n`)
  if (action === 'build') {
    const folder = await microvm.build({ progress: say })
    if (packed) await (await import('../lab/backends/microvm-packed.ts')).packSnapshots(folder, say)
  }
  if (action === 'unpack') await (await import('../lab/backends/microvm-packed.ts')).unpackMachine()
  if (action === 'status') process.stdout.write(`${await microvm.status()}\n`)
  if (action === 'remove') process.stdout.write(`${await microvm.remove()}\n`)
  return 0
}
