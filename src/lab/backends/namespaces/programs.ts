import { accessSync, constants } from 'node:fs'

/** Where programs of the lab are looked for; /usr/local is not, since the lab's own PATH leaves it out. */
const folders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** Programs that a lab cannot do without, and the Debian package of each. */
const needed: Record<string, string> = {
  dockerd: 'docker.io', containerd: 'containerd', runc: 'runc', ip: 'iproute2', iptables: 'iptables',
  unshare: 'util-linux', nsenter: 'util-linux', setpriv: 'util-linux', pivot_root: 'util-linux', mount: 'mount', umount: 'mount',
  bash: 'bash', hostname: 'hostname', sysctl: 'procps',
}

/** What an ordinary user needs beside: newuidmap gives the lab its subordinate ids. */
const neededByUser: Record<string, string> = { newuidmap: 'uidmap', newgidmap: 'uidmap' }

/** Programs that are missing, with the packages that bring them. */
export function missingPrograms(root: boolean): { programs: string[]; packages: string[] } {
  const all = Object.entries(root ? needed : { ...needed, ...neededByUser }).filter(([name]) => !hasProgram(name))
  return { programs: all.map(([name]) => name), packages: [...new Set(all.map(([, packageName]) => packageName))] }
}

/** Whether the machine has a program where the lab looks for it. */
export function hasProgram(name: string): boolean {
  return folders.some(folder => {
    try {
      accessSync(`${folder}/${name}`, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
