/**
 * The guest's root tree, its kernel and its initial file system, from the packages of this machine's own distribution.
 *
 * `mmdebstrap --variant=extract` downloads and unpacks without running anything of the tree: so it needs no root, no user
 * namespace, no chroot and no mount, and works alike for an ordinary user and inside an image build. What the packages'
 * scripts would have done and a lab needs is done here.
 */
import { execFile, spawn } from 'node:child_process'
import { access, chmod, copyFile, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { WirebookError } from '../../../error.ts'
import { cpio } from './cpio.ts'
import { bootModules, loadOrder, trimModules } from './modules.ts'

const run = promisify(execFile)
const guest = join(import.meta.dirname, 'guest')

/** Packages of the guest. `?exact-name(x)` is apt's way of saying "x, if this distribution has it". */
export const packages = [
  'docker.io', '?exact-name(docker-cli)', 'containerd', 'runc', 'crun', 'iproute2', 'iptables', 'ipset', 'ipvsadm',
  'tcpdump', 'bridge-utils', 'iperf3', 'iputils-ping', 'iputils-arping', 'traceroute', 'busybox-static', 'perl-base',
  'kmod', 'procps', 'util-linux', 'mount', 'bash', 'dash', 'coreutils', 'sed', 'grep', 'mawk', 'findutils', 'hostname',
  'wget', 'nginx', 'base-files', 'base-passwd', 'libc-bin', 'ethtool',
]

/** The kernel package by the distribution's ID in os-release(5). */
export const kernelPackages: Record<string, string> = { debian: 'linux-image-cloud-amd64', ubuntu: 'linux-image-virtual' }

export interface Tree {
  kernel: string
  initrd: string
  disk: string
}

/** Builds the three files in a folder. About a minute, most of it squashing. */
export async function buildTree(folder: string, progress: (text: string) => void): Promise<Tree> {
  const root = join(folder, 'tree')
  progress('downloading and unpacking the packages of the guest')
  await unpack(root)
  progress('trimming')
  await merge(root)
  await trim(root)
  const [version] = await readdir(join(root, 'usr/lib/modules'))
  if (version === undefined) throw new WirebookError('the kernel package has no modules')
  const kernel = join(folder, 'kernel')
  await copyFile(await firstThatExists(join(root, `boot/vmlinuz-${version}`), join(root, `usr/lib/modules/${version}/vmlinuz`)), kernel)
  const modules = await trimModules(join(root, 'usr/lib/modules', version))
  const initrd = join(folder, 'initrd')
  await writeFile(initrd, await initialFileSystem(root, modules))
  await configure(root)
  progress('making the read-only disk')
  const disk = join(folder, 'disk.squashfs')
  await run('mksquashfs', [root, disk, '-comp', 'zstd', '-Xcompression-level', '6', '-b', '128K', '-all-root',
    '-no-xattrs', '-noappend', '-quiet', '-no-progress', '-e', 'boot'])
  await removeTree(root)
  return { kernel, initrd, disk }
}

/** The distribution of this machine: its packages are what the guest is made of. */
export async function distribution(): Promise<{ id: string; codename: string }> {
  const text = await readFile('/etc/os-release', 'utf8')
  const field = (name: string): string => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? ''
  return { id: field('ID'), codename: field('VERSION_CODENAME') }
}

async function unpack(root: string): Promise<void> {
  const { id, codename } = await distribution()
  const kernel = kernelPackages[id]
  if (kernel === undefined || codename === '') {
    throw new WirebookError(`the microvm is built from Debian's or Ubuntu's packages, and this system is "${id || 'unknown'}"`, {
      remedy: 'build it on Debian or Ubuntu and copy the cache folder that `./wirebook vm status` names',
    })
  }
  const include = [...packages, kernel].join(',')
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', 'mmdebstrap', '--mode=chrootless', '--variant=extract', '--architectures=amd64',
    '--aptopt=APT::Install-Recommends "false"', `--include=${include}`, codename, root, ...(await sources(codename))],
    { stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', data => { errors = (errors + String(data)).slice(-4000) })
  const status = await new Promise(resolve => child.on('error', resolve).on('close', resolve))
  if (status !== 0) {
    const missing = status === 127 // setpriv's "no such program"
    throw new WirebookError(missing ? 'mmdebstrap is not installed' : `mmdebstrap failed (${String(status)}):\n${errors.trim()}`, {
      remedy: missing ? 'sudo apt-get install mmdebstrap squashfs-tools qemu-system-x86'
        : 'check that `apt-get update` works on this machine: the guest uses the same package sources',
    })
  }
}

/** This machine's own package sources for its release, in apt's one-line form. */
async function sources(codename: string): Promise<string[]> {
  const format = '$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(SIGNED_BY)'
  const { stdout } = await run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'])
  const lines = new Set<string>()
  for (const line of stdout.split('\n').filter(Boolean)) {
    const [uri, release, component, key = ''] = line.split('|')
    if (release !== codename && !release?.startsWith(`${codename}-`)) continue
    const option = key.startsWith('/') ? ` [signed-by=${key}]` : ''
    lines.add(`deb${option} ${uri} ${release} ${component}`)
  }
  return [...lines]
}

/** Since Debian 12 /bin, /sbin and /lib are links into /usr; packages of that release may still hold them apart. */
async function merge(root: string): Promise<void> {
  for (const name of ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']) {
    const old = join(root, name)
    const present = await lstat(old).catch(() => undefined)
    if (present?.isSymbolicLink()) continue
    if (present) {
      await cp(old, join(root, 'usr', name), { recursive: true, verbatimSymlinks: true, force: true })
      await rm(old, { recursive: true })
    }
    if (present || name === 'lib64') {
      await mkdir(join(root, 'usr', name), { recursive: true })
      await symlink(`usr/${name}`, old)
    }
  }
}

async function trim(root: string): Promise<void> {
  const unused = [
    'usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/info', 'usr/share/i18n', 'usr/share/lintian',
    'usr/share/bash-completion', 'usr/share/zsh', 'usr/share/fish', 'usr/share/zoneinfo', 'usr/share/common-licenses',
    'usr/bin/dnet', 'usr/bin/ctr', 'usr/bin/containerd-shim', 'usr/bin/containerd-shim-runc-v1', 'usr/bin/containerd-stress',
    'usr/lib/x86_64-linux-gnu/gconv', 'usr/lib/udev', 'usr/lib/systemd', 'var/lib/apt', 'var/lib/dpkg',
    'var/cache', 'usr/lib/x86_64-linux-gnu/perl-base/unicore',
  ]
  for (const path of unused) await rm(join(root, path), { recursive: true, force: true })
}

/** What the packages' own scripts would have done, as far as a lab needs it. */
async function configure(root: string): Promise<void> {
  for (const table of ['passwd', 'group']) {
    await copyFile(join(root, `usr/share/base-passwd/${table}.master`), join(root, 'etc', table))
  }
  await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n')
  // An engine without a registry asks the network first; this makes it fail at once.
  await writeFile(join(root, 'etc/resolv.conf'), 'nameserver 127.0.0.1\n')
  await writeFile(join(root, 'etc/hostname'), 'wirebook\n')
  for (const name of ['iptables', 'iptables-save', 'iptables-restore', 'ip6tables', 'ip6tables-save', 'ip6tables-restore']) {
    await link('xtables-nft-multi', join(root, 'usr/sbin', name))
  }
  await link('mawk', join(root, 'usr/bin/awk'))
  await link('dash', join(root, 'usr/bin/sh'))
  const own = join(root, 'usr/lib/wirebook')
  await mkdir(own, { recursive: true })
  for (const name of ['init', 'agent.pl', 'runtime', 'set-key', 'daemon.json', 'seccomp.json']) {
    await copyFile(join(guest, name), join(own, name))
    await chmod(join(own, name), 0o755)
  }
  await mkdir(join(own, 'bin'))
  await rename(join(root, 'usr/sbin/dockerd'), join(own, 'bin/dockerd'))
  await copyFile(join(guest, 'dockerd'), join(root, 'usr/sbin/dockerd'))
  await chmod(join(root, 'usr/sbin/dockerd'), 0o755)
  for (const name of ['proc', 'sys', 'dev', 'run', 'tmp', 'mnt', 'media', 'opt', 'root', 'var']) {
    await mkdir(join(root, name), { recursive: true })
  }
}

async function initialFileSystem(root: string, modules: Map<string, string>): Promise<Buffer> {
  const order = await loadOrder(bootModules, modules)
  const folder = (name: string) => ({ name, mode: 0o040755 })
  const file = (name: string, mode: number, data: Buffer) => ({ name, mode: 0o100000 | mode, data })
  const loaded = await Promise.all(order.map(async name => {
    const path = modules.get(name) as string
    return { name: basename(path), data: await readFile(path) }
  }))
  return cpio([
    folder('bin'), folder('dev'), folder('modules'),
    { name: 'dev/console', mode: 0o020600, device: [5, 1] },
    file('bin/busybox', 0o755, await readFile(join(root, 'usr/bin/busybox'))),
    file('init', 0o755, await readFile(join(guest, 'initrd-init'))),
    ...loaded.map(({ name, data }) => file(`modules/${name}`, 0o644, data)),
    file('modules/order', 0o644, Buffer.from(`${loaded.map(({ name }) => name).join('\n')}\n`)),
  ])
}

async function link(target: string, path: string): Promise<void> {
  await rm(path, { force: true })
  await symlink(target, path)
}

async function firstThatExists(...paths: string[]): Promise<string> {
  for (const path of paths) {
    if (await access(path).then(() => true, () => false)) return path
  }
  throw new WirebookError(`the kernel package has no kernel: none of ${paths.join(', ')}`)
}

/** The tree may hold folders that its own maker may not write to. */
async function removeTree(root: string): Promise<void> {
  await run('chmod', ['-R', 'u+rwX', root])
  await rm(root, { recursive: true })
}

