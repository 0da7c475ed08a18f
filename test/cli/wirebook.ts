/** Runs the command as a person would, from the checkout that the tests are in. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

export interface Ended { status: number | null; stdout: string; stderr: string; ms: number }

export interface Settings {
  env?: Record<string, string | undefined>
  cwd?: string
  /** Called with the standard error so far, at each piece of it. */
  onStderr?: (text: string, child: ReturnType<typeof spawn>) => void
  command?: string
}

/** Runs `./wirebook` with words; a run that takes longer than 100 s is ended. */
export function wirebook(words: string[], { env, cwd, onStderr, command = `${repository}/wirebook` }: Settings = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(command, words, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], timeout: 100_000 })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      onStderr?.(stderr, child)
    })
    child.once('error', reject)
    child.once('close', status => resolve({ status, stdout, stderr, ms: performance.now() - began }))
  })
}
