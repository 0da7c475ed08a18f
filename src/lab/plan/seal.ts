import type { Step } from '../plan.ts'
import type { Environment } from './environment.ts'
import { mountTable } from './mount-table.ts'

/**
 * The lab gets a root of its own, in memory: the machine's programs and its /etc are there, read-only; its homes, its
 * data and its other mounts are not. `rm -rf /` on a machine of the lab takes nothing from the machine beneath.
 */
export function sealSteps(environment: Environment): Step[] {
  const empty = ['etc', '.etc', 'dev', 'proc', 'sys', 'run', 'tmp', 'var', 'root', 'home', 'mnt', 'srv', 'opt']
  const folders = [...empty, 'lab/bin', 'lab/busybox', 'lab/cgroup', 'lab/proc', ...environment.folders.map(path => path.slice(1))]
  const steps: Omit<Step, 'machine'>[] = [
    { argv: ['mount', '-t', 'tmpfs', '-o', 'mode=755', 'lab', '/tmp'], why: 'a root of its own for the lab, in memory' },
    { argv: ['mkdir', '-p', ...folders.map(path => `/tmp/${path}`)], why: 'the folders of that root' },
    ...Object.entries(environment.links).map(([path, target]) => (
      { argv: ['ln', '-s', target, `/tmp${path}`], why: `${path} is a link, as on the machine` }
    )),
    { argv: ['tee', '/tmp/lab/fstab'], input: mountTable(sealMounts(environment)),
      why: "the machine's programs, read-only; a /proc that shows the lab's processes only" },
    { argv: ['mount', '--all', '--fstab', '/tmp/lab/fstab'], why: 'mount them all at once' },
    { argv: ['tee', '/tmp/lab/bin/sudo'], input: sudo, why: 'everybody is root here: sudo just runs its command' },
    { argv: ['chmod', '755', '/tmp/lab/bin/sudo'], why: 'make it a program' },
  ]
  if (environment.busybox) {
    steps.push({ argv: [environment.busybox, '--install', '-s', '/tmp/lab/busybox'],
      why: 'tools that the machine lacks (ping, wget, brctl) come from busybox' })
  }
  steps.push(
    { argv: ['sh', '-c', 'cd /tmp && pivot_root . . && umount -l .'], why: "the new root becomes /, the machine's own goes out of sight" },
    { argv: ['mount', '-o', 'remount,bind,ro', '/'], why: 'what the machines write goes to memory of their own' },
  )
  return steps.map(step => ({ machine: null, ...step }))
}

function sealMounts(environment: Environment): [string, string, string, string][] {
  const mounts: [string, string, string, string][] = environment.folders.map(path => [path, `/tmp${path}`, 'none', 'rbind,ro'])
  mounts.push(
    ['/etc', '/tmp/etc', 'none', 'rbind,ro'],
    ['/etc', '/tmp/.etc', 'none', 'rbind,ro'],
    ['/dev', '/tmp/dev', 'none', 'rbind'],
    ['shm', '/tmp/dev/shm', 'tmpfs', 'mode=1777'],
    ['/proc', '/tmp/lab/proc', 'none', 'rbind'],
    ['lab', '/tmp/proc', 'proc', 'nosuid,nodev,noexec'],
    ['lab', '/tmp/sys', 'sysfs', 'nosuid,nodev,noexec'],
    ['lab', '/tmp/run', 'tmpfs', 'mode=755'],
  )
  // Read-only where the account may own a part of the tree (systemd delegates it): runc then makes no group that would stay.
  const cgroup = environment.userNamespace && environment.cgroup === 2 ? 'rbind,ro' : 'rbind'
  if (environment.cgroup) mounts.push(['/sys/fs/cgroup', '/tmp/lab/cgroup', 'none', cgroup])
  return mounts
}

const sudo = `#!/bin/sh
# sudo's own options that take a value or none, then variables, then the command.
while :; do
  case $1 in
    -u|-g|-h|-p|-C|-D|-R|-T) shift 2 ;;
    -i|-s) shift; [ $# -gt 0 ] || set -- "\${SHELL:-/bin/bash}" ;;
    --) shift; break ;;
    -*) shift ;;
    *=*) export "$1"; shift ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || exit 0
exec "$@"
`
