import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunningLab } from '../../src/lab/backend.ts'
import { engines } from '../../src/lab/backends/engines.ts'
import { places } from '../../src/lab/backends/engines/places.ts'
import { namespaces } from '../../src/lab/backends/namespaces.ts'
import { topology } from '../../src/lab/topology.ts'

describe('engines are named', () => {
  test('by URL', async () => {
    expect(await places({ WIREBOOK_ENGINES: 'A=ssh://me@vm1, B=ssh://me@vm2:2222,C=unix:///run/docker.sock,D=tcp://vm4:2375' })).toEqual([
      { name: 'A', kind: 'ssh', url: 'ssh://me@vm1', target: 'me@vm1' },
      { name: 'B', kind: 'ssh', url: 'ssh://me@vm2:2222', target: 'ssh://me@vm2:2222' },
      { name: 'C', kind: 'unix', url: 'unix:///run/docker.sock', target: '/run/docker.sock' },
      { name: 'D', kind: 'tcp', url: 'tcp://vm4:2375', target: 'vm4:2375' },
    ])
    expect(await places({ DOCKER_HOST: 'unix:///x' })).toMatchObject([{ name: 'A', target: '/x' }])
    expect(await places({})).toEqual([])
  })

  test.each([['A', /is not NAME=URL/], ['A=http://x', /is no place of an engine/], ['A=ssh://-oProxyCommand=x', /is no place/], ['A=unix:///x,A=unix:///y', /names A twice/], ['A=context:none-such', /no Docker context "none-such"/]])('%s is refused', async (named, message) => {
    await expect(places({ WIREBOOK_ENGINES: named })).rejects.toThrow(message)
  })
})

describe('engines that run already', () => {
  let sealed: RunningLab
  let lab: RunningLab
  beforeAll(async () => {
    sealed = await namespaces.start(topology())
    const socket = (host: string) => (sealed.docker(host).modem as unknown as { socketPath: string }).socketPath
    process.env.WIREBOOK_ENGINES = `A=unix://${socket('A')},B=unix://${socket('B')}`
    expect(await engines.obstacles([])).toEqual([])
    lab = await engines.start(topology())
  })
  afterAll(async () => {
    delete process.env.WIREBOOK_ENGINES
    await lab?.stop()
    await sealed?.stop()
  })

  test('answer, each by its name, and go on when they are left', async () => {
    expect((await lab.docker('B').info()).Name).toBe('B')
    expect(lab.engine).toBe(sealed.engine)
    await lab.stop()
    expect(await lab.ended).toContain('the engines go on')
    expect((await lab.docker('A').info()).Name).toBe('A')
  })

  test('run programs on their machine, and end them with what they started', async () => {
    const running = lab.exec('A', ['sh', '-c', 'sleep 4321 & echo here; wait'], { env: { X: 'a b' }, cwd: '/' })
    await new Promise(resolve => running.stdout.once('data', resolve))
    running.kill()
    expect(await running.exit).toBe(137)
  })
})

test('an engine that does not answer is an obstacle, with a command to try', async () => {
  process.env.WIREBOOK_ENGINES = 'A=unix:///nowhere/docker.sock'
  expect(await engines.obstacles([])).toEqual([{ what: expect.stringMatching(/A at unix:\/\/\/nowhere\/docker.sock does not answer/), remedy: 'try: DOCKER_HOST=unix:///nowhere/docker.sock docker version' }])
  delete process.env.WIREBOOK_ENGINES
})
