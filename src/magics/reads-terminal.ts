/**
 * A command that ends with 0 when what runs in the foreground of a shell's terminal waits for input: it is in a read(2) of
 * its standard input, and that is a terminal, not a pipe. /proc/PID/stat tells the terminal's foreground process group
 * (tpgid), /proc/PID/syscall the system call and its first argument (proc_pid_stat(5), proc_pid_syscall(5)). read is
 * number 0 on x86-64 and 63 on arm64. The docker client always reads, to pass on what is typed; that says nothing of the
 * program in the container.
 */
export function readsTerminal(shellPid: number): string[] {
  return ['sh', '-c', script, 'sh', String(shellPid)]
}

const script = `
after() { sed 's/.*) //' /proc/$1/stat 2>/dev/null; }
set -- "$1" $(after "$1")
group=$7 terminal=$6
[ -n "$group" ] || exit 1
for stat in /proc/[0-9]*/stat; do
  pid=\${stat#/proc/}; pid=\${pid%/stat}
  set -- $(after "$pid")
  [ "$3" = "$group" ] && [ "$5" = "$terminal" ] || continue
  read -r name 2>/dev/null < "/proc/$pid/comm" && [ "$name" != docker ] || continue
  case "$(readlink "/proc/$pid/fd/0")" in /dev/pts/* | /dev/tty*) ;; *) continue ;; esac
  read -r call first _ 2>/dev/null < "/proc/$pid/syscall" || continue
  case "$call $first" in '0 0x0' | '63 0x0') exit 0 ;; esac
done
exit 1`
