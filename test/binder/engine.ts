/** A Docker Engine for this test alone, where none is meant to run: see engine.sh, which starts it and cleans up. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import Docker from 'dockerode'

export interface Engine {
  docker: Docker
  /** Ends it with all of its containers, and waits until nothing of it is left. */
  stop(): Promise<void>
}

/** Programs and rights that it needs; the reason why it cannot run here, or undefined. */
export function engineObstacle(): string | undefined {
  if (process.platform !== 'linux') return `an engine of its own needs Linux, and this is ${process.platform}`
  if (process.getuid?.() !== 0) return 'only root can start an engine that imitates a pod with its limits'
  return undefined
}

/** Starts it on a folder that keeps its images from one run to the next. */
export async function startEngine(folder: string): Promise<Engine> {
  const child = spawn(join(import.meta.dirname, 'engine.sh'), [folder], { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => {}) // its end tells more
  const ended = once(child, 'close')
  const said = text(child.stderr)
  const docker = new Docker({ socketPath: join(folder, 'docker.sock') })
  const stop = async () => {
    child.stdin.end()
    await ended
    const words = await said
    if (words.includes('could not be removed')) throw new Error(words)
  }
  await Promise.race([once(child.stdout, 'data'), ended]) // another run may have it: then this one waits
  const deadline = performance.now() + 60_000
  for (;;) {
    if (await docker.ping().then(() => true, () => false)) return { docker, stop }
    const gone = child.exitCode !== null
    if (gone || performance.now() > deadline) {
      await stop().catch(() => {})
      const log = readFileSync(join(folder, 'dockerd.log'), 'utf8').split('\n').slice(-15).join('\n')
      throw new Error(`the engine ${gone ? `ended with status ${child.exitCode}` : 'did not answer within 60 s'}:\n${await said}${log}`)
    }
    await delay(100)
  }
}
