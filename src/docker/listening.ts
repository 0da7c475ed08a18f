import type { RunningLab, LabProcess } from '../lab/backend.ts'
import type { LabHost } from '../lab/host.ts'

/**
 * Watches the processes below `pid` until one of them listens on a TCP port (any, when `port` is undefined). Looks only at
 * sockets which those processes hold, so that a neighbour in the same network namespace is not taken for them.
 * `exit` resolves with 0 when one listens, 1 when the process has gone, 2 at the time limit (seconds).
 */
export function watchListening(host: LabHost, lab: RunningLab, pid: number, port: number | undefined, timeout: number): LabProcess {
  const hex = port === undefined ? '' : port.toString(16).toUpperCase().padStart(4, '0')
  const watch = host.execIn(lab, ['sh', '-c', script, 'sh', String(pid), hex, String(Math.ceil(timeout * 50))])
  watch.stdout.resume()
  watch.stderr.resume()
  watch.stdin.on('error', () => {})
  watch.stdin.end()
  return watch
}

/** /proc/PID/net/tcp: state 0A is LISTEN, column 10 the socket's inode (proc_pid_net(5)). */
const script = `
pid=$1 port=$2 rounds=$3
while [ $rounds -gt 0 ]; do
  [ -e /proc/$pid/ns/net ] || exit 1
  pids="$pid $(cat /proc/$pid/task/*/children 2>/dev/null)"
  files= ; for p in $pids; do files="$files /proc/$p/fd"; done
  ls -l $files 2>/dev/null | awk -v port="$port" '
    FILENAME == "-" { if (match($0, /socket:\\[[0-9]+\\]/)) own[substr($0, RSTART + 8, RLENGTH - 9)] = 1; next }
    $4 == "0A" && ($10 in own) && (port == "" || $2 ~ (":" port "$")) { found = 1 }
    END { exit !found }
  ' - $(ls /proc/$pid/net/tcp /proc/$pid/net/tcp6 2>/dev/null) 2>/dev/null && exit 0
  rounds=$((rounds - 1))
  sleep 0.02
done
exit 2`
