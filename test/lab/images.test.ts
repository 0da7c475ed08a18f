import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunningLab } from '../../src/lab/backend.ts'
import { namespaces } from '../../src/lab/backends/namespaces.ts'
import { imageAdd } from '../../src/lab/images/add.ts'
import { archiveOf, imageList } from '../../src/lab/images/available.ts'
import { ensureImage } from '../../src/lab/images/ensure.ts'
import { preload } from '../../src/lab/images/preload.ts'
import { topology } from '../../src/lab/topology.ts'
import { sh } from './backend-run.ts'

let lab: RunningLab
let folder: string
const cache = process.env.XDG_CACHE_HOME

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirebook-images-'))
  process.env.XDG_CACHE_HOME = folder
  lab = await namespaces.start(topology())
})
afterAll(async () => {
  await lab?.stop()
  if (cache === undefined) delete process.env.XDG_CACHE_HOME
  else process.env.XDG_CACHE_HOME = cache
  await rm(folder, { recursive: true, force: true })
})

describe('images from packages', () => {
  test('all engines get busybox and nginx ahead of time; two who want one at once share a load', async () => {
    await Promise.all([preload(lab), ensureImage(lab.docker('A'), 'busybox'), ensureImage(lab.docker('A'), 'docker.io/library/busybox:latest')])
    for (const name of ['A', 'B']) expect(await sh(lab, name, "docker images --format '{{.Repository}}:{{.Tag}}' | sort")).toBe('busybox:latest\nnginx:latest\n')
  })

  test('busybox has the tools of the tutorial', async () => {
    const out = await sh(lab, 'A', 'docker run --rm busybox sh -c "which ip ping wget brctl nc traceroute httpd; id -un"')
    expect(out.trim().split('\n')).toEqual([...['ip', 'ping', 'wget', 'brctl', 'nc', 'traceroute', 'httpd'].map(name => `/bin/${name}`), 'root'])
  })

  test('nginx serves its page of 615 bytes and logs to the container, its workers under an own account', async () => {
    await sh(lab, 'A', 'docker run --rm -d --name web -p 8080:80 nginx')
    const got = await sh(lab, 'A', 'docker run --rm --network container:web busybox sh -c "until wget -q -O /dev/null 127.0.0.1; do usleep 5000; done 2>/dev/null; wget -S -O /dev/null 127.0.0.1 2>&1"')
    expect(got).toMatch(/HTTP\/1.1 200 OK/)
    expect(got).toMatch(/Content-Length: 615/)
    expect(await sh(lab, 'B', 'busybox wget -q -O- 192.168.111.128:8080 | wc -c')).toBe('615\n')
    expect(await sh(lab, 'A', 'docker logs web 2>&1')).toMatch(/GET \/ HTTP\/1.1" 200 615/)
    expect(await sh(lab, 'A', 'docker exec web ps')).toMatch(/www-data nginx: worker/)
    const info = await lab.docker('A').getImage('nginx').inspect()
    expect(info.Config.Cmd).toEqual(['nginx', '-g', 'daemon off;'])
    expect(info.Config.ExposedPorts).toEqual({ '80/tcp': {} })
    expect(info.Config.Env!.join()).toMatch(/NGINX_VERSION=\d+\.\d+\.\d+/)
    await sh(lab, 'A', 'docker stop web')
  })

  test('iperf3 measures', async () => {
    await ensureImage(lab.docker('A'), 'iperf3')
    await sh(lab, 'A', 'docker run --rm -d --name server iperf3 iperf3 --server --one-off')
    const result = JSON.parse(await sh(lab, 'A', 'docker run --rm --network container:server iperf3 sh -c "until netstat -ltn | grep -q :5201; do usleep 5000; done; iperf3 --json --client 127.0.0.1 --time 1"'))
    expect(result.end.sum_received.bits_per_second).toBeGreaterThan(1e6)
  })

  test('an archive is made once, is for this account only, and is the same bytes when it is made again', async () => {
    const path = await archiveOf('nginx')
    const { mtimeMs, mode } = await stat(path)
    expect(mode & 0o077).toBe(0)
    expect((await stat(join(folder, 'wirebook', 'images'))).mode & 0o077).toBe(0)
    const first = createHash('sha256').update(await readFile(path)).digest('hex')
    expect(await archiveOf('nginx:latest')).toBe(path)
    expect((await stat(path)).mtimeMs).toBe(mtimeMs)
    await rm(path)
    expect(await archiveOf('nginx')).toBe(path)
    expect(createHash('sha256').update(await readFile(path)).digest('hex')).toBe(first)
    expect((await readdir(join(folder, 'wirebook', 'images'))).every(name => name.endsWith('.tar') || name === 'added')).toBe(true)
  })
})

describe('other images', () => {
  test('an unknown name says which images there are and how to add one', async () => {
    await expect(ensureImage(lab.docker('A'), 'alpine:3.20')).rejects.toThrow(/no image is called "alpine:3.20"; there are busybox:latest, nginx:latest, iperf3:latest\n→ .*docker save -o FILE alpine:3.20.*\.\/wirebook image add FILE/)
  })

  test.each([['as it is', (bytes: Buffer) => bytes], ['compressed', (bytes: Buffer) => gzipSync(bytes)]])('one that docker save wrote is added %s, and found by every name it has', async (_, form) => {
    await sh(lab, 'A', 'docker tag busybox toolbox:1 && docker tag busybox toolbox:2')
    const saved = lab.exec('A', ['docker', 'save', 'toolbox:1', 'toolbox:2'])
    saved.stdin.end()
    const file = join(folder, 'toolbox.tar')
    await writeFile(file, form(await buffer(saved.stdout)))
    expect((await imageAdd(file)).sort()).toEqual(['toolbox:1', 'toolbox:2'])
    expect((await imageList()).filter(image => image.from === 'added').map(image => image.name)).toEqual(['toolbox:1', 'toolbox:2'])
    await sh(lab, 'B', 'docker rmi -f toolbox:2 >/dev/null 2>&1 || true')
    await ensureImage(lab.docker('B'), 'toolbox:2')
    expect(await sh(lab, 'B', 'docker run --rm toolbox:2 echo here')).toBe('here\n')
  })

  test('what is no archive is refused, and says what was expected', async () => {
    const file = join(folder, 'no.tar')
    await writeFile(file, 'not a tar at all'.repeat(100))
    await expect(imageAdd(file)).rejects.toThrow(/is not an archive of docker save: .*\n→ .*docker save -o FILE/)
    await expect(imageAdd(join(folder, 'missing.tar'))).rejects.toThrow(/there is no file .*missing\.tar/)
  })
})
