import type { RunningLab } from '../lab/backend.ts'

/**
 * Ends a process of a machine and what it started. The Engine API can start a program in a container but not end it, so its pid (which
 * the API gives) is ended on the host. Each process is halted before its children are looked up, so that none gets away.
 */
export async function killTree(machine: string, lab: RunningLab, pid: number, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (!Number.isInteger(pid) || pid <= 1) return
  const killing = lab.exec(machine, ['sh', '-c', script, 'sh', String(pid), signal.replace('SIG', '')])
  killing.stdout.resume()
  killing.stderr.resume()
  killing.stdin.on('error', () => {})
  killing.stdin.end()
  await killing.exit
}

/** /proc/PID/task/TID/children: proc_pid_children(5). Kernels built without it still tell each process's parent. */
const script = `
children() {
  if [ -e /proc/1/task/1/children ]; then cat /proc/$1/task/*/children
  else for s in /proc/[0-9]*/status; do awk -v p=$1 '/^PPid:/ && $2 == p { split(FILENAME, f, "/"); print f[3] }' $s; done
  fi 2>/dev/null
}
end() {
  kill -STOP $1 2>/dev/null
  for child in $(children $1); do (end $child); done
  kill -$signal $1 2>/dev/null
  kill -CONT $1 2>/dev/null
}
signal=$2
end $1
true`
