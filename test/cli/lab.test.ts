import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { repository } from './wirebook.ts'

let folder: string
let server: ChildProcess
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirebook-lab-'))
})
afterEach(() => {
  server.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

async function start(): Promise<URL> {
  server = spawn(join(repository, 'wirebook'), ['lab', '--no-browser', '--port', '0', '--notebooks', folder], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no address within 60 s:\n${said}`)), 60_000)
    const listen = (text: string) => {
      said += text
      const address = /http:\/\/127\.0\.0\.1:\d+\/\S*token=\w+/.exec(said)?.[0]
      if (!address) return
      clearTimeout(late)
      resolve(new URL(address))
    }
    server.stdout!.setEncoding('utf8').on('data', listen)
    server.stderr!.setEncoding('utf8').on('data', listen)
  })
}

const ended = () => new Promise<number | null>(resolve => server.once('close', resolve))

/** Processes that have this text on their command line. */
function processesOf(text: string): string[] {
  return readdirSync('/proc').filter(name => /^\d+$/.test(name)).filter(pid => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text)
    } catch {
      return false // it ended meanwhile
    }
  })
}

async function untilNone(text: string): Promise<void> {
  for (const until = Date.now() + 10_000; Date.now() < until;) {
    if (processesOf(text).length === 0) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`still there after 10 s: ${processesOf(text).join(', ')}`)
}

async function api(address: URL, path: string, body?: object) {
  const token = address.searchParams.get('token')
  const response = await fetch(new URL(path, address), {
    headers: { authorization: `token ${token}` }, ...body && { method: 'POST', body: JSON.stringify(body) },
  })
  return { status: response.status, body: await response.json() as any }
}

test('JupyterLab has this kernel alone, asks for its token, and Ctrl-C ends it with its kernels', async () => {
  const address = await start()
  const kernels = await api(address, '/api/kernelspecs')
  expect(kernels.body.default).toBe('wirebook')
  expect(Object.keys(kernels.body.kernelspecs)).toEqual(['wirebook'])
  expect((await fetch(new URL('/api/kernels', address))).status).toBe(403)

  const { body: kernel } = await api(address, '/api/kernels', { name: 'wirebook' })
  expect(processesOf(kernel.id)).toHaveLength(1)
  const command = readFileSync(`/proc/${processesOf(kernel.id)[0]}/cmdline`, 'utf8').split('\0')
  const connection = JSON.parse(readFileSync(command.find(word => word.endsWith('.json'))!, 'utf8'))
  expect(connection.transport).toBe('ipc')
  expect(`${connection.ip}-${connection.shell_port}`.length).toBeLessThanOrEqual(103)
  expect(statSync(join(connection.ip, '..')).mode & 0o777).toBe(0o700)

  server.kill('SIGINT')
  expect(await ended()).toBe(0)
  expect(processesOf(folder)).toEqual([])
  await untilNone(kernel.id)
}, 100_000)

test('after kill -9 of the command, server and kernels end as well', async () => {
  const address = await start()
  const { body: kernel } = await api(address, '/api/kernels', { name: 'wirebook' })
  server.kill('SIGKILL')
  await untilNone(folder)
  await untilNone(kernel.id)
}, 100_000)

test('nothing asks the internet: news, update check and extension manager are off', async () => {
  const address = await start()
  const page = await (await fetch(address)).text()
  const config = JSON.parse(/<script id="jupyter-config-data" type="application\/json">\s*([\s\S]*?)<\/script>/.exec(page)![1]!)
  expect(config.news).toEqual({ disabled: true })
  expect(JSON.stringify(config.disabledExtensions)).toContain('@jupyterlab/apputils-extension:announcements')
  expect(JSON.stringify(config.disabledExtensions)).toContain('@jupyterlab/extensionmanager-extension')
}, 100_000)
