/** What a learner's first minute needs, done before the snapshot: images in the engines, programs in the page cache. */
import { ensureImage } from '../../images/ensure.ts'
import { guestEngine } from './engine.ts'
import type { GuestLabState } from './guest-lab.ts'
import { runInGuest } from './guest-lab.ts'
import type { GuestLink } from './link.ts'

/** Programs that run at every container's start, or at a chapter's first commands. */
const programs = 'dockerd containerd containerd-shim-runc-v2 runc crun docker docker-proxy docker-init iptables ip ip6tables tc bash '
  + 'sh nsenter unshare busybox tcpdump iperf3 ping brctl bridge nginx ipvsadm sysctl modprobe perl mount nginx wget traceroute'

export async function warm(link: GuestLink, lab: GuestLabState, progress: (text: string) => void): Promise<void> {
  progress('loading images into its engines')
  const hosts = lab.topology.machines.filter(({ role }) => role === 'host').map(({ name }) => name)
  for (const image of ['busybox', 'nginx']) {
    for (const host of hosts) await ensureImage(guestEngine(link, lab.processes[host] as number), image)
  }
  progress('warming it up')
  // Without a network, so that docker0 stays as it is before its first use.
  for (const host of hosts) {
    const docker = guestEngine(link, lab.processes[host] as number)
    const container = await docker.createContainer({ Image: 'busybox', Cmd: ['true'], HostConfig: { NetworkMode: 'none' } })
    await container.start()
    await container.wait()
    await container.remove()
  }
  await runInGuest(link, ['sh', '-c', `for name in ${programs}; do cat $(command -v $name) || true; done > /dev/null 2>&1`])
}
