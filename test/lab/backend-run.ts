import { text } from 'node:stream/consumers'
import type { RunningLab } from '../../src/lab/backend.ts'

/** Runs a command on a machine of a lab to its end. */
export async function run(lab: RunningLab, machine: string, command: string[], input = ''): Promise<{ status: number; out: string; err: string }> {
  const process = lab.exec(machine, command)
  process.stdin.end(input)
  const [out, err, status] = await Promise.all([text(process.stdout), text(process.stderr), process.exit])
  return { status, out, err }
}

/** Runs a shell command on a machine; throws with what it said when it fails. */
export async function sh(lab: RunningLab, machine: string, command: string): Promise<string> {
  const { status, out, err } = await run(lab, machine, ['sh', '-c', command])
  if (status !== 0) throw new Error(`${machine}: ${command}: status ${status}\n${out}${err}`)
  return out
}
