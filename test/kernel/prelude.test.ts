/** A prelude that cannot be loaded: each cell says so at once, and the kernel can be restarted. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startKernel, type Client } from './client.ts'

let folder: string
let kernel: Client | undefined
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'wirebook-prelude-')) })
afterEach(async () => {
  await kernel?.stop()
  kernel = undefined
  rmSync(folder, { recursive: true, force: true })
})

async function startWith(prelude: string): Promise<Client> {
  const path = join(folder, 'prelude.ts')
  writeFileSync(path, prelude)
  return kernel = await startKernel({ env: { WIREBOOK_PRELUDE: path } })
}

describe.each([
  ['a module that it imports is missing', "import './not-there.ts'\nexport const extension = { globals: {} }", /Cannot find module .*not-there\.ts/],
  ['it throws', "throw new RangeError('no luck')", /no luck/],
  ['its syntax is broken', 'export const = 1', /prelude\.ts/],
  ['it exports nothing', 'export {}', /exports no `extension`/],
])('%s', (_, prelude, reason) => {
  test('every kind of cell ends at once with an error that says what failed', async () => {
    const client = await startWith(prelude)
    for (const code of ['1 + 1', '%%sh A\nls', 'const bbox = await none.run()', '%help']) {
      const { reply, of } = await client.execute(code, {}, 10_000)
      expect(reply.content).toMatchObject({ status: 'error', ename: 'PreludeError' })
      const text = stripVTControlCharacters(of('error')[0]!.content.traceback.join('\n'))
      expect(text).toContain(join(folder, 'prelude.ts'))
      expect(text).toMatch(reason)
      expect(text).toContain('then restart the kernel')
    }
    for (const [type, content] of Object.entries({ complete_request: { code: 'lab.', cursor_pos: 4 }, inspect_request: { code: 'lab', cursor_pos: 3, detail_level: 0 }, is_complete_request: { code: '1' } })) {
      expect((await client.request(type, content, 'shell', 10_000)).content.status).toBeDefined()
    }
    expect((await client.request('kernel_info_request')).content.status).toBe('ok')
    const began = performance.now()
    await client.stop()
    expect(await client.exited).toBe(0)
    expect(performance.now() - began).toBeLessThan(1500)
  })
})
