import type Docker from 'dockerode'
import { PassThrough } from 'node:stream'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunOptions } from '../api/lab.ts'
import type { LabProcess, RunningLab } from '../lab/backend.ts'
import type { LabHost } from '../lab/host.ts'
import { killTree } from './process-tree.ts'

/** Starts a program in a running container (`docker exec`), its output in the order in which it came. */
export async function execIn(container: Docker.Container, host: LabHost, lab: RunningLab, command: string[], options: RunOptions): Promise<LabProcess> {
  const takesInput = options.input !== undefined
  const exec = await container.exec({
    Cmd: command,
    AttachStdout: true,
    AttachStderr: true,
    AttachStdin: takesInput,
    Env: Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`),
    WorkingDir: options.cwd,
  })
  const stream = await exec.start({ hijack: true, stdin: true, Tty: false })
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const exit = demultiplex(stream, stdout, stderr).then(() => exitCode(exec))
  return {
    stdout,
    stderr,
    stdin: takesInput ? stream : new PassThrough().resume(),
    exit,
    kill(signal = 'SIGKILL') {
      void end(exec, host, lab, signal).catch(() => {}).finally(() => {
        if (signal === 'SIGKILL') stream.destroy()
      })
    },
  }
}

async function end(exec: Docker.Exec, host: LabHost, lab: RunningLab, signal: NodeJS.Signals): Promise<void> {
  const { Pid, Running } = await exec.inspect()
  if (Running) await killTree(host.name, lab, Pid, signal)
}

/** Frames of 1 byte stream number, 3 bytes 0, 4 bytes length, data: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach */
export function demultiplex(stream: Duplex, stdout: PassThrough, stderr: PassThrough): Promise<void> {
  let pending: Buffer = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    while (pending.length >= 8 && pending.length >= 8 + pending.readUInt32BE(4)) {
      const end = 8 + pending.readUInt32BE(4)
      ;(pending[0] === 2 ? stderr : stdout).write(pending.subarray(8, end))
      pending = pending.subarray(end)
    }
  })
  return new Promise(resolve => {
    const ended = () => {
      // The last pieces are read before the end is told: both streams say when they are.
      let open = 2
      for (const part of [stdout, stderr]) part.once('close', () => --open === 0 && resolve())
      stdout.end()
      stderr.end()
    }
    stream.once('end', ended)
    stream.once('error', ended)
    stream.once('close', ended)
  })
}

/** The engine tells the end of a program's output a moment before it knows its exit status. */
async function exitCode(exec: Docker.Exec): Promise<number> {
  const deadline = performance.now() + 5000
  for (;;) {
    const { Running, ExitCode } = await exec.inspect()
    if (!Running && ExitCode !== null) return ExitCode
    if (performance.now() > deadline) return 137
    await delay(5)
  }
}
