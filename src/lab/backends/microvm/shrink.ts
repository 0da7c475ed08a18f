/** Makes the guest smaller than its snapshot where the machine (or the pod) is small, instead of dying there. */
import { readFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { runInGuest } from './guest-lab.ts'
import type { GuestLink } from './link.ts'

/** What a guest of 1 GiB with all around it (Jupyter, the kernel, QEMU's translated code) needs. Bytes */
const comfortable = 1_500_000_000

/** Guest memory that is withheld on a smaller machine. MiB */
const withheld = 320

export interface Room {
  /** Processors that this process may use. */
  processors: number
  /** Bytes that it may use: the control group's limit, or the machine's memory. */
  memory: number
}

export function roomHere(): Room {
  const limit = process.constrainedMemory()
  return { processors: Math.min(availableParallelism(), processorShare()), memory: limit > 0 ? Math.min(limit, totalmem()) : totalmem() }
}

/**
 * Processors' worth of time that the control group grants: Node looks at version 2 only. Limits of less than one count as one.
 * https://www.kernel.org/doc/html/latest/scheduler/sched-bwc.html
 */
function processorShare(): number {
  const read = (name: string) => {
    try {
      return Number(readFileSync(`/sys/fs/cgroup/cpu/${name}`, 'utf8'))
    } catch {
      return NaN // version 2, or none
    }
  }
  const share = read('cpu.cfs_quota_us') / read('cpu.cfs_period_us')
  return share > 0 ? Math.max(1, Math.round(share)) : Infinity
}

/** The guest's commands that fit it into a room, and the words to say; nothing where the room is enough. */
export function shrinking(room: Room): { commands: string[]; say: string[] } {
  const commands: string[] = []
  const say: string[] = []
  if (room.processors < 2) {
    commands.push('echo 0 > /sys/devices/system/cpu/cpu1/online')
    say.push('one processor here: the lab runs on one, and slower')
  }
  if (room.memory < comfortable) {
    // Huge pages that nobody uses: taken from the guest, and never touched, so they cost the machine nothing.
    commands.push(`sysctl -q -w vm.nr_hugepages=${withheld / 2}`)
    say.push(`${Math.round(room.memory / 1e6)} MB of memory here: the lab gets ${withheld} MiB less`)
  }
  return { commands, say }
}

export async function shrink(link: GuestLink, progress: (text: string) => void, room: Room = roomHere()): Promise<void> {
  const { commands, say } = shrinking(room)
  if (commands.length === 0) return
  progress(say.join('; '))
  await runInGuest(link, ['sh', '-c', commands.join(' && ')])
}
