import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunningLab } from '../../src/lab/backend.ts'
import { namespaces } from '../../src/lab/backends/namespaces.ts'
import { topology } from '../../src/lab/topology.ts'
import { run, sh } from './backend-run.ts'
import { traces } from './backend-traces.ts'

let lab: RunningLab
let before: ReturnType<typeof traces>

beforeAll(async () => {
  before = traces()
  lab = await namespaces.start(topology())
})
afterAll(() => lab?.stop())

describe('the tutorial lab', () => {
  test.each(topology().machines)('$name has its address, MAC and MTU on $interface', async machine => {
    const [link] = JSON.parse(await sh(lab, machine.name, `ip -json address show dev ${machine.interface}`))
    expect(link).toMatchObject({ address: machine.mac, mtu: 1500, operstate: 'UP' })
    const [local, prefix] = machine.address.split('/')
    expect(link.addr_info[0]).toMatchObject({ family: 'inet', local, prefixlen: Number(prefix) })
    expect(link.addr_info[1]).toMatchObject({ family: 'inet6', scope: 'link' })
    expect(await sh(lab, machine.name, 'hostname; cat /etc/hostname')).toBe(`${machine.name}\n${machine.name}\n`)
  })

  test('both engines answer by dockerode and by the command line, under their own names', async () => {
    for (const name of ['A', 'B']) {
      const info = await lab.docker(name).info()
      expect(info.Name).toBe(name)
      expect(await sh(lab, name, "docker version --format '{{.Server.Version}}'")).toBe(`${info.ServerVersion}\n`)
    }
    const ids = await Promise.all(['A', 'B'].map(async name => (await lab.docker(name).info()).ID))
    expect(ids[0]).not.toBe(ids[1])
    expect(lab.engine).toMatch(/^\d+\.\d+/)
    expect(() => lab.docker('router')).toThrow(/"router" has no engine/)
  })

  test('machines reach each other, by name too, and 8.8.8.8, which is the router', async () => {
    expect(await sh(lab, 'A', 'ping -c 1 192.168.111.129')).toContain(' 0% packet loss')
    expect(await sh(lab, 'B', 'ping -c 1 A')).toContain(' 0% packet loss')
    expect(await sh(lab, 'A', 'ping -c 1 8.8.8.8')).toContain(' 0% packet loss')
    expect(await sh(lab, 'router', 'ip -4 -oneline address show dev lo')).toContain('8.8.8.8/32')
    expect(await sh(lab, 'A', 'ip route get 8.8.8.8')).toContain('via 192.168.111.1 dev ens33 src 192.168.111.128')
  })

  test('nothing leaves: another address is unreachable at once', async () => {
    const { status, out, err } = await run(lab, 'A', ['sh', '-c', 'ping -c 1 -W 3 192.0.2.1'])
    expect(status).not.toBe(0)
    expect(out + err).toMatch(/Unreachable|unreachable/)
  })

  test('nothing of the lab is seen on the machine', () => {
    const now = traces()
    expect(now.mounts).toEqual(before.mounts)
    expect(now.interfaces).toEqual(before.interfaces)
    expect(now.cgroups).toEqual(before.cgroups)
    expect(now.files).toEqual(before.files)
  })

  test("the machine's files cannot be changed from inside, and its homes are not seen", async () => {
    for (const path of ['/usr/bin/wirebook-test', '/wirebook-test', '/lab/wirebook-test', '/.etc/wirebook-test']) {
      expect((await run(lab, 'A', ['touch', path])).err).toContain('Read-only file system')
    }
    expect((await run(lab, 'A', ['rm', '-rf', '/usr/bin/env'])).status).not.toBe(0)
    expect(await sh(lab, 'A', 'ls /home /root /srv /mnt')).not.toMatch(/learner|wirebook/)
    expect(readFileSync('/usr/bin/env').length).toBeGreaterThan(0)
  })

  test('each machine has files, processes and a name of its own', async () => {
    await sh(lab, 'A', 'echo mine > /tmp/note; echo 10.9.9.9 other >> /etc/hosts')
    expect((await run(lab, 'B', ['cat', '/tmp/note'])).status).not.toBe(0)
    expect(await sh(lab, 'B', 'cat /etc/hosts')).not.toContain('other')
    expect(await sh(lab, 'A', 'ps ax | grep -c [d]ockerd')).toBe('1\n')
    expect(await sh(lab, 'router', 'ps ax | grep -c [d]ockerd || true')).toBe('0\n')
  })

  test('sudo just runs its command', async () => {
    expect(await sh(lab, 'A', 'sudo ip link set ens33 promisc on; sudo -E X=1 sh -c "echo $X"; sudo -u root id -u')).toBe('\n0\n')
    await sh(lab, 'A', 'sudo ip link set ens33 promisc off')
  })

  test('orphans are buried', async () => {
    await sh(lab, 'A', 'for i in 1 2 3 4 5; do (sh -c "sleep 0.05 & exit" &); done')
    for (const until = Date.now() + 5000; Date.now() < until; await delay(20)) {
      if (!/sleep|defunct/.test(await sh(lab, 'A', 'ps axo stat,args | grep -v "ps axo"'))) return
    }
    expect.unreachable('orphans still there after 5 s')
  })

  test('a container runs, with the network that the tutorial shows', async () => {
    const { ensureImage } = await import('../../src/lab/images/ensure.ts')
    await ensureImage(lab.docker('A'), 'busybox')
    const out = await sh(lab, 'A', 'docker run --rm busybox sh -c "ip addr show eth0; ping -c 1 192.168.111.129"')
    expect(out).toContain('02:42:ac:11:00:02')
    expect(out).toContain('inet 172.17.0.2/16')
    expect(out).toContain('ttl=63')
  })
})

describe('commands', () => {
  test('standard input, output, error and exit status pass through', async () => {
    expect(await run(lab, 'A', ['sh', '-c', 'cat; echo no >&2; exit 3'], 'text')).toEqual({ status: 3, out: 'text', err: 'no\n' })
    expect((await run(lab, 'A', ['sh', '-c', 'kill -KILL $$'])).status).toBe(137)
    expect((await run(lab, 'A', ['no-such-program'])).status).toBe(127)
  })

  test('environment and working folder', async () => {
    const process = lab.exec('A', ['sh', '-c', 'echo $X $PWD'], { env: { X: 'a b' }, cwd: '/tmp' })
    process.stdin.end()
    let out = ''
    process.stdout.on('data', data => out += data)
    await process.exit
    expect(out).toBe('a b /tmp\n')
    expect(await sh(lab, 'A', 'pwd')).toBe('/root\n')
  })

  test('kill ends a command and what it started', async () => {
    const process = lab.exec('A', ['sh', '-c', 'sleep 1234 & echo started; wait'])
    await new Promise(resolve => process.stdout.once('data', resolve))
    process.kill()
    expect(await process.exit).toBe(137)
    for (const until = Date.now() + 5000; Date.now() < until; await delay(20)) {
      if (!(await sh(lab, 'A', 'ps axo args')).includes('sleep 1234')) return
    }
    expect.unreachable('sleep still runs after 5 s')
  })

  test('a terminal is a terminal', async () => {
    const terminal = lab.terminal('B', ['bash', '--norc'], { columns: 91, rows: 20, env: { PS1: '> ' } })
    let text = ''
    terminal.onData(data => text += data)
    terminal.write('stty size; tty; hostname\r')
    terminal.write('exit 4\r')
    expect(await terminal.exit).toBe(4)
    expect(text).toContain('20 91')
    expect(text).toContain('/dev/pts/')
  })

  test('an unknown machine or an empty command says so', () => {
    expect(() => lab.exec('C', ['true'])).toThrow(/no machine is called "C"[\s\S]*A, B, router|router/)
    expect(() => lab.exec('A', [])).toThrow(/the command is empty/)
  })
})

test('features are those that the kernel has', async () => {
  expect(lab.features).not.toContain('ipvs')
  const made = await run(lab, 'B', ['sh', '-c', 'ip link add link ens33 name try0 type macvlan && ip link delete try0'])
  expect(lab.features.includes('macvlan')).toBe(made.status === 0)
})
