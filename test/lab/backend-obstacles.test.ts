import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Obstacle } from '../../src/lab/backend.ts'
import { chooseBackend, NoBackendError } from '../../src/lab/choose.ts'
import { namespaces } from '../../src/lab/backends/namespaces.ts'
import { firstFreeRange } from '../../src/lab/backends/namespaces/obstacles.ts'

const root = process.getuid!() === 0
const ask = `const { namespaces } = await import('./src/lab/backends/namespaces.ts'); console.log(JSON.stringify(await namespaces.obstacles([])))`

/** The obstacles that a process finds which a shell command has put into a poorer place. */
async function obstaclesWhere(place: string, wrapper = ['unshare', '--user', '--map-root-user', '--mount']): Promise<Obstacle[]> {
  const { stdout } = await promisify(execFile)(wrapper[0]!, [...wrapper.slice(1), 'sh', '-c', `${place} && exec "$@"`, 'sh', process.execPath, '--input-type=module', '-e', ask], {
    cwd: new URL('../..', import.meta.url).pathname,
  })
  return JSON.parse(stdout) as Obstacle[]
}

describe('obstacles', () => {
  test('none on this machine', async () => {
    expect(await namespaces.obstacles([])).toEqual([])
  })

  test('user namespaces switched off: which setting, and the command that sets it', async () => {
    const [obstacle] = await obstaclesWhere('echo 0 > /proc/sys/user/max_user_namespaces')
    expect(obstacle).toEqual({
      what: 'user namespaces are switched off: user.max_user_namespaces is 0',
      remedy: expect.stringMatching(/^sudo sysctl -w user.max_user_namespaces=\d+ or use --backend microvm/),
    })
  })

  test('programs missing: all of them in one apt line', async () => {
    const [obstacle] = await obstaclesWhere('for p in /usr/sbin/dockerd /usr/sbin/runc /usr/sbin/iptables; do mount --bind /dev/null $p; done')
    expect(obstacle!.what).toMatch(/^dockerd, .*iptables are missing$/)
    expect(obstacle!.remedy).toMatch(/^apt-get install docker\.io .*iptables$/)
  })

  test('no_new_privs: an ordinary user cannot be given ids; root needs none', async () => {
    const [obstacle] = await obstaclesWhere('true', ['setpriv', '--no-new-privs'])
    if (root) expect(obstacle).toBeUndefined()
    else expect(obstacle!.what).toContain('no_new_privs')
  })

  test('IPVS is not to be had in a user namespace, whatever the kernel has', async () => {
    expect(await namespaces.obstacles(['ipvs'])).toEqual([{ what: expect.stringContaining('IPVS cannot be set up from a user namespace'), remedy: expect.stringContaining('microvm') }])
    const failure = await chooseBackend('namespaces', ['ipvs']).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(NoBackendError)
    expect(failure).toMatchObject({ exitCode: 3, message: expect.stringMatching(/no backend can serve a lab with ipvs[\s\S]*namespaces: IPVS[\s\S]*→/) })
  })

  test('a backend that is asked for is taken, with the reason', async () => {
    expect(await chooseBackend('namespaces')).toMatchObject({ backend: { name: 'namespaces' }, why: 'namespaces was asked for' })
    expect((await chooseBackend()).why).toContain('namespaces')
    await expect(chooseBackend('cloud' as never)).rejects.toThrow(/no backend is called "cloud"\n→ use auto, namespaces, microvm, engines/)
  })

  test('a new range of ids begins behind the last', () => {
    expect(firstFreeRange([])).toBe(100_000)
    expect(firstFreeRange([{ first: 100_000, count: 65_536 }, { first: 165_536, count: 65_536 }])).toBe(231_072)
  })
})
