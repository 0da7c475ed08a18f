import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const options = { timeout: 10_000, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' } }

/** What a short program prints on its standard output. Throws when it fails. */
export async function output(program: string, parameters: string[]): Promise<string> {
  return (await promisify(execFile)(program, parameters, options)).stdout
}

/** What a short program prints, on either stream. Throws when it fails. */
export async function runBoth(program: string, parameters: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(program, parameters, options)
  return stdout + stderr
}
