/** The notebook's names at run time: a getter, and for variables a setter, into the cell that declared each last. */

export interface CellNames {
  /** What compiled cells read and write names of earlier cells through. */
  readonly values: Record<string, unknown>
  declare(name: string, get: () => unknown, set?: (value: unknown) => void): void
}

export function createCellNames(): CellNames {
  const values = Object.create(null) as Record<string, unknown>
  return {
    values,
    declare: (name, get, set) =>
      void Object.defineProperty(values, name, { get, ...set ? { set } : {}, enumerable: true, configurable: true }),
  }
}
