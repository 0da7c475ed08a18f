import type Docker from 'dockerode'
import type { RunningLab } from '../lab/backend.ts'
import type { LabHost } from '../lab/host.ts'
import { isMissing } from './replace.ts'

const known = new WeakMap<RunningLab, Map<string, Docker.ImageInspectInfo['Config']>>()

/** What an image runs by itself. Brings the image into the engine when it lacks it. */
export async function imageConfig(host: LabHost, lab: RunningLab, image: string): Promise<Docker.ImageInspectInfo['Config']> {
  if (!known.has(lab)) known.set(lab, new Map())
  const configs = known.get(lab)!
  const key = `${host.name} ${image}`
  const docker = lab.docker(host.name)
  const inspect = () => docker.getImage(image).inspect()
  let config = configs.get(key)
  if (!config) {
    try {
      config = (await inspect()).Config
    } catch (error) {
      if (!isMissing(error)) throw error
      const { ensureImage } = await import('../lab/images/ensure.ts')
      await ensureImage(docker, image)
      config = (await inspect()).Config
    }
    configs.set(key, config)
  }
  return config
}
