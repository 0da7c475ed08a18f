import { writeSync } from 'node:fs'

/** Lines of log at most: a flood of malformed messages must not fill a disk. */
const most = 1000
let lines = 0

/**
 * A line for the terminal or log file that the front end runs in, never for a cell. Written at once, since the main
 * thread may spin; where the terminal is full or gone, it is lost.
 */
export function log(text: string, { always = false } = {}): void {
  lines++
  if (lines > most && !always) return
  try {
    writeSync(2, `wirebook kernel: ${text}${lines === most ? ' (nothing more is told)' : ''}\n`)
  } catch (error) {
    if (!['EAGAIN', 'EPIPE', 'EBADF', 'EIO'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}
