/** Builds the microvm and its snapshots; `wirebook vm build|status|remove`. */
import { execFile } from 'node:child_process'
import { access, constants, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { WirebookError } from '../../../error.ts'
import { topology } from '../../topology.ts'
import { cacheFolder, cacheRoot, qemuVersion, savedTopologies } from './cache.ts'
import { buildGuestLab } from './guest-lab.ts'
import { GuestLink } from './link.ts'
import { type Machine, startMachine } from './qemu.ts'
import { snapshotFiles, takeSnapshot } from './snapshot.ts'
import { buildTree } from './tree.ts'
import { warm } from './warm.ts'

export interface BuildOptions {
  progress?: (text: string) => void
  /** Build again even if it is there. */
  force?: boolean
  /** Only with this one; by default with KVM where the guest comes up with it, else with emulation. */
  accelerator?: Accelerator
  signal?: AbortSignal
}

export type Accelerator = Machine['accelerator']

export interface VmStatus {
  /** Where it is, or will be. */
  folder: string
  built: boolean
  /** Bytes on disk of it; 0 when it is not built. */
  bytes: number
  /** First line of `qemu-system-x86_64 --version`; undefined when QEMU is not installed. */
  qemu: string | undefined
  /** What its snapshots run with: `kvm`, `tcg` (emulation). */
  accelerators: Accelerator[]
  /** Machines of other versions of Wirebook or QEMU, no longer used by this one. */
  others: string[]
}

/** The machine with its default sizes: MiB, virtual processors. */
export const machineSize = { memory: 1024, processors: 2 }

/** Builds it if it is not there: a minute or two. Returns its folder. Only one build runs at a time. */
export async function buildVm(options: BuildOptions = {}): Promise<string> {
  const progress = options.progress ?? (() => {})
  const folder = await cacheFolder()
  const present = async () => {
    const accelerators = await acceleratorsIn(folder)
    return !options.force && (options.accelerator ? accelerators.includes(options.accelerator) : accelerators.length > 0)
  }
  if (await present()) return folder
  await mkdir(cacheRoot(), { recursive: true })
  return await locked(`${folder}.lock`, progress, async () => {
    if (await present()) return folder
    const work = `${folder}.building`
    await rm(work, { recursive: true, force: true })
    await mkdir(work)
    try {
      await buildTree(work, progress)
      await buildSnapshots(work, progress, options)
      await rm(folder, { recursive: true, force: true })
      await rename(work, folder)
    } catch (error) {
      await rm(work, { recursive: true, force: true })
      throw error
    }
    progress(`built: ${folder}`)
    return folder
  })
}

export async function vmStatus(): Promise<VmStatus> {
  const qemu = await qemuVersion().catch(() => undefined)
  const folder = qemu ? await cacheFolder() : cacheRoot()
  const built = qemu !== undefined && (await acceleratorsIn(folder)).length > 0
  const present = await readdir(cacheRoot()).catch(() => [])
  return {
    folder,
    built,
    bytes: built ? await diskUse(folder) : 0,
    qemu,
    accelerators: built ? await acceleratorsIn(folder) : [],
    others: present.map(name => join(cacheRoot(), name)).filter(path => path !== folder),
  }
}

/** The status in words. */
export async function status(): Promise<string> {
  const { folder, built, bytes, qemu, accelerators, others } = await vmStatus()
  const lines = [
    qemu ?? 'QEMU is not installed: sudo apt-get install --no-install-recommends qemu-system-x86',
    built
      ? `built, with ${accelerators.map(name => name === 'kvm' ? 'KVM' : 'emulation').join(' and ')}, ${Math.round(bytes / 1e6)} MB: ${folder}`
      : `not built: ./wirebook vm build makes it in ${folder}`,
    ...others.map(path => `no longer used: ${path}`),
  ]
  return lines.join('\n')
}

/** Removes all built machines of this user; says what it removed. */
export async function remove(): Promise<string> {
  const { folder, built, others } = await vmStatus()
  await removeVm()
  const gone = [...(built ? [folder] : []), ...others]
  return gone.length > 0 ? `removed ${gone.join(', ')}` : 'there was nothing to remove'
}

export { buildVm as build }

/** Removes all built machines of this user. Labs that run are not disturbed: they hold what they need open. */
export async function removeVm(): Promise<void> {
  await rm(cacheRoot(), { recursive: true, force: true })
}

/** What the machine in a folder can run with here, best first; empty when there is none. A folder gets its name when it is whole. */
export async function acceleratorsIn(folder: string): Promise<Accelerator[]> {
  const names = await readdir(folder).catch((): string[] => [])
  const known: Accelerator[] = await kvmMayWork() ? ['kvm', 'tcg'] : ['tcg']
  return known.filter(name => names.includes(name))
}

/** The machine in a folder, but for its memory. */
export function machineIn(folder: string, accelerator: Accelerator): Omit<Machine, 'ram'> {
  return {
    accelerator,
    ...machineSize,
    kernel: join(folder, 'kernel'),
    initrd: join(folder, 'initrd'),
    disk: join(folder, 'disk.squashfs'),
  }
}

/** /dev/kvm may be there and not work: only a guest that comes up shows it. */
async function kvmMayWork(): Promise<boolean> {
  return await access('/dev/kvm', constants.R_OK | constants.W_OK).then(() => true, () => false)
}

async function buildSnapshots(work: string, progress: (text: string) => void, options: BuildOptions): Promise<void> {
  const tried: Accelerator[] = options.accelerator ? [options.accelerator] : await kvmMayWork() ? ['kvm', 'tcg'] : ['tcg']
  for (const accelerator of tried) {
    try {
      for (const name of [undefined, ...savedTopologies]) await buildSnapshot(work, accelerator, name, progress, options.signal)
      return
    } catch (error) {
      await rm(join(work, accelerator), { recursive: true, force: true })
      if (accelerator === tried.at(-1) || options.signal?.aborted) throw error
      progress('KVM is there but does not run the guest: going on with emulation')
    }
  }
}

async function buildSnapshot(
  work: string, accelerator: Accelerator, name: string | undefined, progress: (text: string) => void, abort?: AbortSignal,
): Promise<void> {
  const late = AbortSignal.timeout(600_000)
  const signal = abort ? AbortSignal.any([abort, late]) : late
  const folder = join(work, accelerator, name ?? 'bare')
  await mkdir(folder, { recursive: true })
  progress(name ? `starting the ${name} lab in it, for a snapshot` : 'booting it')
  const machine = startMachine({
    ...machineIn(work, accelerator), ram: { path: join(folder, snapshotFiles.ram), shared: true },
  })
  const onAbort = () => machine.kill()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const link = new GuestLink(machine.stream)
    await link.hello(accelerator === 'kvm' ? 20_000 : 120_000)
    const lab = name ? await buildGuestLab(link, topology({ name }), signal) : undefined
    if (lab) await warm(link, lab, progress)
    progress('saving it')
    await takeSnapshot(machine, link, folder, lab)
  } catch (cause) {
    machine.kill()
    const said = await machine.ended
    throw new WirebookError(`the microvm could not be started for its snapshot: ${(cause as Error).message}\n${said}`, { cause })
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Runs alone among all processes that use the same lock file; one whose owner has died is taken over. */
async function locked<T>(path: string, progress: (text: string) => void, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + 1_800_000
  for (let told = false; ; told = true) {
    try {
      const file = await open(path, 'wx')
      await file.write(String(process.pid))
      await file.close()
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const owner = Number(await readFile(path, 'utf8').catch(() => ''))
    if (owner > 0 && !isAlive(owner)) {
      await rm(path, { force: true })
      continue
    }
    if (performance.now() > deadline) throw new WirebookError(`process ${owner} has been building the microvm for 30 minutes`, { remedy: `rm ${path}` })
    if (!told) progress(`process ${owner} is building it: waiting`)
    await delay(500)
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function diskUse(folder: string): Promise<number> {
  const { stdout } = await promisify(execFile)('du', ['-s', '-B1', folder])
  return Number(stdout.split('\t')[0])
}
