/** A container with exactly what a Binder pod may: uid 1000, no capability, no new privileges, no network, little memory. */
import { Writable } from 'node:stream'
import type Docker from 'dockerode'

export interface PodOptions {
  /** bytes */
  memory: number
  cpus?: number
}

export interface Pod {
  /** Time from the start until JupyterLab answered. s */
  answered: number
  exec(command: string[], options?: { onOutput?: (text: string) => void; environment?: string[] }): Promise<Finished>
  memory(): Promise<Memory>
  remove(): Promise<void>
}

export interface Finished { status: number; stdout: string; stderr: string; seconds: number }

/** bytes. `peak` counts every page that was ever charged, files' pages that could be dropped at once included;
 * `workingSet` is what Kubernetes looks at when it decides who must go: https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/ */
export interface Memory { peak: number; workingSet: number; killed: boolean }

/** How a hub starts a pod: its own command in place of the image's, the entry point left as it is, the address of the user in front. */
const command = ['python3', '-c', 'import os, sys, jupyterlab; os.execvp("jupyter-lab", sys.argv)',
  '--ip=0.0.0.0', '--port=8888', '--ServerApp.base_url=/user/somebody/', '--ServerApp.token=secret', '--ServerApp.allow_origin=*']

const untilAnswer = `
import sys, time, urllib.request
deadline = time.monotonic() + 60
while True:
    try:
        page = urllib.request.urlopen('http://127.0.0.1:8888/user/somebody/lab?token=secret', timeout=5)
        if page.status == 200 and b'JupyterLab' in page.read(): break
    except OSError as error:
        if time.monotonic() > deadline: sys.exit(str(error))
    time.sleep(0.05)
`

export async function startPod(docker: Docker, image: string, { memory, cpus = 2 }: PodOptions): Promise<Pod> {
  const container = await docker.createContainer({
    Image: image, Cmd: command, User: '1000',
    HostConfig: {
      CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'], Memory: memory, MemorySwap: memory,
      ShmSize: 64 * 1024 ** 2, NetworkMode: 'none', NanoCpus: cpus * 1e9,
    },
  })
  let workingSet = 0
  const began = performance.now()
  await container.start()
  const stats = await container.stats({ stream: true })
  let rest = ''
  stats.on('data', data => {
    const lines = (rest + String(data)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const { memory_stats: { usage, stats } } = JSON.parse(line) as { memory_stats: { usage?: number; stats?: Record<string, number> } }
      workingSet = Math.max(workingSet, (usage ?? 0) - (stats?.total_inactive_file ?? stats?.inactive_file ?? 0))
    }
  })

  async function exec(command: string[], { onOutput, environment }: Parameters<Pod['exec']>[1] = {}): Promise<Finished> {
    const began = performance.now()
    const exec = await container.exec({ Cmd: command, Env: environment, AttachStdout: true, AttachStderr: true })
    const stream = await exec.start({})
    const pieces: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] }
    const into = (name: 'stdout' | 'stderr') => new Writable({
      write(data: Buffer, _encoding, done) {
        pieces[name].push(data)
        onOutput?.(data.toString())
        done()
      },
    })
    docker.modem.demuxStream(stream, into('stdout'), into('stderr'))
    await new Promise((resolve, reject) => stream.once('end', resolve).once('error', reject))
    const { ExitCode } = await exec.inspect()
    const text = (name: 'stdout' | 'stderr') => Buffer.concat(pieces[name]).toString()
    return { status: ExitCode ?? -1, stdout: text('stdout'), stderr: text('stderr'), seconds: (performance.now() - began) / 1000 }
  }

  const remove = async () => {
    (stats as unknown as { destroy(): void }).destroy()
    await container.remove({ force: true, v: true })
  }

  const waited = await exec(['python3', '-c', untilAnswer])
  if (waited.status !== 0) {
    const logs = String(await container.logs({ stdout: true, stderr: true, tail: 30 }))
    await remove()
    throw new Error(`JupyterLab did not answer within 60 s: ${waited.stderr}\n${logs}`)
  }
  const answered = (performance.now() - began) / 1000

  async function memoryNow(): Promise<Memory> {
    const { stdout } = await exec(['sh', '-c', 'cat /sys/fs/cgroup/memory/memory.max_usage_in_bytes || cat /sys/fs/cgroup/memory.peak'])
    const { stdout: kills } = await exec(['sh', '-c', 'cat /sys/fs/cgroup/memory/memory.oom_control /sys/fs/cgroup/memory.events 2>/dev/null'])
    return { peak: Number(stdout), workingSet, killed: Number(/^oom_kill (\d+)$/m.exec(kills)?.[1] ?? 0) > 0 }
  }

  return { answered, exec, memory: memoryNow, remove }
}
