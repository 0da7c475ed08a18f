import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'

/** What a lab could leave on the machine: processes outside this one's user namespace, mounts, interfaces, cgroups, files. */
export interface Traces {
  processes: string[]
  mounts: string[]
  interfaces: string[]
  cgroups: string[]
  files: string[]
}

/** Folders in which a careless lab would leave files. Their direct entries are compared. */
const watched = ['/run', '/tmp', '/var/lib', '/var/run', '/run/netns', '/etc', '/etc/docker', '/dev/shm', '/var/lib/docker']

/** What a lab's files would be called; others write into these folders too. */
const labLike = /docker|containerd|netns|runc|fstab|\/(A|B|router|lab)\b/

/** What engines call the control groups of containers; the machine's own services make and remove others at any time. */
const containerGroup = /docker|containerd|runc|wirebook|\/[0-9a-f]{64}$/

/** Everything that is there now. Compare two to see what is new. */
export function traces(): Traces {
  return {
    processes: descendantsOfLabs(),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n'),
    interfaces: entries('/sys/class/net'),
    cgroups: cgroupFolders('/sys/fs/cgroup', 5).filter(path => containerGroup.test(path)),
    files: watched.flatMap(folder => entries(folder).map(name => `${folder}/${name}`)).filter(path => labLike.test(path)),
  }
}

/** Living processes of the labs whose first process is given, found before the owner is ended. */
export function treeOf(pid: number): number[] {
  const children = tryRead(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number)
  return [pid, ...children.flatMap(treeOf)]
}

/** Whether a process is there; one that has ended and waits for its parent to notice holds nothing. */
export function lives(pid: number): boolean {
  const state = /\) (\w)/.exec(tryRead(`/proc/${pid}/stat`))?.[1]
  return state !== undefined && state !== 'Z' && state !== 'X'
}

/** User namespaces that living processes are in, as `readlink` prints them. */
export function userNamespaces(): Set<string> {
  return new Set(entries('/proc').filter(name => /^\d+$/.test(name)).map(pid => namespaceOf(pid)).filter(name => name !== ''))
}

function namespaceOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/user`)
  } catch {
    return '' // it has just ended, or belongs to somebody else
  }
}

function descendantsOfLabs(): string[] {
  return entries('/proc').filter(name => /^\d+$/.test(name) && lives(Number(name)))
    .filter(pid => tryRead(`/proc/${pid}/cmdline`).includes('wirebook-lab'))
}

function cgroupFolders(folder: string, depth: number): string[] {
  if (depth === 0) return []
  return entries(folder).map(name => `${folder}/${name}`).filter(isFolder).flatMap(path => [path, ...cgroupFolders(path, depth - 1)])
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false // gone meanwhile
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // not there, or not for this account
  }
}

function tryRead(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // the process has just ended
  }
}
