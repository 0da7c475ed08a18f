import { release } from 'node:os'
import { expect, test } from 'vitest'
import type { Diagnosis } from '../../src/cli/doctor.ts'
import { wirebook } from './wirebook.ts'

test('the diagnosis as JSON names the machine, the programs, each backend and each chapter', async () => {
  const { status, stdout } = await wirebook(['doctor', '--json'])
  const diagnosis = JSON.parse(stdout) as Diagnosis
  expect(diagnosis.machine.kernel).toBe(release())
  expect(diagnosis.machine.root).toBe(process.getuid!() === 0)
  expect(diagnosis.programs.ip).toMatch(/^\d+\.\d+/)
  expect(diagnosis.installed).toMatchObject({ npmPackages: true, node: expect.stringMatching(/^2\d\./) })
  expect(diagnosis.backends.map(({ name }) => name)).toEqual(['namespaces', 'microvm', 'engines'])
  expect(diagnosis.chapters.map(({ chapter }) => chapter)).toContain('07-ipvlan')
  expect(diagnosis.chapters.find(({ chapter }) => chapter === '07-ipvlan')!.needs).toContain('ipvlan')
  for (const { backend, obstacles } of diagnosis.chapters) {
    if (backend === null) expect(obstacles.length).toBeGreaterThan(0)
    for (const { what, remedy } of obstacles) expect([what, remedy].every(text => text.length > 3)).toBe(true)
  }
  expect(status).toBe(diagnosis.backends.some(({ obstacles }) => obstacles.length === 0) ? 0 : 3)
})

test('in words: which backend auto takes, and a way out for each that cannot serve', async () => {
  const { stdout } = await wirebook(['doctor'])
  expect(stdout).toMatch(/^Machine {3}\S.*cores/m)
  expect(stdout).toMatch(/← auto|Nothing can serve a lab here yet/)
  const failing = stdout.split('\n').filter(line => /^ {2}✗ (namespaces|microvm|engines)/.test(line)).length
  expect(stdout.split('\n').filter(line => line.includes('→')).length).toBeGreaterThanOrEqual(failing)
})
