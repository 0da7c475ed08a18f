import { readFileSync } from 'node:fs'
import { release, userInfo } from 'node:os'
import type { Need } from '../../../api/lab.ts'
import type { Obstacle } from '../../backend.ts'
import { idCount, type IdRange, subordinateRanges } from './account.ts'
import { probe } from './probe.ts'
import { missingPrograms } from './programs.ts'
import { noNewPrivileges, refusal } from './refusal.ts'

/** What stands in the way of a lab with these needs on this machine. Namespaces are made for some milliseconds to find out. */
export async function obstacles(needs: Need[]): Promise<Obstacle[]> {
  if (process.platform !== 'linux') {
    return [{ what: `namespaces are a part of Linux; this is ${process.platform}`, remedy: 'use --backend microvm' }]
  }
  const root = process.getuid!() === 0
  const known = [programObstacle(root), ...root ? [] : [subordinateObstacle(), noNewPrivileges()]]
  const { namespaces, features, errors } = await probe()
  return [
    ...known,
    namespaces ? undefined : refusal(root, errors),
    ...namespaces ? needs.filter(need => !features.includes(need)).map(featureObstacle) : [],
  ].filter(obstacle => obstacle !== undefined)
}

function programObstacle(root: boolean): Obstacle | undefined {
  const { programs, packages } = missingPrograms(root)
  if (programs.length === 0) return undefined
  const are = programs.length === 1 ? 'is' : 'are'
  return { what: `${programs.join(', ')} ${are} missing`, remedy: `${root ? '' : 'sudo '}apt-get install ${packages.join(' ')}` }
}

/** An ordinary user's lab needs a machine's worth of ids. */
function subordinateObstacle(): Obstacle | undefined {
  const { username, uid } = userInfo()
  const short = (['uid', 'gid'] as const).filter(kind => sum(subordinateRanges(kind, username, uid)) < idCount - 1)
  if (short.length === 0) return undefined
  const options = short.map(kind => {
    const first = firstFreeRange(readRanges(kind))
    return `--add-sub${kind}s ${first}-${first + idCount - 1}`
  })
  return {
    what: `${username} has fewer than ${idCount - 1} subordinate ids in ${short.map(kind => `/etc/sub${kind}`).join(' and ')}; a lab needs as many as a machine`,
    remedy: `sudo usermod ${options.join(' ')} ${username}`,
  }
}

function sum(ranges: IdRange[]): number {
  return ranges.reduce((total, range) => total + range.count, 0)
}

function readRanges(kind: 'uid' | 'gid'): IdRange[] {
  try {
    return readFileSync(`/etc/sub${kind}`, 'utf8').split('\n').map(line => line.split(':'))
      .map(([, first, count]) => ({ first: Number(first), count: Number(count) })).filter(range => range.count > 0)
  } catch {
    return [] // no such file yet: usermod makes it
  }
}

/** Where useradd would put the next account's range: at 100000 (SUB_UID_MIN in login.defs), or behind the last. */
export function firstFreeRange(taken: IdRange[]): number {
  return Math.max(100_000, ...taken.map(range => range.first + range.count).filter(end => end < 0x70000000))
}

function featureObstacle(need: Need): Obstacle {
  if (need === 'ipvs') {
    return { what: 'IPVS cannot be set up from a user namespace: the kernel asks for a right on the machine itself',
      remedy: 'use --backend microvm, whose kernel is the lab\'s own' }
  }
  const module = { netem: 'sch_netem', vlan: '8021q' }[need as string] ?? need
  const onDisk = moduleOnDisk(module)
  return {
    what: `${need} is not in the running kernel (${release()})${onDisk ? ', though it has a module for it' : ''}`,
    remedy: onDisk ? `sudo modprobe ${module}` : `use --backend microvm, whose kernel has ${need}`,
  }
}

function moduleOnDisk(module: string): boolean {
  try {
    return new RegExp(`/${module}\\.ko`, 'm').test(readFileSync(`/lib/modules/${release()}/modules.dep`, 'utf8'))
  } catch {
    return false // a kernel without modules on this disk
  }
}
