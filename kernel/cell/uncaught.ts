import type { Cell } from './cell.ts'

/**
 * Gives each exception that nothing caught, and each rejection that nothing handled, to the cell that caused it. Node
 * calls both handlers in the asynchronous context of the cause. The kernel goes on.
 */
export function reportUncaught(current: () => Cell | undefined, report: (cell: Cell | undefined, error: unknown) => void): void {
  const handle = (error: unknown) => {
    const cell = current()
    // What a stopped cell leaves behind fails because it was stopped; the person knows.
    if (cell?.interrupted && stopped(cell, error)) return
    report(cell, error)
  }
  process.on('uncaughtException', handle)
  process.on('unhandledRejection', handle)
}

function stopped(cell: Cell, error: unknown): boolean {
  return error === cell.signal.reason || (error instanceof Error && (error.name === 'AbortError' || error.cause === cell.signal.reason))
}
