/** The image, by the very steps of binder/Dockerfile, on a base made here (base.sh): no registry of images is asked. */
import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readFileSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import type Docker from 'dockerode'

export const repository = join(import.meta.dirname, '../..')

/** Where base and engine are kept between runs, outside the tree. */
export const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'wirebook-test', 'binder')

export interface Image { name: string; bytes: number; built: boolean; seconds: number }

/** Builds the image, unless this state of the checkout has been built before. */
export async function buildImage(docker: Docker, progress: (line: string) => void): Promise<Image> {
  const began = performance.now()
  const base = await importBase(docker, progress)
  const context = contextArchive()
  const name = `wirebook-binder:${createHash('sha256').update(base).update(context).digest('hex').slice(0, 16)}`
  const present = await docker.getImage(name).inspect().catch(() => undefined)
  if (!present) {
    // The stage has a name too: else nothing holds it, and each change would build everything again.
    for (const [target, tag] of [['build', 'wirebook-binder-stage:build'], [undefined, name]] as const) {
      await follow(docker, await docker.buildImage(Readable.from([context]), {
        t: tag, target, dockerfile: 'binder/Dockerfile', networkmode: 'host', buildargs: { BASE: base }, rm: true, forcerm: true,
      }), progress)
    }
    await removeOlder(docker, name)
  }
  const { Size: bytes } = present ?? await docker.getImage(name).inspect()
  return { name, bytes, built: !present, seconds: (performance.now() - began) / 1000 }
}

/** The base's name in the engine; its tag is the hash of what makes it. */
async function importBase(docker: Docker, progress: (line: string) => void): Promise<string> {
  const hash = createHash('sha256')
  for (const name of ['test/binder/base.sh', 'src/cli/bootstrap/node.sh', 'src/cli/bootstrap/npm.sh']) {
    hash.update(readFileSync(join(repository, name)))
  }
  const tag = hash.digest('hex').slice(0, 16)
  const name = `wirebook-base:${tag}`
  if (await docker.getImage(name).inspect().then(() => true, () => false)) return name
  const place = join(folder, `base-${tag}`)
  if (!existsSync(join(place, 'base.tar'))) {
    progress("making a base image from Debian's packages\n")
    await promisify(execFile)(join(repository, 'test/binder/base.sh'), [place], { timeout: 600_000, maxBuffer: 1 << 24 })
  }
  const variables = readFileSync(join(place, 'base.env'), 'utf8').trim().split('\n').map(line => `ENV ${line}`)
  const options = { fromSrc: '-', repo: 'wirebook-base', tag, changes: [...variables, 'CMD ["node"]'] }
  const archive = createReadStream(join(place, 'base.tar'), { highWaterMark: 1 << 20 })
  // Dockerode's types know only the form with a file's name.
  await follow(docker, await docker.importImage(archive as unknown as string, options as object) as NodeJS.ReadableStream, () => {})
  rmSync(place, { recursive: true }) // the engine holds it now
  return name
}

/** What a clone of this state holds: the files that git knows, or would take. The same files give the same bytes. */
function contextArchive(): Buffer {
  const words = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const listed = execFileSync('git', words, { cwd: repository, encoding: 'utf8', maxBuffer: 1 << 26 }).split('\0')
  const names = [...new Set(listed)].filter(name => name && existsSync(join(repository, name))).sort()
  const input = names.map(name => `${name}\0`).join('')
  const tar = ['--create', '--owner=0', '--group=0', '--mtime=@0', '--mode=go+rX,go-w', '--no-recursion', '--null', '--files-from=-']
  return execFileSync('tar', tar, { cwd: repository, input, maxBuffer: 1 << 30 })
}

async function follow(docker: Docker, stream: NodeJS.ReadableStream, progress: (line: string) => void): Promise<void> {
  let last = ''
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, error => error ? reject(new Error(`${error.message}\n${last}`)) : resolve(), event => {
      const { stream: line, error } = event as { stream?: string; error?: string }
      if (line) last = (last + line).slice(-4000)
      if (line) progress(line)
      if (error) reject(new Error(`${error}\n${last}`))
    })
  })
}

/** Images of earlier states, and their stages. */
async function removeOlder(docker: Docker, name: string): Promise<void> {
  for (const { RepoTags: tags } of await docker.listImages()) {
    for (const tag of tags ?? []) {
      if (tag.startsWith('wirebook-binder:') && tag !== name) await docker.getImage(tag).remove({ force: true })
    }
  }
  await docker.pruneImages({ filters: { dangling: { true: true } } })
}
