import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { arch, availableParallelism, release, totalmem, userInfo } from 'node:os'
import { promisify } from 'node:util'

/** What the machine is, as far as a lab depends on it. */
export interface MachineFacts {
  system: string
  kernel: string
  architecture: string
  cores: number
  /** bytes */
  memory: number
  user: string
  root: boolean
  /** Version of the control groups; null without. */
  cgroup: 1 | 2 | null
  /** /dev/kvm opens for reading and writing; whether it works is seen when it is used. */
  kvm: boolean
  /** What the kernel says about user namespaces: its settings by name, those that exist. */
  userNamespaces: Record<string, string>
  /** Ranges of subordinate ids, from /etc/subuid and /etc/subgid. */
  subordinateIds: { uid: string[]; gid: string[] }
}

export function machineFacts(): MachineFacts {
  const { username, uid } = userInfo()
  return {
    system: systemName(),
    kernel: release(),
    architecture: arch(),
    cores: availableParallelism(),
    memory: totalmem(),
    user: username,
    root: uid === 0,
    cgroup: existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : existsSync('/sys/fs/cgroup/memory') ? 1 : null,
    kvm: opens('/dev/kvm'),
    userNamespaces: settings([
      'user/max_user_namespaces', 'kernel/unprivileged_userns_clone', 'kernel/apparmor_restrict_unprivileged_userns',
    ]),
    subordinateIds: { uid: ranges('/etc/subuid', username, uid), gid: ranges('/etc/subgid', username, uid) },
  }
}

function systemName(): string {
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(text('/etc/os-release'))?.[1] ?? process.platform
}

function settings(names: string[]): Record<string, string> {
  return Object.fromEntries(names.map(name => [name.replace('/', '.'), text(`/proc/sys/${name}`).trim()]).filter(([, value]) => value))
}

/** subuid(5): name or number, first id, count. */
function ranges(file: string, user: string, uid: number): string[] {
  return text(file).split('\n').map(line => line.split(':'))
    .filter(([owner]) => owner === user || owner === String(uid))
    .map(([, first, count]) => `${first}+${count}`)
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // not on this system, or not for this account: nothing is known then
  }
}

function opens(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Programs that a lab or a microvm runs, and how each says its version. */
const programs: [name: string, ...args: string[]][] = [
  ['dockerd', '--version'], ['containerd', '--version'], ['runc', '--version'], ['docker', '--version'],
  ['ip', '-V'], ['iptables', '-V'], ['unshare', '--version'], ['newuidmap'], ['tcpdump', '--version'], ['brctl', '--version'],
  ['iperf3', '--version'], ['nginx', '-v'], ['busybox'], ['qemu-system-x86_64', '--version'],
]

/** Versions by program; null for one that is not there. */
export async function programVersions(): Promise<Record<string, string | null>> {
  const found = await Promise.all(programs.map(async ([name, ...args]) => [name, await version(name, args)] as const))
  return Object.fromEntries(found)
}

const run = promisify(execFile)

async function version(name: string, args: string[]): Promise<string | null> {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, LC_ALL: 'C' }
  try {
    const { stdout, stderr } = await run(name, args, { env, timeout: 5000 })
    return firstVersion(stdout + stderr)
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string }
    return code === 'ENOENT' ? null : firstVersion(stdout + stderr)
  }
}

function firstVersion(said: string): string {
  return /\d+\.\d+[\w.+~-]*/.exec(said)?.[0] ?? 'there'
}
