import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { installKernel } from '../../kernel/spec.ts'

const repository = new URL('../../', import.meta.url).pathname
const python = join(repository, '.wirebook/venv/bin/python')
const prefix = mkdtempSync(join(tmpdir(), 'wirebook-conformance-'))
afterAll(() => rmSync(prefix, { recursive: true, force: true }))

test('jupyter_kernel_test: every test, none skipped', { timeout: 180_000 }, async () => {
  expect(existsSync(python), `${python} is missing: run ./wirebook once, it makes the Python environment`).toBe(true)
  installKernel({ prefix })
  const { stderr } = await promisify(execFile)(python, [join(repository, 'test/kernel/conformance.py')], {
    env: {
      ...process.env,
      JUPYTER_PATH: join(prefix, 'share/jupyter'),
      JUPYTER_RUNTIME_DIR: join(prefix, 'runtime'),
      WIREBOOK_PRELUDE: 'none',
      WIREBOOK_HISTORY: 'none',
    },
    timeout: 170_000,
  }).catch((error: { stderr: string; message: string }) => ({ stderr: error.stderr || error.message }))
  expect(stderr).toMatch(/Ran 12 tests/)
  expect(stderr).toMatch(/\nOK\s*$/)
  expect(stderr).not.toMatch(/skipped/)
})
