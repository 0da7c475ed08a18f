import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { LabError } from '../../lab-error.ts'

/** Ids that the lab has: 0 to 65535, as a machine of its own would. */
export const idCount = 65_536

/**
 * Where root's labs get their ids, unless /etc/subuid names a range for root: 0x70000000, the first id above those that
 * systemd gives to containers (https://systemd.io/UIDS-GIDS). Nothing on the machine belongs to these ids, so root's
 * lab can write no file of the machine and make no control group.
 */
const rootRange = 0x70000000

/** A range of ids of the machine, as /etc/subuid lists them (subuid(5)). */
export interface IdRange { first: number; count: number }

/** Whose ids the lab has on the machine. */
export interface Account {
  /** Gives the process, which is alone in a new user namespace, ids there: 0 to 65535. */
  map(pid: number): Promise<void>
}

export function thisAccount(): Account {
  return process.getuid!() === 0 ? rootAccount() : userAccount()
}

/** Root: a lab of ids that nothing on the machine belongs to. The kernel lets root write the map itself. */
function rootAccount(): Account {
  const first = (kind: 'uid' | 'gid') => subordinateRanges(kind, 'root', 0).find(range => range.count >= idCount)?.first ?? rootRange
  const uid = first('uid')
  const gid = first('gid')
  return {
    map: async pid => {
      writeFileSync(`/proc/${pid}/uid_map`, `0 ${uid} ${idCount}\n`)
      writeFileSync(`/proc/${pid}/gid_map`, `0 ${gid} ${idCount}\n`)
    },
  }
}

/** An ordinary user: root in the lab is the user, the others are the user's subordinate ids. */
function userAccount(): Account {
  const { username, uid, gid } = userInfo()
  return {
    map: async pid => {
      await Promise.all([
        run('newuidmap', [String(pid), ...mapArguments(uid, subordinateRanges('uid', username, uid))]),
        run('newgidmap', [String(pid), ...mapArguments(gid, subordinateRanges('gid', username, uid))]),
      ])
    },
  }
}

/** 0 → own id, then one subordinate id after another: triples of inner, outer and count. */
function mapArguments(own: number, ranges: IdRange[]): string[] {
  const triples = [0, own, 1]
  let next = 1
  for (const range of ranges) {
    const count = Math.min(range.count, idCount - next)
    if (count > 0) triples.push(next, range.first, count)
    next += Math.max(count, 0)
  }
  return triples.map(String)
}

/** The ranges of /etc/subuid or /etc/subgid for an account, by name or by number. */
export function subordinateRanges(kind: 'uid' | 'gid', name: string, uid: number): IdRange[] {
  let text: string
  try {
    text = readFileSync(`/etc/sub${kind}`, 'utf8')
  } catch {
    return [] // no such file: nobody has subordinate ids
  }
  return text.split('\n').map(line => line.split(':'))
    .filter(([owner]) => owner === name || owner === String(uid))
    .map(([, first, count]) => ({ first: Number(first), count: Number(count) }))
    .filter(range => Number.isSafeInteger(range.first) && range.count > 0)
}

function run(program: string, parameters: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(program, parameters, { timeout: 10_000, env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' } }, (error, _stdout, stderr) => {
      if (!error) return resolve()
      reject(new LabError(`${program} ${parameters.join(' ')} failed: ${stderr.trim() || error.message}`, {
        remedy: `check the ranges in /etc/subuid and /etc/subgid, and that ${program} is set-uid root (package uidmap)`,
        cause: error,
      }))
    })
  })
}
