import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { chown } from 'node:fs/promises'
import { expect, test } from 'vitest'

/** An ordinary account with subordinate ids, as WIREBOOK_TEST_USER names it or as /etc/subuid has one. */
function ordinaryUser(): { name: string; uid: number; gid: number } | undefined {
  const names = process.env.WIREBOOK_TEST_USER ? [process.env.WIREBOOK_TEST_USER]
    : readFileSync('/etc/subuid', { encoding: 'utf8', flag: 'a+' }).split('\n').map(line => line.split(':')[0]!)
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n').map(line => line.split(':'))
  const account = accounts.find(([name, , uid]) => names.includes(name!) && Number(uid) > 0)
  return account && { name: account[0]!, uid: Number(account[2]), gid: Number(account[3]) }
}

const user = process.getuid!() === 0 ? ordinaryUser() : undefined

// Run as an ordinary user, the other files are this test; run as root, this one runs them as an ordinary user.
const asUser = process.getuid!() === 0 ? test.skipIf(!user) : undefined
if (!asUser) test('this account is an ordinary one, so the other files are this test', () => expect(process.getuid!()).toBeGreaterThan(0))
asUser?.('an ordinary user has the same lab: the backend and image tests pass for that account', { timeout: 300_000 }, async () => {
  const home = await mkdtemp(join(tmpdir(), 'wirebook-user-'))
  await chown(home, user!.uid, user!.gid)
  try {
    const { stdout } = await promisify(execFile)('runuser', ['-u', user!.name, '--', 'env', `HOME=${home}`, `XDG_CACHE_HOME=${home}/.cache`, `PATH=${process.env.PATH}`,
      process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--configLoader', 'runner', 'test/lab/backend.test.ts', 'test/lab/backend-end.test.ts', 'test/lab/images.test.ts'],
    { cwd: new URL('../..', import.meta.url).pathname, timeout: 280_000, maxBuffer: 1 << 24 }).catch(error => {
      throw new Error(`${error.stdout}\n${error.stderr}`)
    })
    expect(stdout).toMatch(/Test Files.*3 passed/)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
})
