/** Starts QEMU: the machine that the guest sees, and the ties that end it with its owner. */
import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { WirebookError } from '../../../error.ts'

export interface Machine {
  /** `kvm` or `tcg`. */
  accelerator: 'kvm' | 'tcg'
  /** Virtual processors. */
  processors: number
  /** MiB */
  memory: number
  kernel: string
  initrd: string
  disk: string
  /** The file that is the guest's memory. `shared`: writes go to it; else they stay private to this machine. */
  ram: { path: string; shared: boolean }
  /** An open file with the saved state of the devices: the machine goes on from there. */
  incoming?: number
  /** Further kernel parameters. */
  parameters?: string[]
}

export interface RunningMachine {
  pid: number
  /** The stream to the guest's agent. */
  stream: Socket
  control: Socket
  /** Resolves with what QEMU and the guest's console said last when it has ended. */
  ended: Promise<string>
  /** Ends it at once. */
  kill(): void
  /** Keeps Node alive until it has ended; else a machine does not. */
  hold(): void
}

/**
 * Kernel parameters. What guards one user from another costs much under emulation and guards nobody in a machine of one
 * owner; addresses that do not change from run to run let translated code be used again.
 */
const kernelParameters = [
  'console=ttyS0', 'quiet', 'panic=-1', 'mitigations=off', 'nopti', 'audit=0', 'apparmor=0', 'selinux=0', 'lsm=',
  'random.trust_cpu=on', 'tsc=reliable', 'no_timer_check', 'nowatchdog', 'rcupdate.rcu_expedited=1', 'cgroup_no_v1=all',
  'norandmaps', 'nokaslr', 'init_on_alloc=0', 'init_on_free=0', 'transparent_hugepage=never', 'hardened_usercopy=off',
  'page_alloc.shuffle=0', 'preempt=none', 'no5lvl', 'nosmap', 'nosmep',
]

/**
 * The emulated processor: all that QEMU can do, but for what its emulation makes slow. String instructions ("rep") go
 * byte by byte, so the kernel and libc must not be told that they are fast (erms, fsrm); access guards end each
 * translated block (smap); page tables of five levels are walked in software (la57); wide registers make every switch of
 * tasks longer than they make copying shorter (avx).
 */
const emulatedProcessor = 'max,-erms,-fsrm,-smap,-smep,-umip,-pku,-la57,-avx,-avx2'

/**
 * Runs the machine. All of its ends are inherited descriptors: no TCP port, no socket file, no network card.
 * It ends with this process: the kernel kills it when its parent has gone (prctl(2), PR_SET_PDEATHSIG); should that
 * already have happened before it was asked for, the parent is another one and QEMU is not started; and the guest itself
 * powers off when its stream is closed.
 */
export function startMachine(machine: Machine): RunningMachine {
  const tie = 'test "$PPID" = "$1" || exit 1; shift; exec "$@"'
  const words = ['--pdeathsig', 'KILL', '--', 'sh', '-c', tie, 'sh', String(process.pid), 'qemu-system-x86_64', ...qemuArguments(machine)]
  const child = spawn('setpriv', words, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', machine.incoming ?? 'ignore'],
  })
  let said = ''
  const listen = (data: Buffer) => { said = (said + data.toString('latin1')).slice(-4000) }
  child.stdout?.on('data', listen)
  child.stderr?.on('data', listen)
  const stream = child.stdio[3] as Socket
  const control = child.stdio[4] as Socket
  for (const end of [stream, control]) end.on('error', () => {}) // QEMU's end says more, see `ended`
  const ended = new Promise<string>(resolve => {
    child.on('error', error => resolve(`QEMU could not be started: ${error.message}`))
    child.on('close', (status, signal) => resolve(`QEMU ended (${signal ?? `status ${status}`})${said ? `:\n${said.trim()}` : ''}`))
  })
  // Node may end when it has nothing else to do: the machine then ends too.
  child.unref()
  for (const end of [child.stdout, child.stderr, control]) (end as Socket).unref()
  const kill = () => {
    child.ref()
    child.kill('SIGKILL')
  }
  return { pid: child.pid ?? 0, stream, control, ended, kill, hold: () => child.ref() }
}

function qemuArguments(machine: Machine): string[] {
  const { accelerator, processors, memory, kernel, initrd, disk, ram, incoming } = machine
  return [
    '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot',
    '-machine', 'q35,usb=off,vmport=off,smbus=off,sata=off,hpet=off,memory-backend=ram',
    '-accel', accelerator === 'kvm' ? 'kvm' : `tcg,thread=multi,tb-size=${translationCache(memory)}`,
    '-cpu', accelerator === 'kvm' ? 'host' : emulatedProcessor,
    '-smp', String(processors), '-m', `${memory}M`,
    '-object', `memory-backend-file,id=ram,size=${memory}M,mem-path=${ram.path},share=${ram.shared ? 'on' : 'off'}`,
    '-kernel', kernel, '-initrd', initrd, '-append', [...kernelParameters, ...(machine.parameters ?? [])].join(' '),
    '-drive', `file=${disk},format=raw,if=none,id=disk,readonly=on,file.locking=off`,
    '-device', 'virtio-blk-pci,drive=disk',
    '-device', 'virtio-rng-pci',
    '-device', 'virtio-serial-pci,max_ports=2',
    '-chardev', 'socket,id=agent,fd=3', '-device', 'virtserialport,chardev=agent,nr=1,name=wirebook',
    '-chardev', 'socket,id=control,fd=4', '-mon', 'chardev=control,mode=control',
    '-serial', 'stdio',
    ...(incoming === undefined ? [] : ['-incoming', 'defer']),
  ]
}

/** MiB for translated code. QEMU's own choice, a quarter of the memory or more, would be too much in a pod of 2 GB. */
function translationCache(memory: number): number {
  return Math.min(256, Math.floor(memory / 4))
}

export function missingQemu(): WirebookError {
  return new WirebookError('QEMU is not installed', { remedy: 'sudo apt-get install qemu-system-x86' })
}
