import type { RunningLab } from '../backend.ts'
import { archiveOf } from './available.ts'
import { ensureImage } from './ensure.ts'

/** Brings images into all engines of a lab, each image to all hosts before the next. */
export async function preload(lab: RunningLab, names: string[] = ['busybox', 'nginx']): Promise<void> {
  const hosts = lab.topology.machines.filter(({ role }) => role === 'host').map(({ name }) => name)
  for (const name of names) {
    await archiveOf(name) // made once, not by each host
    await Promise.all(hosts.map(host => ensureImage(lab.docker(host), name)))
  }
}
