import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { wirebook } from './wirebook.ts'

test('the plan is a shell script with the tutorial’s addresses', async () => {
  const { status, stdout, stderr } = await wirebook(['plan'])
  expect(status).toBe(0)
  expect(stderr).toBe('')
  for (const fact of ['192.168.111.128/24', '192.168.111.129/24', '00:0c:29:49:39:91', '8.8.8.8', 'dockerd']) expect(stdout).toContain(fact)
  expect(spawnSync('bash', ['-n'], { input: stdout }).status).toBe(0)
})

test('hosts are a parameter', async () => {
  const { stdout } = await wirebook(['plan', 'tutorial', '--hosts', '3'])
  for (const host of ['A', 'B', 'C']) expect(stdout).toContain(`# ---- ${host} ----`)
  expect(stdout).toContain('192.168.111.130/24')
})
