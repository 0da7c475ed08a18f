/**
 * A snapshot: the guest's memory as a file, and beside it the state of its devices. The memory file is mapped privately
 * by each machine that goes on from it (copy on write), so a restore reads only what the guest touches, several machines
 * share one copy, and the file is never written to. QEMU leaves shared memory out of the saved state when told so
 * ("x-ignore-shared"): https://www.qemu.org/docs/master/devel/migration/features.html
 */
import { open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { WirebookError } from '../../../error.ts'
import type { GuestLabState } from './guest-lab.ts'
import { GuestLink } from './link.ts'
import { type Machine, type RunningMachine, startMachine } from './qemu.ts'
import { Qmp } from './qmp.ts'

/** Files of a snapshot, in a folder of its own. */
export const snapshotFiles = { ram: 'ram', devices: 'devices', lab: 'lab.json' }

const ignoreShared = { capabilities: [{ capability: 'x-ignore-shared', state: true }] }

/** Saves a machine whose memory is the snapshot's own file, and ends it. */
export async function takeSnapshot(machine: RunningMachine, link: GuestLink, folder: string, lab: GuestLabState | undefined): Promise<void> {
  await link.quiesce(30_000)
  const control = new Qmp(machine.control)
  await control.run('qmp_capabilities')
  await control.run('migrate-set-capabilities', ignoreShared)
  await control.run('migrate', { uri: `exec:cat > '${join(folder, snapshotFiles.devices).replaceAll("'", `'\\''`)}'` })
  await migrated(control)
  machine.hold()
  await control.run('quit').catch(() => ({})) // it may end before it answers
  await machine.ended
  await writeFile(join(folder, snapshotFiles.lab), JSON.stringify(lab ?? null))
}

/** Goes on from a snapshot. Resolves when the guest's agent has answered. */
export async function restore(folder: string, machine: Omit<Machine, 'ram' | 'incoming'>, signal: AbortSignal): Promise<Restored> {
  const devices = await open(join(folder, snapshotFiles.devices))
  const running = startMachine({ ...machine, ram: { path: join(folder, snapshotFiles.ram), shared: false }, incoming: devices.fd })
  const abort = () => running.kill()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await devices.close()
    signal.throwIfAborted()
    const control = new Qmp(running.control)
    const link = new GuestLink(running.stream)
    const saved = readFile(join(folder, snapshotFiles.lab), 'utf8')
    await Promise.all([
      control.run('qmp_capabilities'),
      control.run('migrate-set-capabilities', ignoreShared),
      control.run('migrate-incoming', { uri: 'fd:5' }),
    ])
    await link.hello(20_000)
    return { machine: running, link, lab: JSON.parse(await saved) as GuestLabState | null }
  } catch (cause) {
    running.kill()
    const said = await running.ended
    signal.throwIfAborted()
    throw new WirebookError(`the microvm could not go on from its snapshot: ${(cause as Error).message}\n${said}`, {
      remedy: 'make it anew: ./wirebook vm remove, then ./wirebook vm build', cause,
    })
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

export interface Restored {
  machine: RunningMachine
  link: GuestLink
  lab: GuestLabState | null
}

async function migrated(control: Qmp): Promise<void> {
  const deadline = performance.now() + 60_000
  while (performance.now() < deadline) {
    const { status, 'error-desc': reason } = await control.run('query-migrate')
    if (status === 'completed') return
    if (status === 'failed') throw new WirebookError(`QEMU could not save the machine: ${String(reason)}`)
    await delay(20)
  }
  throw new WirebookError('QEMU did not save the machine within 60 s')
}
