import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { installKernel, placeOf, uninstallKernel } from '../../kernel/spec.ts'

const prefix = mkdtempSync(join(tmpdir(), 'wirebook-spec-'))
afterAll(() => rmSync(prefix, { recursive: true, force: true }))

test('installs, installs again, and removes', () => {
  const folder = installKernel({ prefix })
  expect(installKernel({ prefix })).toBe(folder)
  expect(folder).toBe(join(prefix, 'share/jupyter/kernels/wirebook'))
  const spec = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8'))
  expect(spec).toMatchObject({ display_name: 'TypeScript (Wirebook)', language: 'typescript', interrupt_mode: 'message', metadata: { debugger: false } })
  const [node, ...words] = spec.argv
  expect(isAbsolute(node) && existsSync(node)).toBe(true)
  expect(words.at(-1)).toBe('{connection_file}')
  expect(existsSync(words.at(-2))).toBe(true)
  for (const [logo, size] of [['logo-32x32.png', 32], ['logo-64x64.png', 64]] as const) {
    expect(readFileSync(join(folder, logo)).readUInt32BE(16)).toBe(size)
  }
  expect(readFileSync(join(folder, 'logo-svg.svg'), 'utf8')).toContain('<svg')
  uninstallKernel({ prefix })
  expect(existsSync(folder)).toBe(false)
  expect(() => uninstallKernel({ prefix })).toThrow(/There is no kernelspec/)
})

test('the kernelspec of another kernel stays', () => {
  const folder = installKernel({ prefix })
  writeFileSync(join(folder, 'kernel.json'), '{"argv": ["python"]}')
  expect(() => uninstallKernel({ prefix })).toThrow(/another kernel/)
})

test('options', () => {
  expect(placeOf([])).toEqual({ user: true })
  expect(placeOf(['--prefix', '/opt'])).toEqual({ prefix: '/opt' })
  expect(() => placeOf(['--prefix'])).toThrow(/--user, --sys-prefix, --prefix DIR/)
  expect(() => placeOf(['--global'])).toThrow(/does not know --global/)
})
