import type { Plan, Step } from '../plan.ts'
import { quote, quoteCommand } from '../quote.ts'

/** Programs of the lab: its shims, the machine's own, then busybox for what the machine lacks. Never /usr/local. */
export const labPath = '/lab/bin:/usr/sbin:/usr/bin:/sbin:/bin:/lab/busybox'

/**
 * The plan as a bash script: what the lab runs, and what `wirebook plan` prints. It is to be run as root (of a user
 * namespace, or of a microvm) in fresh mount, pid, network, uts and ipc namespaces; `wirebook plan` shows that line too.
 * On its standard output it says `machine NAME PID` (as the namespace outside numbers processes), `ready NAME` when a
 * machine is set up and its engine, if it has one, is starting, `ended NAME STATUS` when an engine has ended, and
 * `built` when all machines have been started. A command that fails ends the script, saying which it was.
 */
export function planScript(plan: Plan): string {
  const { topology, steps } = plan
  return [
    header(plan),
    ...steps.filter(step => step.machine === null).map(printStep),
    ...topology.machines.map(({ name }) => machineBlock(name, steps.filter(step => step.machine === name))),
    'echo built\n',
  ].join('\n')
}

function header(plan: Plan): string {
  const { topology } = plan
  const machines = topology.machines.map(({ name, address }) => `${name} ${address}`).join(', ')
  return String.raw`#!/bin/bash
# The ${comment(topology.name)} lab on ${comment(topology.lan)}: ${comment(machines)}.
set -eE
export PATH=${labPath} HOME=/root LANG=C.UTF-8 XDG_RUNTIME_DIR=/run
where=lab
failed() { echo "wirebook: $where: this failed: $1" >&2; echo "failed $where"; }
trap 'failed "$BASH_COMMAND"' ERR

# A machine is a process in namespaces of its own; it runs the lines that follow it, then waits for its end.
machine() {
  { echo "$begin"; cat; echo "$end"; } | nsenter --net="/run/netns/$1" unshare --mount --pid --uts --ipc --fork --kill-child \
    bash --norc -c 'eval "$(cat)"' "$1" &
}
begin='where=$0
set -eE
failed() { echo "wirebook: $where: this failed: $1" >&2; echo "failed $where"; }
trap '\''failed "$BASH_COMMAND"'\'' ERR
# The process id by which the world outside knows this machine.
read -r pid _ < /lab/proc/self/stat
echo "machine $where $pid"
echo "$pid" > "/run/$where.pid"
umount -l /lab/proc'
end='echo "ready $where"
# The first process of a machine only waits; orphans come to it, and it ends when the lab ends.
set +eE
trap - ERR
while :; do read -r _ <> <(:); done'
`
}

function machineBlock(name: string, steps: Step[]): string {
  const body = steps.map(printStep).join('\n')
  const end = delimiter(`END_OF_${name.replaceAll(/\W/g, '_')}`, body)
  return `# ---- ${comment(name)} ----\nmachine ${quote(name)} <<'${end}'\n${body}${end}\n`
}

function printStep(step: Step): string {
  return `# ${comment(capital(step.why))}.\n${commandOf(step)}`
}

function commandOf(step: Step): string {
  const command = quoteCommand(step.argv)
  if (step.log !== undefined) {
    const log = quote(step.log)
    return `{ if ${command} >${log} 2>&1 </dev/null; then status=0; else status=$?; fi; echo "ended $where $status"; } &\n`
  }
  const quiet = step.argv[0] === 'tee' ? ' >/dev/null' : ''
  const optional = step.needs ? ' 2>/dev/null || true' : ''
  if (step.input === undefined) return `${command}${quiet}${optional}\n`
  const end = delimiter('END', step.input)
  return `${command}${quiet} <<'${end}'${optional}\n${step.input}${end}\n`
}

/** A word that is no line of the text, so that it can end it. */
function delimiter(word: string, text: string): string {
  const lines = new Set(text.split('\n'))
  while (lines.has(word)) word += '_'
  return word
}

/** Text that stays within one comment line. */
function comment(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
