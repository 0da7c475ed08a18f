import { readArguments } from './arguments.ts'
import { UsageError } from './failure.ts'

/** `wirebook image list|add`: the images that a lab can load, none of which comes from a registry. */
export default async function image(args: string[]): Promise<number> {
  const { positionals: [action, file] } = readArguments(args, {}, { atMost: 2 })
  if (action === 'list' && file === undefined) return list()
  if (action === 'add' && file !== undefined) return add(file)
  throw new UsageError('expected image list, or image add FILE')
}

async function list(): Promise<number> {
  const { imageList } = await import('../lab/images/available.ts')
  for (const { name, from, bytes } of await imageList()) {
    const size = bytes === undefined ? 'not made yet' : `${(bytes / 2 ** 20).toFixed(1)} MiB`
    const source = from === 'packages' ? "from this machine's packages" : 'added by hand'
    process.stdout.write(`${name.padEnd(24)} ${size.padStart(12)}  ${source}\n`)
  }
  return 0
}

async function add(file: string): Promise<number> {
  const { imageAdd } = await import('../lab/images/add.ts')
  for (const name of await imageAdd(file)) process.stdout.write(`${name} is there for every lab from now on\n`)
  return 0
}
