import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { LabError } from '../../lab-error.ts'

/** Where an engine is. */
export interface Place {
  /** Its name in the lab: A, B, … */
  name: string
  kind: 'unix' | 'tcp' | 'ssh'
  url: string
  /** The socket's path, `host:port`, or what ssh is given: `me@vm1` or `ssh://me@vm1:2222`. */
  target: string
}

/** The engines that the environment names; DOCKER_HOST alone is host A when WIREBOOK_ENGINES is empty. */
export async function places(environment: NodeJS.ProcessEnv = process.env): Promise<Place[]> {
  const named = environment.WIREBOOK_ENGINES?.trim()
  if (!named) return environment.DOCKER_HOST ? [place('A', environment.DOCKER_HOST)] : []
  const pairs = named.split(',').map(pair => /^\s*([A-Za-z0-9][A-Za-z0-9-]*)\s*=\s*(\S+)\s*$/.exec(pair) ?? wrong(pair))
  const found = await Promise.all(pairs.map(async ([, name, url]) => place(name!, await contextUrl(url!))))
  const twice = found.find(({ name }, index) => found.findIndex(other => other.name === name) !== index)
  if (twice) throw new LabError(`WIREBOOK_ENGINES names ${twice.name} twice`, { remedy: 'give each engine a name of its own' })
  return found
}

function wrong(pair: string): never {
  throw new LabError(`WIREBOOK_ENGINES: ${JSON.stringify(pair)} is not NAME=URL`, { remedy: "write it as 'A=ssh://user@first,B=ssh://user@second'" })
}

function place(name: string, url: string): Place {
  const [, kind, rest] = /^(unix|tcp|ssh):\/\/(.+)$/.exec(url) ?? []
  if (kind === 'unix') return { name, kind, url, target: rest! }
  if (kind === 'tcp') return { name, kind, url, target: rest!.replace(/\/$/, '') }
  // What begins with a dash would be an option of ssh.
  if (kind === 'ssh' && !rest!.startsWith('-')) return { name, kind, url, target: /:\d+$/.test(rest!) ? url : rest!.replace(/\/$/, '') }
  throw new LabError(`the engine ${name}: ${JSON.stringify(url)} is no place of an engine`, {
    remedy: 'use ssh://user@machine, unix:///run/docker.sock, tcp://machine:2375 or context:NAME' })
}

/** `context:NAME` is a Docker context: the docker program knows its endpoint. */
async function contextUrl(url: string): Promise<string> {
  if (!url.startsWith('context:')) return url
  const name = url.slice('context:'.length)
  try {
    const { stdout } = await promisify(execFile)('docker', ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}', '--', name], { timeout: 10_000 })
    return stdout.trim()
  } catch (cause) {
    throw new LabError(`there is no Docker context ${JSON.stringify(name)}: ${(cause as Error).message.trim().split('\n').at(-1)}`, {
      remedy: 'docker context ls shows those that there are', cause })
  }
}
