import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { wirebook } from './wirebook.ts'

describe('help', () => {
  test.each([['help'], ['--help'], ['-h'], ['run', '--help'], ['doctor', '-h']])('%s %s prints the usage and succeeds', async (...words) => {
    const { status, stdout, stderr } = await wirebook(words.filter(word => word !== undefined))
    expect(status).toBe(0)
    expect(stdout).toContain('./wirebook run [chapter…]')
    expect(stderr).toBe('')
  })
})

describe('wrong usage ends with status 2, says what was wrong and prints the usage', () => {
  test.each([
    [['nonsense'], 'there is no command "nonsense"'],
    [['plan', 'nowhere'], 'the topology is "nowhere": expected tutorial, ipvlan'],
    [['plan', '--hosts', 'many'], '--hosts is "many": expected a whole number from 1 to 250'],
    [['plan', 'tutorial', 'ipvlan'], '"ipvlan" is one word too many here'],
    [['run', '99'], 'there is no chapter "99": the chapters are 00-overview, 01-none'],
    [['run', '/nowhere/at-all.ipynb'], 'there is no notebook /nowhere/at-all.ipynb'],
    [['run', '--backend', 'magic'], '--backend is "magic": expected auto, namespaces, microvm, engines'],
    [['run', '--lang', 'fr'], '--lang is "fr": expected en, zh'],
    [['run', '--colour'], "Unknown option '--colour'"],
    [['run', '--json'], "'--json <value>' argument missing"],
    [['run', '--timeout', '0'], '--timeout is "0"'],
    [['doctor', 'please'], '"please" is one word too many here'],
    [['shell', 'C'], 'there is no machine "C": the lab has A, B, router'],
    [['kernel'], 'expected kernel install or kernel uninstall'],
    [['kernel', 'install', '--user', '--sys-prefix'], 'exclude each other'],
    [['image'], 'expected image list, or image add FILE'],
    [['vm', 'fly'], 'expected vm build, vm unpack, vm status or vm remove'],
    [['bench', 'nothing'], 'the benchmark is "nothing"'],
    [['lab', '--port', '70000'], '--port is "70000"'],
  ])('%j', async (words, message) => {
    const { status, stdout, stderr } = await wirebook(words)
    expect(stderr).toContain(message)
    expect(stderr).toContain('./wirebook run [chapter…]')
    expect(stdout).toBe('')
    expect(status).toBe(2)
  })
})

test('a wrong backend in the environment is wrong usage too', async () => {
  const { status, stderr } = await wirebook(['run', '1'], { env: { WIREBOOK_BACKEND: 'magic' } })
  expect(stderr).toContain('--backend is "magic"')
  expect(status).toBe(2)
})

test('it works from another folder and through a link', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wirebook-link-'))
  try {
    const { symlinkSync } = await import('node:fs')
    const { repository } = await import('./wirebook.ts')
    symlinkSync(join(repository, 'wirebook'), join(folder, 'wb'))
    const { status, stdout } = await wirebook(['plan', 'ipvlan'], { cwd: folder, command: join(folder, 'wb') })
    expect(stdout).toContain('192.168.0.105')
    expect(status).toBe(0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
