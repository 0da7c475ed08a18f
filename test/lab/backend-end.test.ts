import { type ChildProcess, spawn } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { namespaces } from '../../src/lab/backends/namespaces.ts'
import { awaitEngine } from '../../src/lab/backends/namespaces/engine.ts'
import { LabTree } from '../../src/lab/backends/namespaces/tree.ts'
import { plan, planScript } from '../../src/lab/plan.ts'
import { thisEnvironment } from '../../src/lab/plan/environment.ts'
import { topology } from '../../src/lab/topology.ts'
import { lives, traces, treeOf, userNamespaces } from './backend-traces.ts'

/** The longest that a lab may outlive its owner. ms */
const deadline = 5000

/** Repeatable "random" moments: a linear congruential generator with a fixed seed (constants of Numerical Recipes). */
function* random(seed: number): Generator<number> {
  for (;;) yield (seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32
}

describe('kill -9 of the owner leaves nothing', () => {
  const moments = random(20261124)
  const during = Array.from({ length: 10 }, () => Math.round(moments.next().value! * 500))
  test.each(during)('%i ms after the start begins', async ms => {
    await killAfter(async owner => {
      await said(owner, 'starting')
      await delay(ms)
    })
  })

  test('when the lab is up', async () => {
    await killAfter(owner => said(owner, 'up'))
  })
})

async function killAfter(moment: (owner: ChildProcess) => Promise<void>): Promise<void> {
  const before = traces()
  const owner = spawn(process.execPath, [new URL('./backend-owner.ts', import.meta.url).pathname], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = new Promise(resolve => owner.once('exit', resolve))
  await moment(owner)
  const tree = treeOf(owner.pid!)
  const own = readlinkSync('/proc/self/ns/user')
  const namespacesOfLab = new Set(tree.map(userNamespaceOf).filter(name => name && name !== own))
  owner.kill('SIGKILL')
  await exit
  await vanished(tree, namespacesOfLab)
  const after = traces()
  expect(after.mounts).toEqual(before.mounts)
  expect(after.interfaces).toEqual(before.interfaces)
  expect(after.cgroups).toEqual(before.cgroups)
  expect(after.files).toEqual(before.files)
}

async function vanished(tree: number[], labs: Set<string | undefined>): Promise<void> {
  const until = Date.now() + deadline
  for (;;) {
    const processes = tree.filter(lives)
    const kept = [...userNamespaces()].filter(name => labs.has(name))
    if (processes.length === 0 && kept.length === 0) return
    if (Date.now() > until) expect({ processes, kept }).toEqual({ processes: [], kept: [] })
    await delay(10)
  }
}

function userNamespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/user`)
  } catch {
    return undefined // it has just ended
  }
}

function said(owner: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    owner.stdout!.on('data', data => {
      text += data
      if (text.includes(`${word}\n`)) resolve()
    })
    owner.once('exit', code => reject(new Error(`the owner ended with ${code} before it said ${word}`)))
  })
}

describe('a lab that ends', () => {
  test('by stop: at once, and says so', async () => {
    const lab = await namespaces.start(topology())
    await lab.stop()
    expect(await lab.ended).toBe('it was stopped')
    expect(() => lab.exec('A', ['true'])).toThrow(/the lab has ended: it was stopped/)
    await lab.stop()
  })

  test('with commands under way: they end too', async () => {
    const lab = await namespaces.start(topology())
    const process = lab.exec('A', ['sh', '-c', 'echo here; exec sleep 1000'])
    await new Promise(resolve => process.stdout.once('data', resolve))
    await lab.stop()
    expect(await process.exit).toBe(137)
  })

  test('because its owner has nothing more to do: no stop is needed', async () => {
    const owner = spawn(process.execPath, ['--input-type=module', '-e', `
      const { namespaces } = await import('./src/lab/backends/namespaces.ts')
      const { topology } = await import('./src/lab/topology.ts')
      const lab = await namespaces.start(topology())
      const process = lab.exec('A', ['hostname'])
      process.stdout.pipe(globalThis.process.stdout)
      await process.exit`], { cwd: new URL('../..', import.meta.url).pathname, stdio: ['ignore', 'pipe', 'inherit'] })
    const exit = new Promise(resolve => owner.once('exit', resolve))
    await said(owner, 'A')
    const tree = treeOf(owner.pid!)
    expect(await exit).toBe(0)
    await vanished(tree, new Set())
  })

  test('because its first process was killed: it says so', async () => {
    const lab = await namespaces.start(topology())
    const [first] = treeOf(process.pid).slice(1).filter(pid => userNamespaceOf(pid) !== userNamespaceOf(process.pid))
    process.kill(first!, 'SIGKILL')
    expect(await lab.ended).toContain('ended by itself (SIGKILL)')
    await vanished(treeOf(first!), new Set())
  })

  test('by abort while it starts: the start throws the reason, and nothing stays', async () => {
    for (const ms of [0, 5, 30, 100, 200]) {
      const controller = new AbortController()
      const start = namespaces.start(topology(), { signal: controller.signal })
      setTimeout(() => controller.abort(new Error('interrupted')), ms)
      await expect(start).rejects.toThrow('interrupted')
      const own = userNamespaceOf(process.pid)
      await vanished(treeOf(process.pid).filter(pid => userNamespaceOf(pid) !== own), new Set())
    }
  })

})

describe('a lab that cannot be built says why', () => {
  const script = planScript(plan(topology(), thisEnvironment()))

  test('an engine that cannot start: the end of its log', async () => {
    const signal = AbortSignal.timeout(30_000)
    const tree = await LabTree.grow(script.replaceAll('dockerd --rootless', 'dockerd --no-such-option'), signal)
    await expect(awaitEngine(tree, 'B', signal)).rejects.toThrow(/Docker Engine on B ended with status \d+:\n[\s\S]*no-such-option[\s\S]*doctor/)
    await tree.end('the test is over')
  })

  test('a command that fails: which one, on which machine, and its words', async () => {
    const signal = AbortSignal.timeout(30_000)
    const tree = await LabTree.grow(script.replace('hostname B', 'ip link show no-such-link'), signal)
    await expect(tree.unlessBroken(tree.ready('B'), signal)).rejects.toThrow(/could not be built \(B\):\n[\s\S]*no-such-link[\s\S]*B: this failed: ip link show no-such-link/)
    await tree.end('the test is over')
  })

  test('a topology with faults starts nothing', async () => {
    await expect(namespaces.start({ ...topology(), gateway: '10.0.0.1' })).rejects.toThrow(/gateway is "10.0.0.1"/)
  })
})
