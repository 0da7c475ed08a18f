import { lstatSync, readdirSync, readlinkSync, statfsSync } from 'node:fs'

/** What the lab is built on: facts about the machine (or the microvm's guest) that the plan depends on. */
export interface Environment {
  /** Root is root only of a user namespace: engines run `--rootless`. */
  userNamespace: boolean
  /** Folders of the machine's root that the lab sees, read-only: /usr, and /bin and the like where they are folders. */
  folders: string[]
  /** Links in the machine's root that the lab has too: /bin → usr/bin. */
  links: Record<string, string>
  /** Version of the control group tree at /sys/fs/cgroup; null where there is none. */
  cgroup: 1 | 2 | null
  /** busybox, for tools that the machine lacks. */
  busybox: string | null
}

/** Entries of / that hold a system's programs; nothing else of the machine is seen from inside. */
const system = /^(usr|bin|sbin|lib\w*|nix|gnu)$/

/** The value that statfs(2) gives for a cgroup2 file system: CGROUP2_SUPER_MAGIC in linux/magic.h. */
const cgroup2Magic = 0x63677270

/** Reads what the plan must know from the machine that this process runs on. */
export function thisEnvironment(): Environment {
  const entries = readdirSync('/').filter(name => system.test(name)).map(name => `/${name}`).sort()
  const isLink = (path: string) => lstatSync(path).isSymbolicLink()
  return {
    userNamespace: true,
    folders: entries.filter(path => !isLink(path)),
    links: Object.fromEntries(entries.filter(isLink).map(path => [path, readlinkSync(path)])),
    cgroup: cgroupVersion(),
    busybox: ['/usr/bin/busybox', '/bin/busybox'].find(exists) ?? null,
  }
}

function cgroupVersion(): 1 | 2 | null {
  try {
    if (statfsSync('/sys/fs/cgroup').type === cgroup2Magic) return 2
    return readdirSync('/sys/fs/cgroup').length > 0 ? 1 : null
  } catch {
    return null // no such folder: the kernel has no control groups
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}
