import { AsyncLocalStorage } from 'node:async_hooks'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunningLab } from '../../src/lab/backend.ts'
import { microvm } from '../../src/lab/backends/microvm.ts'
import { buildVm, vmStatus } from '../../src/lab/backends/microvm/build.ts'
import { topology } from '../../src/lab/topology.ts'
import { lives, treeOf } from './backend-traces.ts'

let folder = ''

beforeAll(async () => {
  folder = await buildVm({ progress: say => process.stderr.write(`${say}\n`) })
}, 1_200_000)

async function run(lab: RunningLab, machine: string, command: string[], input = '') {
  const process = lab.exec(machine, command)
  process.stdin.end(input)
  const [stdout, stderr, exitCode] = await Promise.all([text(process.stdout), text(process.stderr), process.exit])
  return { stdout, stderr, exitCode }
}

describe('a lab in the microvm', () => {
  let lab: RunningLab
  beforeAll(async () => { lab = await microvm.start(topology()) })
  afterAll(async () => { await lab?.stop() })

  test('has both engines, with images, and what chapters may need', async () => {
    for (const host of ['A', 'B']) {
      const images = await lab.docker(host).listImages()
      expect(images.flatMap(image => image.RepoTags ?? []).sort()).toEqual(['busybox:latest', 'nginx:latest'])
      expect((await lab.docker(host).version()).Version.startsWith(lab.engine)).toBe(true)
    }
    expect(lab.features).toEqual(expect.arrayContaining(['ipvlan', 'ipvs', 'macvlan', 'netem', 'vlan', 'vxlan']))
  })

  test('has the machines with their addresses, apart from each other', async () => {
    for (const { name, interface: device, address } of lab.topology.machines) {
      expect((await run(lab, name, ['hostname'])).stdout).toBe(`${name}\n`)
      expect((await run(lab, name, ['ip', '-4', 'addr', 'show', device])).stdout).toContain(address)
    }
    expect((await run(lab, 'A', ['ping', '-c1', '-W5', '8.8.8.8'])).exitCode).toBe(0)
  })

  test('runs programs with their streams, statuses and environment', async () => {
    expect(await run(lab, 'A', ['sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 })
    expect((await run(lab, 'A', ['cat'], 'typed\n')).stdout).toBe('typed\n')
    expect((await run(lab, 'A', ['no-such-program'])).exitCode).toBe(127)
    const process = lab.exec('B', ['sh', '-c', 'echo "$NAME in $PWD"'], { env: { NAME: "a 'b' $c" }, cwd: '/var' })
    expect(await text(process.stdout)).toBe("a 'b' $c in /var\n")
  })

  test('brings what a program says to the cell that started it', async () => {
    const cell = new AsyncLocalStorage<string>()
    const heard = (stream: NodeJS.ReadableStream) => new Promise(resolve => stream.once('data', () => resolve(cell.getStore())))
    for (const name of ['first', 'second']) {
      expect(await cell.run(name, () => heard(lab.exec('A', ['echo', 'said']).stdout))).toBe(name)
    }
  })

  test('passes megabytes through unchanged, and a slow reader holds up nobody else', async () => {
    const bytes = Buffer.alloc(3_000_000, 'wirebook ')
    const echo = lab.exec('A', ['cat'])
    echo.stdin.end(bytes)
    expect((await buffer(echo.stdout)).equals(bytes)).toBe(true)
    const flood = lab.exec('A', ['yes']) // nobody reads it
    expect((await run(lab, 'A', ['echo', 'still here'])).stdout).toBe('still here\n')
    flood.kill()
    flood.stdout.resume()
    expect(await flood.exit).toBe(137)
  })

  test('ends a program and what it started', async () => {
    const process = lab.exec('A', ['sh', '-c', 'sleep 4321 & echo started; wait'])
    await once(process.stdout, 'data')
    process.kill('SIGKILL')
    process.stdout.resume()
    expect(await process.exit).toBe(137)
    expect((await run(lab, 'A', ['pgrep', '-f', 'sleep 4321'])).stdout).toBe('')
  })

  test('gives terminals that know their size', async () => {
    const terminal = lab.terminal('A', ['sh'], { columns: 100, rows: 40 })
    let said = ''
    terminal.onData(data => { said += data })
    terminal.write('stty size; tty\n')
    await until(() => said.includes('40 100') && said.includes('/dev/pts/'))
    terminal.resize(60, 20)
    terminal.write('stty size\n')
    await until(() => said.includes('20 60'))
    terminal.write('exit 5\n')
    expect(await terminal.exit).toBe(5)
  })

  test('runs a container', async () => {
    const docker = lab.docker('A')
    const container = await docker.createContainer({ Image: 'busybox', Cmd: ['sh', '-c', 'echo hello; sleep 100'] })
    await container.start()
    const { NetworkSettings } = await container.inspect()
    expect(NetworkSettings.Networks.bridge?.IPAddress).toBe('172.17.0.2')
    expect((await run(lab, 'A', ['ping', '-c1', '-W5', '172.17.0.2'])).exitCode).toBe(0)
    expect((await run(lab, 'A', ['docker', 'exec', container.id, 'ip', 'addr', 'show', 'eth0'])).stdout).toContain('172.17.0.2/16')
    await container.remove({ force: true })
  }, 120_000)

  test('has the right clock, and random bytes of its own', async () => {
    const clock = Number((await run(lab, 'A', ['date', '+%s'])).stdout)
    expect(Math.abs(clock - Date.now() / 1000)).toBeLessThan(5)
    const second = await microvm.start(topology())
    try {
      const [one, two] = await Promise.all([lab, second].map(each => run(each, 'A', ['head', '-c16', '/dev/urandom'])))
      expect(one?.stdout).not.toBe(two?.stdout)
    } finally {
      await second.stop()
    }
  })

  test('opens no port and no file that it could write to on the machine', () => {
    const machine = treeOf(process.pid).find(pid => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('qemu')) as number
    const descriptors = readdirSync(`/proc/${machine}/fd`).map(fd => readlinkSync(`/proc/${machine}/fd/${fd}`))
    const files = descriptors.filter(path => path.startsWith('/') && !path.startsWith('/dev/'))
    expect(files.every(path => path.startsWith(realpathSync(folder)))).toBe(true)
    const sockets = new Set(descriptors.flatMap(path => /^socket:\[(\d+)\]/.exec(path)?.[1] ?? []))
    const listening = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap(name => readFileSync(`/proc/net/${name}`, 'utf8').split('\n').slice(1))
    expect(listening.filter(line => sockets.has(line.trim().split(/\s+/)[9] ?? ''))).toEqual([])
  })
})

describe('the other topologies', () => {
  test('ipvlan has a snapshot of its own', async () => {
    const lab = await microvm.start(topology({ name: 'ipvlan' }))
    expect((await run(lab, 'A', ['ip', '-4', 'addr', 'show', 'ens33'])).stdout).toContain('192.168.0.105/24')
    await lab.stop()
  })

  test('any other is built in the guest', async () => {
    const lab = await microvm.start(topology({ hosts: 3 }))
    expect((await run(lab, 'C', ['hostname'])).stdout).toBe('C\n')
    await lab.docker('C').ping()
    await lab.stop()
  }, 300_000)
})

describe('the lab ends with its owner', () => {
  test.each([0, 40, 150, 400])('killed %i ms after the start began', async ms => {
    await killOwner('starting', ms)
  })

  test('killed when the lab is up', async () => {
    await killOwner('up', 0)
  })

  test('by stop: it says so, and commands under way end', async () => {
    const lab = await microvm.start(topology())
    const sleeping = lab.exec('A', ['sleep', '1000'])
    const outcome = sleeping.exit.then(status => status, () => 'gone')
    await lab.stop()
    expect(await lab.ended).toBe('it was stopped')
    expect(await outcome).toBe('gone')
  })

  test('by abort while it starts', async () => {
    for (const ms of [0, 20, 80]) {
      const controller = new AbortController()
      const start = microvm.start(topology(), { signal: controller.signal })
      setTimeout(() => controller.abort(new Error('interrupted')), ms)
      await expect(start).rejects.toThrow('interrupted')
    }
    await until(() => !treeOf(process.pid).some(pid => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('qemu')))
  })
})

test('the snapshots are not changed by the labs that went on from them', async () => {
  const { accelerators } = await vmStatus()
  const before = readFileSync(join(folder, accelerators[0]!, 'tutorial', 'lab.json'), 'utf8')
  const lab = await microvm.start(topology())
  await run(lab, 'A', ['touch', '/root/mark'])
  await lab.stop()
  const again = await microvm.start(topology())
  expect((await run(again, 'A', ['ls', '/root'])).stdout).toBe('')
  await again.stop()
  expect(readFileSync(join(folder, accelerators[0]!, 'tutorial', 'lab.json'), 'utf8')).toBe(before)
})

/** Kills the owner so long after it said a word; its machine is gone soon after. */
async function killOwner(word: string, ms: number): Promise<void> {
  const owner = spawn(process.execPath, [join(import.meta.dirname, 'microvm-owner.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  owner.stdout.on('data', data => { said += String(data) })
  await until(() => said.includes(`${word}\n`))
  await delay(ms)
  const tree = treeOf(owner.pid!)
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  await until(() => !tree.some(lives))
}

async function until(condition: () => boolean, timeout = 30_000): Promise<void> {
  const deadline = performance.now() + timeout
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${timeout / 1000} s: ${condition}`)
    await delay(20)
  }
}
