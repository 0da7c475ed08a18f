import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import type { Need } from '../../../api/lab.ts'
import { tryFeatures } from './features.ts'

/** What came of making the lab's kinds of namespaces for some milliseconds. */
export interface Probe {
  /** A user namespace with mounts and a /proc of its own can be had. */
  namespaces: boolean
  features: Need[]
  /** What the tools complained about. */
  errors: string
}

const script = `mount -t proc proc /proc && mount -t tmpfs tmpfs /tmp || exit
echo namespaces
${tryFeatures}`

let known: Promise<Probe> | undefined

/** Tries the kernel out. What went well is remembered; what was refused is tried anew, since a person may change it. */
export async function probe(): Promise<Probe> {
  known ??= tryOut()
  const result = await known
  if (!result.namespaces) known = undefined
  return result
}

async function tryOut(): Promise<Probe> {
  const child = spawn('unshare', ['--user', '--map-root-user', '--mount', '--net', '--pid', '--uts', '--ipc', '--fork', '--kill-child', 'sh', '-c', script], {
    cwd: '/', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' }, stdio: ['ignore', 'pipe', 'pipe'], timeout: 10_000,
  })
  const failure = new Promise<string>(resolve => child.once('error', error => resolve(error.message)))
  const closed = new Promise<string>(resolve => child.once('close', () => resolve('')))
  const [said, complained, broken] = await Promise.all([text(child.stdout), text(child.stderr), Promise.race([failure, closed])])
  const lines = said.split('\n')
  return {
    namespaces: lines.includes('namespaces'),
    features: lines.filter(line => line.startsWith('feature ')).map(line => line.slice('feature '.length) as Need),
    errors: [complained.trim(), broken].filter(Boolean).join('\n'),
  }
}
