import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stripAnsi } from '../../../src/terminal/ansi.ts'
import { ScreenLines } from '../../../src/terminal/screen-lines.ts'

function shown(...chunks: string[]): string {
  let text = ''
  const lines = new ScreenLines(piece => { text += piece })
  for (const chunk of chunks) lines.write(chunk)
  lines.flush()
  return text
}

describe('what a terminal received', () => {
  it('keeps text and colours as they are', () => {
    expect(shown('a\r\nb\r\n')).toBe('a\nb\n')
    expect(shown('\x1b[01;34m/etc\x1b[0m\r\n')).toBe('\x1b[01;34m/etc\x1b[0m\n')
  })

  it('shows a progress bar once, in its last state (busybox wget)', () => {
    expect(shown("saving to 'index.html'\r\n\rindex.html    0% |    |     0  0:00:00 ETA", '\rindex.html  100% |****|   615  0:00:00 ETA\r\n', "'index.html' saved\r\n"))
      .toBe("saving to 'index.html'\nindex.html  100% |****|   615  0:00:00 ETA\n'index.html' saved\n")
  })

  it('leaves out what only moves the cursor or names the window', () => {
    expect(shown('/ # \x1b[6n', '\r/ # \x1b[J', 'ip addr\r\n')).toBe('/ # ip addr\n')
    expect(shown('\x1b]0;title\x07x\r\n')).toBe('x\n')
  })

  it('shows a block that is drawn over once more, as it stands in the end (docker service create)', () => {
    expect(shown('overall progress: 0 out of 1 tasks\r\n1/1: \r\n').replace(/[^]*$/, '')).toBe('')
    expect(shown('id\r\noverall progress: 0 out of 1 tasks\r\n1/1: \r\n', '\x1b[2A\x1b[2Koverall progress: 1 out of 1 tasks\r\n\x1b[2K1/1: running\r\nverify: Service converged\r\n'))
      .toBe('id\noverall progress: 0 out of 1 tasks\n1/1: \noverall progress: 1 out of 1 tasks\n1/1: running\nverify: Service converged\n')
  })

  it('is the same however it was cut into pieces', () => {
    const whole = 'a\x1b[31mred\x1b[0m\r\nbar 0%\rbar 100%\r\n\x1b]697;p;0\x07$ \x1b[6n中文\r\nend'
    fc.assert(fc.property(fc.array(fc.nat(whole.length), { maxLength: 8 }), cuts => {
      const at = [0, ...cuts.sort((one, other) => one - other), whole.length]
      expect(shown(...at.slice(1).map((end, index) => whole.slice(at[index], end)))).toBe(shown(whole))
    }), { seed: 7, numRuns: 200 })
  })
})

it('plain text has no escape sequences left', () => {
  expect(stripAnsi('\x1b[6n/ # \x1b[1;31mx\x1b[0m\x1b]0;t\x07y\x1b(B')).toBe('/ # xy')
})
