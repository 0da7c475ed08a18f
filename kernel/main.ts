/** Entry: `node kernel/main.ts CONNECTION_FILE`, as the kernelspec has it. */
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

const [, main, connectionFile] = process.argv

/**
 * An interrupt may cut Node's own bookkeeping of asynchronous calls short, which Node would take for corruption and
 * abort: https://nodejs.org/api/cli.html#--no-force-async-hooks-checks. SQLite and execve call themselves experimental.
 */
const flags = ['--no-force-async-hooks-checks', '--disable-warning=ExperimentalWarning']

if (!main || !connectionFile || process.argv.length > 3) {
  process.stderr.write('usage: node kernel/main.ts CONNECTION_FILE\nA front end starts the kernel like this; to register it, use: wirebook kernel install\n')
  process.exit(2)
}

// Compiled code, and TypeScript without its types, is kept over starts: it saves about 25 ms a thread and more for the compiler.
const cache = process.env.NODE_COMPILE_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'wirebook', 'compiled')
if (!flags.every(flag => process.execArgv.includes(flag))) {
  process.env.NODE_COMPILE_CACHE = cache
  process.execve?.(process.execPath, [process.execPath, ...flags, main, connectionFile], process.env as Record<string, string>)
}
enableCompileCache(cache)

const { readConnection } = await import('./wire/connection.ts')
const connection = connectionOrExit()

// The sockets first: they answer while the rest is loaded.
const { startWire } = await import('./wire/wire.ts')
const wire = startWire(connection)
const { startKernel } = await import('./kernel.ts')
startKernel(wire)

function connectionOrExit() {
  try {
    return readConnection(connectionFile as string)
  } catch (error) {
    process.stderr.write(`wirebook kernel: ${(error as Error).message}\n`)
    process.exit(1)
  }
}
