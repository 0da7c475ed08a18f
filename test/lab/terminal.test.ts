import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Container } from '../../src/api/lab.ts'
import { testNotebook, type TestNotebook } from './notebook.ts'

let book: TestNotebook
let bbox: Container
beforeAll(async () => {
  book = testNotebook()
  await book.lab.start()
  bbox = await book.bridge.run('busybox', { name: 'bbox' })
})
afterAll(() => book.shutdown())

const commandsIn = async (container: Container) => (await container.run(['ps'], { print: false })).text

describe('a terminal', () => {
  it('is driven line by line, in a container and on a machine', async () => {
    const text = await book.printed(async () => {
      await using terminal = await bbox.terminal()
      await terminal.waitFor('/ # ')
      await terminal.line('ip route; tty')
      expect(await terminal.waitFor(/\/dev\/pts\/\d+/)).toContain('default via 172.17.0.1')
      await terminal.waitFor('/ # ')
      await terminal.line('exit 7')
      expect((await terminal.ended).exitCode).toBe(7)
    })
    expect(text).toContain('/ # ip route')
    expect(text).not.toContain('\x1b[6n')
    await using terminal = await book.lab.A.terminal(['sh', '-c', 'read answer; echo "got $answer"'], { print: false })
    await terminal.line('hello')
    await terminal.waitFor('got hello')
    await expect(terminal.ended.then(() => terminal.line('more'))).rejects.toThrow(/has ended/)
  })

  it('says what came when what was waited for did not', async () => {
    await using terminal = await bbox.terminal(['sh', '-c', 'echo something else; sleep 100'], { print: false })
    await expect(terminal.waitFor('prompt', { timeout: 0.5 })).rejects.toThrow(/"prompt"[\s\S]*0\.5 s[\s\S]*something else/)
    await expect(bbox.terminal(['true'], { print: false }).then(async one => one.waitFor('x'))).rejects.toThrow(/it ended/)
  })

  it('takes keys, and its command ends with it inside the container', async () => {
    await using terminal = await bbox.terminal(['sh', '-c', 'echo up; exec sleep 1234'], { print: false })
    await terminal.waitFor('up')
    await terminal.type('\x03')
    expect((await terminal.ended).exitCode).toBe(130)
    const other = await bbox.terminal(['sh', '-c', 'echo up; sleep 4321'], { print: false })
    await other.waitFor('up')
    await other.close()
    expect(await commandsIn(bbox)).not.toContain('4321')
  })

  it('lets the person type', async () => {
    book.answers.push('ip route', 'exit 3')
    const text = await book.printed(async () => {
      await using terminal = await bbox.terminal()
      await terminal.waitFor('/ # ')
      expect((await terminal.interact()).exitCode).toBe(3)
    })
    expect(text).toContain('172.17.0.0/16')
  })
})

describe('an interrupted cell', () => {
  it.each([
    ['a command in a container', () => bbox.sh`echo up; sh -c 'sleep 1111; true'; true`],
    ['a command on a machine', () => book.lab.A.sh`echo up; sh -c 'sleep 1111; true'; true`],
    ["a command in a container's network", () => bbox.inNetwork(['sh', '-c', 'echo up; sleep 1111; true'])],
    ['a terminal in a container', async () => (await bbox.terminal(['sh', '-c', 'echo up; sleep 1111; true'])).ended.then(() => { throw new Error('KeyboardInterrupt') })],
  ])('ends %s, what it started too', async (_, run) => {
    const started = performance.now()
    expect(await book.interrupted(/up/, run)).toMatchObject({ message: 'KeyboardInterrupt' })
    expect(performance.now() - started).toBeLessThan(3000)
    expect(await commandsIn(bbox)).not.toMatch(/\d sleep 1111/)
    expect((await book.lab.A.run(['ps', 'ax'], { print: false })).text).not.toContain('sleep 1111')
  })
})

describe('a command', () => {
  it('streams as it runs, keeps the order, and takes input', async () => {
    const result = await bbox.run(['sh', '-c', 'echo one; sleep 0.05; echo two >&2; sleep 0.05; echo three'], { print: false })
    expect(result.text).toBe('one\ntwo\nthree')
    expect([result.stdout, result.stderr]).toEqual(['one\nthree\n', 'two\n'])
    expect((await bbox.run(['wc', '-c'], { input: 'x'.repeat(200_000), print: false })).text.trim()).toBe('200000')
    expect((await bbox.run(['sh', '-c', 'echo $WHO; pwd'], { env: { WHO: 'me' }, cwd: '/tmp', print: false })).text).toBe('me\n/tmp')
    expect((await bbox.inNetwork(['ip', '-4', '-brief', 'addr', 'show', 'eth0'], { print: false })).text).toContain(bbox.ip)
  })

  it('never sees an interpolated value as code', async () => {
    const hostile = `'; touch /tmp/no; echo "$(touch /tmp/no)\``
    expect((await bbox.sh`printf %s ${hostile}`).text).toBe(hostile)
    expect((await bbox.sh`ls /tmp`).text).not.toContain('no')
  })
})
