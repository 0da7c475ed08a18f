import { createReadStream } from 'node:fs'
import { text } from 'node:stream/consumers'
import type Docker from 'dockerode'
import { WirebookError } from '../../error.ts'
import { archiveOf } from './available.ts'
import { familiarName } from './reference.ts'

export interface EnsureOptions {
  signal?: AbortSignal
  progress?: (text: string) => void
}

/** Loads that are under way, so that two who want the same image at once share one. */
const underWay = new WeakMap<Docker, Map<string, Promise<void>>>()

/**
 * Brings an image into an engine that lacks it, from the machine's packages or from an archive that was added.
 * @throws {WirebookError} for a name that nothing is known of, listing those that are
 */
export async function ensureImage(docker: Docker, reference: string, options: EnsureOptions = {}): Promise<void> {
  const name = familiarName(reference)
  const loads = underWay.get(docker) ?? new Map<string, Promise<void>>()
  underWay.set(docker, loads)
  let load = loads.get(name)
  if (!load) {
    load = bring(docker, reference, options).finally(() => loads.delete(name))
    loads.set(name, load)
  }
  await Promise.race([load, aborted(options.signal)])
}

async function bring(docker: Docker, reference: string, options: EnsureOptions): Promise<void> {
  if (await has(docker, reference)) return
  options.progress?.(`making the image ${reference} ready`)
  const path = await archiveOf(reference)
  options.progress?.(`loading the image ${reference}`)
  const answer = await text(await docker.loadImage(createReadStream(path, { highWaterMark: 1 << 20 }), { quiet: true }))
  const error = answer.split('\n').map(errorOf).find(error => error !== undefined)
  if (error) {
    throw new WirebookError(`the engine could not load the image ${reference}: ${error}`, { remedy: `is ${path} whole? Remove it; it is made again` })
  }
}

async function has(docker: Docker, reference: string): Promise<boolean> {
  try {
    await docker.getImage(reference).inspect()
    return true
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false
    throw error
  }
}

/** The engine answers 200 and says in the stream what went wrong. */
function errorOf(line: string): string | undefined {
  try {
    return (JSON.parse(line) as { error?: string }).error
  } catch {
    return undefined // an empty line
  }
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason)
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
