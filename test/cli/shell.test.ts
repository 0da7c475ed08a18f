import { spawn } from 'node-pty'
import { afterEach, expect, test } from 'vitest'
import { repository, wirebook } from './wirebook.ts'

let terminal: ReturnType<typeof spawn> | undefined
afterEach(() => {
  try {
    terminal?.kill('SIGKILL')
  } catch {
    // it has ended
  }
})

/** A person's terminal on `wirebook shell`; `until` waits for text that has not been waited for yet. */
function open(...words: string[]) {
  const child = spawn(`${repository}/wirebook`, ['shell', ...words], { cols: 97, rows: 31, name: 'xterm' })
  terminal = child
  let text = ''
  let seen = 0
  let look = () => {}
  child.onData(data => {
    text += data
    look()
  })
  const exit = new Promise<number>(resolve => child.onExit(({ exitCode }) => resolve(exitCode)))
  const until = (pattern: RegExp) => new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${pattern} did not come within 40 s: ${JSON.stringify(text.slice(seen))}`)), 40_000)
    look = () => {
      const found = pattern.exec(text.slice(seen))
      if (!found) return
      clearTimeout(late)
      seen += found.index + found[0].length
      resolve(found[0])
    }
    look()
  })
  return { child, until, exit }
}

test('a shell on B: its address, the window’s size, and its exit status', async () => {
  const { child, until, exit } = open('B')
  await until(/This is B\. The lab ends with this shell\./)
  await until(/[#$] $/)
  child.write('hostname; ip -4 -brief addr show ens33\r')
  await until(/\rB\r\n/)
  await until(/192\.168\.111\.129\/24/)
  child.write('stty size\r')
  await until(/31 97/)
  child.resize(120, 40)
  child.write('stty size\r')
  await until(/40 120/)
  child.write('docker run --rm busybox echo from-$((40+2))\r')
  await until(/from-42/)
  child.write('exit 7\r')
  expect(await exit).toBe(7)
}, 90_000)

test('without a terminal, the shell reads its commands from standard input', async () => {
  const words = ['-c', `printf 'hostname\\nip -4 -brief addr show eth1\\nexit 3\\n' | "$0" shell router`, `${repository}/wirebook`]
  const { status, stdout, stderr } = await wirebook(words, { command: 'bash' })
  expect(stdout).toMatch(/^router\neth1.*192\.168\.111\.1\/24/)
  expect(stderr).toContain('This is router.')
  expect(status).toBe(3)
}, 90_000)
