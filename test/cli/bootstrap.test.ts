import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { repository, wirebook } from './wirebook.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirebook-bootstrap-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs bash with the bootstrap's functions, on a checkout that is this folder. */
function bash(script: string, env: Record<string, string> = {}): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const parts = ['progress', 'state', 'download', 'system', 'node', 'npm', 'python', 'compiler'].map(part => `. '${repository}/src/cli/bootstrap/${part}.sh'`)
  const start = `set -euo pipefail; ROOT=$PWD WB=$PWD/.wirebook LEVEL=run command=run needs='system node npm python' words=(run)\n`
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', `${start}${parts.join('\n')}\n${script}`], {
      cwd: folder, env: { PATH: process.env.PATH, HOME: folder, ...env }, stdio: ['ignore', 'pipe', 'pipe'], timeout: 50_000,
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', text => (stdout += text))
    child.stderr.on('data', text => (stderr += text))
    child.once('error', reject).once('close', status => resolve({ status, stdout, stderr }))
  })
}

/** A folder with these programs of the system alone, to be the PATH. */
function programs(...names: string[]): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  for (const name of names) symlinkSync(name === 'node' ? process.execPath : existsSync(`/usr/bin/${name}`) ? `/usr/bin/${name}` : `/bin/${name}`, join(bin, name))
  return bin
}

describe('a package from a registry', () => {
  let registry: Server
  let url: string
  let requests: string[]
  let answer: Buffer
  let tarball: Buffer
  let integrity: string

  beforeAll(async () => {
    const source = mkdtempSync(join(tmpdir(), 'wirebook-package-'))
    mkdirSync(join(source, 'package/bin'), { recursive: true })
    writeFileSync(join(source, 'package/package.json'), '{"name": "tool", "version": "1.2.3"}')
    writeFileSync(join(source, 'package/bin/tool'), '#!/bin/sh\necho tool\n', { mode: 0o755 })
    expect(spawnSync('tar', ['-czf', 'p.tgz', 'package'], { cwd: source }).status).toBe(0)
    tarball = readFileSync(join(source, 'p.tgz'))
    integrity = createHash('sha512').update(tarball).digest('base64')
    rmSync(source, { recursive: true })
    registry = createServer((request, response) => {
      requests.push(request.url!)
      const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
      if (from > 0) response.writeHead(206, { 'content-range': `bytes ${from}-${answer.length - 1}/${answer.length}` })
      response.end(answer.subarray(from))
    })
    await new Promise<void>(resolve => registry.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`
  })
  beforeEach(() => {
    requests = []
    answer = tarball
  })
  afterAll(() => {
    registry.close()
  })
  const fetchTool = (env = {}) => bash(`fetch_package tool 1.2.3 '${integrity}' "$WB/tool"`, { npm_config_registry: `${url}/`, ...env })

  test('is checked and unpacked, programs executable', async () => {
    const { status, stderr } = await fetchTool()
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(requests).toEqual(['/tool/-/tool-1.2.3.tgz'])
    expect(spawnSync(join(folder, '.wirebook/tool/bin/tool'), { encoding: 'utf8' }).stdout).toBe('tool\n')
    expect(readdirSync(join(folder, '.wirebook/download'))).toEqual([])
  })

  test('of another content is refused, and nothing of it stays', async () => {
    answer = Buffer.concat([tarball, Buffer.from('!')])
    const { status, stdout } = await fetchTool()
    expect(status).not.toBe(0)
    expect(stdout).toContain(`expected sha512-${integrity}`)
    expect(existsSync(join(folder, '.wirebook/tool'))).toBe(false)
    expect(readdirSync(join(folder, '.wirebook/download'))).toEqual([])
  })

  test('whose download was cut off goes on where it stopped', async () => {
    mkdirSync(join(folder, '.wirebook/download'), { recursive: true })
    writeFileSync(join(folder, '.wirebook/download/tool-1.2.3.tgz.part'), tarball.subarray(0, 100))
    expect((await fetchTool()).status).toBe(0)
    expect(existsSync(join(folder, '.wirebook/tool/package.json'))).toBe(true)
  })

  test('the registry of ~/.npmrc is used where the environment names none', async () => {
    writeFileSync(join(folder, '.npmrc'), `fund=false\nregistry = ${url}/mirror/\n`)
    await bash(`fetch_package tool 1.2.3 '${integrity}' "$WB/tool"`)
    expect(requests).toEqual(['/mirror/tool/-/tool-1.2.3.tgz'])
  })

  test.each(['curl', 'wget', 'python3'])('%s alone is enough', async tool => {
    if (!existsSync(`/usr/bin/${tool}`)) return
    const { status, stderr } = await fetchTool({ PATH: programs(tool, 'bash', 'mkdir', 'mv', 'rm', 'tar', 'gzip', 'sed', 'tail', 'base64', 'tr', 'sha512sum') })
    expect([status, stderr]).toEqual([0, ''])
    expect(existsSync(join(folder, '.wirebook/tool/bin/tool'))).toBe(true)
  })
})

describe('stamps', () => {
  const ready = 'mkdir -p node_modules/dockerode .wirebook/venv/bin .wirebook/venv/lib/python3.11/site-packages; announce_papermill; echo 1 > package-lock.json; echo 1 > requirements.txt; echo 1 > requirements-test.txt\n'
    + 'ln -s /bin/true .wirebook/venv/bin/python\n'
    + 'write_stamp npm "run $(hash_of package-lock.json)"; write_stamp python "run $(python_key run)"\n'

  test('a part with the stamp of its lock file is there', async () => {
    expect((await bash(`${ready} missing_parts npm python`)).stdout).toBe('')
  })

  test('without a stamp, or after the lock file changed, it is missing', async () => {
    expect((await bash(`${ready} rm .wirebook/state/npm; missing_parts npm python`)).stdout).toBe('npm ')
    expect((await bash(`rm -rf .wirebook node_modules; ${ready} echo 2 > package-lock.json; echo 2 > requirements.txt; missing_parts npm python`)).stdout).toBe('npm python ')
  })

  test('what is enough to run is not enough to test; the other way round it is', async () => {
    expect((await bash(`${ready} LEVEL=test; missing_parts npm python`)).stdout).toBe('npm python ')
    const test = 'write_stamp npm "test $(hash_of package-lock.json)"; write_stamp python "test $(python_key test)"\n'
    expect((await bash(`rm -rf .wirebook node_modules; ${ready} ${test} missing_parts npm python`)).stdout).toBe('')
  })

  test('a checkout that moved has no Python environment', async () => {
    expect((await bash(`${ready} WB=$PWD/elsewhere; mkdir elsewhere; cp -r .wirebook/* elsewhere/; missing_parts npm python`)).stdout).toBe('python ')
  })

  test("papermill's translation is on the environment's path", async () => {
    const { stdout } = await bash(`${ready} cat .wirebook/venv/lib/python3.11/site-packages/wirebook.pth; rm -r .wirebook/venv/lib; missing_parts npm python`)
    expect(stdout).toBe(`${folder}/kernel/papermill\npython `)
  })

  test("the compiler's snapshots are built where their sources are, and again when these changed or the files are gone", async () => {
    const sources = 'mkdir -p kernel/interpreter/{compiler,lib} kernel/cell\n'
      + 'echo 1 | tee kernel/{a.d.ts,cell/a.ts,interpreter/{start.ts,compiler/a.ts,lib/a.d.ts}} > /dev/null\n'
      + 'mkdir -p src/api; touch src/output.ts src/api/a.ts package-lock.json\n'
      + `echo 'console.log("Built " + process.cwd() + "/light (1 MB)"); console.log("Found " + process.cwd() + "/node (1 MB)")' > kernel/interpreter/prepare.ts\n`
    expect((await bash('missing_parts compiler')).stdout).toBe('')
    expect((await bash(`${sources} missing_parts compiler; install_compiler; touch light node; missing_parts compiler`)).stdout).toBe('compiler ')
    expect((await bash('rm node; missing_parts compiler; touch node; echo 2 > src/api/a.ts; missing_parts compiler')).stdout).toBe('compiler compiler ')
    expect((await bash('install_compiler; missing_parts compiler; XDG_CACHE_HOME=$PWD/other; missing_parts compiler')).stdout).toBe('compiler ')
  })

  test('snapshots that cannot be built do not hold up the start', async () => {
    const { status, stderr } = await bash('mkdir -p kernel/interpreter; echo "process.exit(9)" > kernel/interpreter/prepare.ts; install_compiler; echo on >&2')
    expect(stderr).toMatch(/failed with status 9[^]*going on without them[^]*on\n$/)
    expect(status).toBe(0)
  })

  test('two installations wait for each other', async () => {
    const script = 'take_lock; echo in >> log; read -rt 0.5 <> <(:) || true; echo out >> log; release_lock'
    await Promise.all([bash(script), bash(script), bash(script)])
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('in\nout\n'.repeat(3))
  })

  test('a checkout that cannot be written says so', async () => {
    const { status, stderr } = await bash('touch file; WB=$PWD/file/x; take_lock')
    expect(status).toBe(1)
    expect(stderr).toContain('cannot be written')
  })
})

describe('steps', () => {
  test('a step that fails ends the start with the end of its log', async () => {
    const { status, stderr } = await bash('step "the impossible" sh -c "echo because of this; exit 7"; echo not reached')
    expect(stderr).toContain('    because of this')
    expect(stderr).toContain('that failed with status 7; the whole log: ')
    expect(status).toBe(1)
  })

  test('a step says how long it took', async () => {
    expect((await bash('step "a thing" true')).stderr).toMatch(/… a thing\n {2}✓ a thing \(0 s\)/)
  })
})

describe('system packages', () => {
  test('the programs that a backend needs are those that are asked for', async () => {
    const PATH = programs('sort', 'uname', 'grep', 'sed', 'id', 'bash', 'node')
    const missing = (words: string) => bash(`needs=system; words=(${words}); missing_packages`, { PATH })
    expect((await missing('run --backend engines')).stdout).toBe('')
    expect((await missing('run --backend=microvm')).stdout).toBe('qemu-system-x86\n')
    const auto = (await missing('run')).stdout.split('\n')
    for (const name of ['containerd', 'runc', 'iproute2', 'iptables', 'uidmap', 'tcpdump', 'bridge-utils', 'iperf3', 'nginx', 'util-linux']) expect(auto).toContain(name)
  })

  test('a temporary policy refuses service starts, and what was there comes back', async () => {
    const script = 'POLICY=$PWD/policy; echo old > policy; deny_service_starts; cat policy; (exit 0); allow_service_starts; cat policy; ls'
    const { stdout } = await bash(script)
    expect(stdout).toBe('#!/bin/sh\n# wirebook: temporary, while its packages are installed\nexit 101\nold\npolicy\n')
  })

  test('one that an ended installation left is removed by the next', async () => {
    const { stdout } = await bash('POLICY=$PWD/policy; printf "# wirebook: temporary" > policy; deny_service_starts; allow_service_starts; ls')
    expect(stdout).toBe('')
  })
})

// Hides a program by mounting an empty device over it, as root of a user namespace, and is itself again in a second one.
const ordinary = process.getuid!() !== 0
  && spawnSync('unshare', ['--map-root-user', '--mount', 'unshare', '--user', '--map-user=1000', 'true']).status === 0
if (ordinary) test('an ordinary user without a package gets one exact line, status 3, and nothing is changed', async () => {
  const hide = `mount --bind /dev/null "$(command -v tcpdump)" && exec unshare --user --map-user=${process.getuid!()} "$0" run 1`
  const words = ['--map-root-user', '--mount', 'sh', '-c', hide, `${repository}/wirebook`]
  const { status, stderr, stdout } = await wirebook(words, { command: 'unshare', env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` } })
  expect(stderr).toMatch(/^ {2}(sudo apt-get update && )?sudo apt-get install -y --no-install-recommends tcpdump$/m)
  expect(stdout).toBe('')
  expect(status).toBe(3)
})

test('a second start is quick: nothing is installed, the command has the word within a second', async () => {
  await wirebook(['plan'])
  const { stderr, ms } = await wirebook(['plan'])
  expect(stderr).toBe('')
  expect(ms).toBeLessThan(3000)
})
