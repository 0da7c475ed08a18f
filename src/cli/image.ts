import { readArguments } from './arguments.ts'
import { UsageError } from './failure.ts'

/** `wirebook image list|add`: the images that a lab can load, none of which comes from a registry. */
export default async function image(args: string[]): Promise<number> {
  const { positionals: [action, file] } = readArguments(args, {}, { atMost: 2 })
  if (action === 'list' && file === undefined) {
    const { listImages } = await import('../lab/images/store.ts')
    for (const { name, bytes, source } of await listImages()) {
      process.stdout.write(`${name.padEnd(30)} ${(bytes / 2 ** 20).toFixed(1).padStart(7)} MiB  ${source}\n`)
    }
    return 0
  }
  if (action === 'add' && file !== undefined) {
    const { addImage } = await import('../lab/images/store.ts')
    for (const name of await addImage(file)) process.stdout.write(`${name} can be used in every lab from now on\n`)
    return 0
  }
  throw new UsageError('expected image list, or image add FILE')
}
