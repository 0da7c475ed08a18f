import { readFileSync } from 'node:fs'
import type { Obstacle } from '../../backend.ts'

const microvm = 'or use --backend microvm, which needs no namespaces'

/** Why the kernel refuses user namespaces to this account, from its settings; the tools' own words where those do not tell. */
export function refusal(root: boolean, errors: string): Obstacle {
  if (setting('user/max_user_namespaces') === '0') {
    return { what: 'user namespaces are switched off: user.max_user_namespaces is 0',
      remedy: `sudo sysctl -w user.max_user_namespaces=15000 ${microvm}` }
  }
  if (!root && setting('kernel/unprivileged_userns_clone') === '0') {
    return { what: 'user namespaces are for root only: kernel.unprivileged_userns_clone is 0',
      remedy: `sudo sysctl -w kernel.unprivileged_userns_clone=1 ${microvm}` }
  }
  if (!root && setting('kernel/apparmor_restrict_unprivileged_userns') === '1') {
    return { what: 'AppArmor takes the rights in user namespaces away: kernel.apparmor_restrict_unprivileged_userns is 1',
      remedy: `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 ${microvm}` }
  }
  if (status('Seccomp') === '2') {
    return { what: 'a seccomp filter refuses namespaces to this process, as container engines set it up',
      remedy: 'use --backend microvm, or start the container with --privileged' }
  }
  return { what: `the kernel refuses namespaces: ${errors || 'it did not say why'}`,
    remedy: /proc|mount/.test(errors) ? 'in a container whose /proc is masked: use --backend microvm, or start the container with --privileged' : 'use --backend microvm' }
}

/** An ordinary user's lab gets its ids by set-uid programs, which no_new_privs makes powerless. */
export function noNewPrivileges(): Obstacle | undefined {
  if (status('NoNewPrivs') !== '1') return undefined
  return { what: 'this process may not gain privileges (no_new_privs), so newuidmap cannot give the lab its ids',
    remedy: 'use --backend microvm, or start the container without no-new-privileges' }
}

function setting(path: string): string | undefined {
  return read(`/proc/sys/${path}`)?.trim()
}

function status(field: string): string | undefined {
  return new RegExp(`^${field}:\\s*(\\S+)`, 'm').exec(read('/proc/self/status') ?? '')?.[1]
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // a kernel without this setting
  }
}
