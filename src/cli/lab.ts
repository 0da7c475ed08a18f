import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { WirebookError } from '../error.ts'
import { readArguments, wholeNumber } from './arguments.ts'
import { UsageError } from './failure.ts'
import { jupyterEnvironment } from './jupyter/environment.ts'
import { prepareJupyter } from './jupyter/prepare.ts'
import { notebooks, python, root } from './paths.ts'
import { whileRunning } from './signals.ts'

const options = {
  browser: { type: 'boolean', default: true },
  'no-browser': { type: 'boolean', default: false },
  port: { type: 'string' },
  notebooks: { type: 'string' },
} as const

/** `wirebook lab`: JupyterLab on the chapters, until Ctrl-C. */
export default async function lab(args: string[]): Promise<number> {
  const { values } = readArguments(args, options)
  const port = values.port === undefined ? undefined : wholeNumber('--port', values.port, { min: 0, max: 65_535 })
  const folder = resolve(values.notebooks ?? notebooks())
  if (!existsSync(folder)) throw new UsageError(`there is no folder ${folder}`)
  prepareJupyter()
  let status: number | null = 0
  await whileRunning(async signal => {
    const [program, ...words] = [...dieWithParent(), python, '-m', 'jupyterlab', ...flags(folder, port)]
    const server = spawn(program!, words, {
      // A group of its own: a Ctrl-C in the terminal reaches it once, as the request to end.
      detached: true,
      stdio: ['ignore', 'inherit', 'pipe'],
      env: { ...jupyterEnvironment(), WIREBOOK_ROOT: root },
    })
    signal.addEventListener('abort', () => {
      process.stderr.write('\nending JupyterLab and its labs …\n')
      server.kill('SIGTERM')
    }, { once: true })
    announce(server.stderr, !values['no-browser'])
    status = await new Promise<number | null>((resolve, reject) => {
      server.once('close', resolve)
      server.once('error', cause => reject(new WirebookError(`${python} does not start.`, { cause, remedy: 'run ./wirebook setup' })))
    })
  })
  return status ?? 0
}

function flags(folder: string, port: number | undefined): string[] {
  const asRoot = process.getuid?.() === 0
  if (asRoot) process.stderr.write('wirebook: you are root, so JupyterLab runs with --allow-root; an ordinary account works as well\n')
  const first = existsSync(join(folder, '00-overview.ipynb')) ? '/lab/tree/00-overview.ipynb' : '/lab'
  return [
    '--no-browser',
    '--ServerApp.log_level=INFO',
    `--ServerApp.root_dir=${folder}`,
    `--LabApp.default_url=${first}`,
    ...(port === undefined ? [] : [`--ServerApp.port=${port}`]),
    ...(asRoot ? ['--allow-root'] : []),
  ]
}

/** Prefix that ends a program when this process is killed without a chance to do so: PR_SET_PDEATHSIG, prctl(2). */
function dieWithParent(): string[] {
  return process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'TERM'] : []
}

/** Prints the address once Jupyter says it, opens it, and passes on what else is worth a look. */
function announce(log: NodeJS.ReadableStream, openBrowser: boolean): void {
  let address: string | undefined
  let rest = ''
  log.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      const found = /https?:\/\/127\.0\.0\.1:\d+\/\S*token=\S+/.exec(line)?.[0]
      if (found && address === undefined) {
        address = found
        void announceOnce(new URL(found), openBrowser)
      } else if (/^\[[WEC] [^\]]*\] *\S/.test(line) && !found && !/To access the server|received signal|Shutting down/.test(line)) {
        process.stderr.write(`${line}\n`)
      } else if (!/^\[[DI] /.test(line) && address === undefined && line.trim() !== '') {
        process.stderr.write(`${line}\n`) // a traceback before the server is up
      }
    }
  })
}

/** Jupyter says its address some moments before it listens; a browser that comes too early shows an error. */
async function announceOnce(address: URL, openBrowser: boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!(await listens(address)) && performance.now() < deadline) await delay(10)
  process.stdout.write(`\nWirebook's JupyterLab: ${address.href}\n(Ctrl-C here ends it and every lab)\n\n`)
  if (openBrowser) open(address.href)
}

function listens({ hostname, port }: URL): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(Number(port), hostname)
    socket.once('error', () => resolve(false)).once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

/** Shows the address in the person's browser, where there is a screen to show it on. */
function open(address: string): void {
  const screen = process.platform === 'darwin' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY
  if (!screen) return
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open'
  const child = spawn(opener, [address], { detached: true, stdio: 'ignore' })
  child.once('error', () => process.stderr.write(`wirebook: ${opener} is not there; open the address yourself\n`))
  child.unref()
}
