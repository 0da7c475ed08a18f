import { existsSync, readFileSync } from 'node:fs'
import { get } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { createRequire } from 'node:module'
import type Docker from 'dockerode'
import { LabError } from '../../lab-error.ts'
import { engineLog, engineSocket } from '../../plan/machine.ts'
import type { LabTree } from './tree.ts'

/**
 * A machine's own files, seen from outside through one of its processes: nothing of the lab is on the machine's disk.
 * The kernel shows them to the lab's owner and to root (proc(5), /proc/pid/root; ptrace(2), access mode checking).
 */
function inMachine(pid: number, path: string): string {
  return `/proc/${pid}/root${path}`
}

const require = createRequire(import.meta.url)

/** Loads dockerode, which takes a tenth of a second: best while the engines start. Once is enough. */
export function loadClient(): typeof Docker {
  return require('dockerode')
}

export function engineClient(pid: number): Docker {
  const Client = loadClient()
  return new Client({ socketPath: inMachine(pid, engineSocket) })
}

/** Resolves with the engine's version when it answers. @throws {LabError} with the end of its log when it ends instead */
export async function awaitEngine(tree: LabTree, host: string, signal: AbortSignal): Promise<string> {
  const pid = await tree.started(host)
  const socket = inMachine(pid, engineSocket)
  while (!existsSync(socket)) {
    failIfEnded(tree, host, pid)
    await delay(4, undefined, { signal })
  }
  for (;;) {
    const version = await ping(socket, signal)
    if (version !== undefined) return version
    failIfEnded(tree, host, pid)
    await delay(4, undefined, { signal })
  }
}

function failIfEnded(tree: LabTree, host: string, pid: number): void {
  const status = tree.engineStatus(host)
  if (status === undefined) return
  throw new LabError(`the Docker Engine on ${host} ended with status ${status}:\n${logTail(pid)}`, {
    remedy: 'its log above says why; ./wirebook doctor says what this machine can do',
  })
}

function logTail(pid: number): string {
  try {
    return readFileSync(inMachine(pid, engineLog), 'utf8').trim().split('\n').slice(-10).join('\n')
  } catch (error) {
    return `(its log cannot be read: ${(error as Error).message})`
  }
}

/**
 * The socket is there some time before the engine serves; a request that comes early waits in its queue. The answer's
 * Server header names the version: `Docker/20.10.24 (linux)`; what a distribution adds to it (`+dfsg1`) is left out.
 */
function ping(socketPath: string, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath, path: '/_ping', signal, agent: false }, response => {
      response.resume()
      response.on('end', () => resolve(/^Docker\/([^\s+]+)/.exec(String(response.headers.server))?.[1] ?? 'unknown'))
    })
    request.on('error', error => {
      if (signal.aborted) reject(error)
      else resolve(undefined) // not listening yet, or no longer: asked again, unless it has ended
    })
  })
}
