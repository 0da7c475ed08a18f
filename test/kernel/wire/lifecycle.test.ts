import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { kernelSpec } from '../../../kernel/spec.ts'
import { startKernel } from '../client.ts'
import type { Client } from '../client.ts'

const main = new URL('../../../kernel/main.ts', import.meta.url).pathname

/** Process ids of a process's children, and theirs. */
function descendants(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`)
    .flatMap(task => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ')).filter(Boolean).map(Number)
  return children.flatMap(child => [child, ...descendants(child)])
}

const running = (pid: number) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))

async function gone(pids: number[], deadline = 5000): Promise<void> {
  const end = Date.now() + deadline
  while (pids.some(running)) {
    if (Date.now() > end) throw new Error(`still running after ${deadline} ms: ${execFileSync('ps', ['-o', 'pid,ppid,stat,args', '-p', pids.join()])}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

async function works(kernel: Client): Promise<void> {
  const done = await kernel.execute('console.log("hi"); 6 * 7')
  expect(done.text()).toBe('hi\n')
  expect(done.of('execute_result')[0]?.content.data['text/plain']).toContain('42')
}

describe('connections', () => {
  test.each([
    ['tcp', {}], ['ipc', { transport: 'ipc' as const }], ['no key', { key: '' }],
    ['a start without flags', { command: [process.execPath, main] }],
    ['the kernelspec as it is', { command: kernelSpec().argv.slice(0, -1) }],
  ])('%s', async (_what, options) => {
    await using kernel = await startKernel(options)
    await works(kernel)
    await kernel.execute('await null; setTimeout(() => {}, 1)')
  })

  test('a subscriber is welcomed', async () => {
    await using kernel = await startKernel()
    const welcome = await kernel.broadcast(message => message.header.msg_type === 'iopub_welcome', 'iopub_welcome')
    expect(welcome.content).toEqual({ subscription: '' })
    expect(welcome.parent_header).toEqual({})
  })

  test('kernel_info says what JupyterLab, Notebook and nbconvert need', async () => {
    await using kernel = await startKernel()
    expect((await kernel.request('kernel_info_request')).content).toMatchObject({
      status: 'ok', protocol_version: '5.4', implementation: 'wirebook', debugger: false, supported_features: [],
      language_info: { name: 'typescript', mimetype: 'text/typescript', file_extension: '.ts', pygments_lexer: 'typescript', codemirror_mode: 'typescript', nbconvert_exporter: 'script' },
      banner: expect.stringContaining('%help'), help_links: expect.arrayContaining([{ text: expect.any(String), url: expect.stringMatching(/^https:/) }]),
    })
    const { shell_port, hb_port } = kernel.connection
    expect((await kernel.request('connect_request')).content).toMatchObject({ shell_port, hb_port })
  })

  test.each([[[]], [['a', 'b']], [['/nonexistent.json']]])('a start with %j fails and says why', async words => {
    const child = spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'ignore', 'pipe'] })
    let log = ''
    child.stderr.on('data', data => log += String(data))
    const code = await new Promise(resolve => child.once('close', resolve))
    expect(code).toBe(words.length === 1 ? 1 : 2)
    expect(log).toMatch(words.length === 1 ? /nonexistent\.json cannot be read/ : /usage: node kernel\/main\.ts CONNECTION_FILE/)
  })
})

describe('what is not the protocol is ignored', () => {
  test('a wrong signature, a replay, an unknown type, garbage', async () => {
    await using kernel = await startKernel()
    const good = kernel.sign('execute_request', { code: 'globalThis.runs = (globalThis.runs ?? 0) + 1', silent: true })
    await kernel.sendRaw('shell', good)
    await kernel.sendRaw('shell', good)
    await kernel.sendRaw('shell', kernel.sign('execute_request', { code: 'globalThis.runs = 100' }).map((frame, place) => place === 1 ? '0'.repeat(64) : frame))
    await kernel.sendRaw('shell', ['garbage'])
    await kernel.sendRaw('control', [Buffer.alloc(1000, 255)])
    await kernel.sendRaw('stdin', kernel.sign('input_reply', { value: 'to no question' }))
    await kernel.send('shell', 'teleport_request', {})
    await kernel.send('control', 'teleport_request', {})
    await kernel.send('shell', 'constructor', {})
    expect((await kernel.execute('String((globalThis as any).runs)')).of('execute_result')[0]?.content.data['text/plain']).toContain('1')
    expect(kernel.stderr()).toMatch(/replayed execute_request was ignored/)
    expect(kernel.stderr()).toMatch(/signature does not match/)
    expect(kernel.stderr()).toMatch(/unknown type "teleport_request" was ignored/)
  })
})

describe('the end', () => {
  test.each([['control', false], ['control', true], ['shell', false]] as const)('shutdown_request on %s, restart %j', async (channel, restart) => {
    const kernel = await startKernel()
    await works(kernel)
    const family = descendants(kernel.process.pid as number)
    const id = await kernel.send(channel, 'shutdown_request', { restart })
    expect((await kernel.reply(id)).content).toEqual({ status: 'ok', restart })
    const told = await kernel.broadcast(message => message.header.msg_type === 'shutdown_reply', 'shutdown_reply on iopub')
    expect(told.content).toEqual({ status: 'ok', restart })
    expect(await kernel.exited).toBe(0)
    await gone(family)
    await kernel.stop()
  })

  test.each(['while (true) {}', 'await new Promise(() => {})', 'while (true) console.log("x")'])('while a cell runs: %s', async code => {
    const kernel = await startKernel()
    await works(kernel)
    const id = await kernel.send('shell', 'execute_request', { code })
    await kernel.broadcast(message => message.header.msg_type === 'execute_input' && (message.parent_header as { msg_id: string }).msg_id === id, 'execute_input')
    const start = performance.now()
    await kernel.send('control', 'shutdown_request', { restart: false })
    await kernel.exited
    expect(performance.now() - start).toBeLessThan(4000)
    await kernel.stop()
  })

  test.each(['SIGTERM', 'SIGKILL'] as const)('%s leaves no process', async signal => {
    const kernel = await startKernel()
    await works(kernel)
    const family = descendants(kernel.process.pid as number)
    expect(family.length).toBeGreaterThan(0)
    kernel.process.kill(signal)
    await kernel.exited
    await gone(family)
    await kernel.stop()
  })

  test('the kernel ends when the front end that started it is gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wirebook-orphan-'))
    // A front end that starts a kernel, tells its pid and dies.
    const parent = spawn(process.execPath, ['--input-type=module', '-e', `
      import { spawn } from 'node:child_process'
      import { createServer } from 'node:net'
      import { writeFileSync } from 'node:fs'
      const ports = []
      for (let i = 0; i < 5; i++) await new Promise(done => { const s = createServer().listen(0, '127.0.0.1', () => { ports.push(s.address().port); s.close(done) }) })
      const [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports
      const file = ${JSON.stringify(join(folder, 'c.json'))}
      writeFileSync(file, JSON.stringify({ transport: 'tcp', ip: '127.0.0.1', key: 'k', signature_scheme: 'hmac-sha256', shell_port, iopub_port, stdin_port, control_port, hb_port }))
      const kernel = spawn(process.execPath, ['--no-force-async-hooks-checks', '--disable-warning=ExperimentalWarning', ${JSON.stringify(main)}, file], { detached: true, stdio: 'ignore', env: { ...process.env, JPY_PARENT_PID: String(process.pid), WIREBOOK_PRELUDE: 'none', WIREBOOK_HISTORY: 'none' } })
      console.log(kernel.pid)
      setTimeout(() => process.exit(), 1500)
    `], { stdio: ['ignore', 'pipe', 'inherit'] })
    const pid = await new Promise<number>(resolve => parent.stdout.once('data', data => resolve(Number(data))))
    await new Promise(resolve => parent.once('exit', resolve))
    await gone([pid], 6000)
    rmSync(folder, { recursive: true })
  })
})
