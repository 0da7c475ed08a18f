import { AsyncLocalStorage } from 'node:async_hooks'
import type { Cell } from './cell.ts'

const storage = new AsyncLocalStorage<Cell>()
let latest: Cell | undefined

/** Runs a function, and all that it starts, as a part of the cell. */
export function inCell<Result>(cell: Cell, run: () => Result): Result {
  return storage.run(cell, run)
}

/** Makes this the cell that takes the output of code which belongs to none. */
export function setLatestCell(cell: Cell): void {
  latest = cell
}

/** The cell that the running code belongs to; for code that belongs to none, the cell that ran last. */
export function currentCell(): Cell | undefined {
  return storage.getStore() ?? latest
}

/** The cell that the running code was started by. */
export function owningCell(): Cell | undefined {
  return storage.getStore()
}
