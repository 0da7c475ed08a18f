import { installKernel, placeOf, uninstallKernel } from '../../kernel/spec.ts'
import { readArguments } from './arguments.ts'
import { UsageError } from './failure.ts'

const options = {
  user: { type: 'boolean', default: false },
  'sys-prefix': { type: 'boolean', default: false },
  prefix: { type: 'string' },
} as const

/** `wirebook kernel install|uninstall`: registers the kernelspec with a Jupyter of the learner's own. */
export default async function kernel(args: string[]): Promise<number> {
  const { values, positionals: [action] } = readArguments(args, options, { atMost: 1 })
  if (action !== 'install' && action !== 'uninstall') {
    throw new UsageError(`expected kernel install or kernel uninstall, and not ${action === undefined ? 'kernel alone' : `"${action}"`}`)
  }
  const places = [
    ...(values.user ? [['--user']] : []),
    ...(values['sys-prefix'] ? [['--sys-prefix']] : []),
    ...(values.prefix === undefined ? [] : [['--prefix', values.prefix]]),
  ]
  if (places.length > 1) throw new UsageError('--user, --sys-prefix and --prefix exclude each other')
  const place = placeOf(places[0] ?? [])
  const folder = action === 'install' ? installKernel(place) : uninstallKernel(place)
  process.stdout.write(`the kernel is ${action === 'install' ? 'in' : 'no longer in'} ${folder}\n`)
  return 0
}
