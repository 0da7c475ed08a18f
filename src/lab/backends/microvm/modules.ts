/** Kernel modules: which the guest keeps, and the order in which the first ones load. */
import { execFile } from 'node:child_process'
import { readdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What the guest needs to reach its disk, in the order of their dependencies after {@link loadOrder}. */
export const bootModules = ['virtio_pci', 'virtio_blk', 'squashfs', 'overlay']

/** Folders below `kernel/` and single modules that labs use; all that they depend on stays too. */
const keptFolders = [
  'net/bridge', 'net/netfilter', 'net/ipv4', 'net/ipv6', 'net/8021q', 'net/802', 'net/sched', 'net/llc', 'net/core',
  'net/xfrm', 'net/packet', 'net/unix', 'net/netlink', 'net/key', 'drivers/virtio', 'fs/squashfs', 'fs/overlayfs', 'lib',
]
const keptModules = [
  'veth', 'vxlan', 'macvlan', 'macvtap', 'ipvlan', 'ipvtap', 'dummy', 'tun', 'bonding', 'ifb', 'vrf', 'virtio_blk',
  'virtio_console', 'virtio-rng', 'loop', 'fuse', 'af_alg', 'algif_hash', 'gcm', 'ccm', 'cmac', 'authenc', 'echainiv',
  'seqiv', 'sha256_generic', 'crc32c_generic',
]

/**
 * Removes all modules but those that labs use and those they depend on. Compressed ones (`.ko.xz`, since Debian 13) are
 * unpacked: busybox cannot load them.
 * @returns the path of each kept module by its name
 */
export async function trimModules(folder: string): Promise<Map<string, string>> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = files
    .filter(file => file.isFile() && /\.ko(\.xz|\.zst)?$/.test(file.name))
    .map(file => join(file.parentPath, file.name))
  for (const suffix of ['xz', 'zst']) {
    const packed = paths.filter(path => path.endsWith(suffix))
    for (let start = 0; start < packed.length; start += 500) {
      const batch = packed.slice(start, start + 500)
      await run(suffix === 'xz' ? 'xz' : 'zstd', suffix === 'xz' ? ['-d', ...batch] : ['-q', '-d', '--rm', ...batch])
    }
  }
  const byName = new Map<string, string>()
  for (const path of paths) byName.set(moduleName(path), path.replace(/\.(xz|zst)$/, ''))
  const wanted = [...byName].filter(([name, path]) =>
    keptFolders.some(kept => path.includes(`/kernel/${kept}/`)) || keptModules.map(moduleName).includes(name))
  const kept = new Set(await loadOrder(wanted.map(([name]) => name), byName))
  for (const [name, path] of byName) {
    if (kept.has(name)) continue
    await rm(path)
    byName.delete(name)
  }
  return byName
}

/** These modules and all that they depend on, each after what it needs. Names that are built in are left out. */
export async function loadOrder(names: string[], byName: Map<string, string>): Promise<string[]> {
  const ordered = new Set<string>()
  const visit = async (name: string): Promise<void> => {
    const path = byName.get(name)
    if (path === undefined || ordered.has(name)) return
    for (const needed of await dependencies(path)) await visit(needed)
    ordered.add(name)
  }
  for (const name of names) await visit(moduleName(name))
  return [...ordered]
}

/** The `depends=` entry of the module's `.modinfo` section, as modinfo(8) prints it. */
async function dependencies(path: string): Promise<string[]> {
  const data = await readFile(path)
  const start = data.indexOf('\0depends=')
  if (start < 0) return []
  const text = data.toString('latin1', start + 9, data.indexOf(0, start + 9))
  return text.split(',').filter(Boolean).map(moduleName)
}

/** The kernel's own spelling: file names may have dashes where the kernel has underscores. */
function moduleName(path: string): string {
  return basename(path).replace(/\.ko(\.xz|\.zst)?$/, '').replaceAll('-', '_')
}
