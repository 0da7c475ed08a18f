/** Units that suit the numbers of one chart, and numbers as a person writes them. */

export interface Unit {
  name: string
  /** How much of the base unit one of it is. */
  size: number
}

/** For times in ms: µs where all are below 1 ms. */
export function timeUnit(milliseconds: number[]): Unit {
  return Math.max(0, ...milliseconds) < 1 ? { name: 'µs', size: 0.001 } : { name: 'ms', size: 1 }
}

/** For rates in bit/s. */
export function bitRateUnit(bitsPerSecond: number[]): Unit {
  const most = Math.max(0, ...bitsPerSecond)
  if (most >= 1e9) return { name: 'Gbit/s', size: 1e9 }
  if (most >= 1e6) return { name: 'Mbit/s', size: 1e6 }
  return { name: 'kbit/s', size: 1e3 }
}

/** For packets per second. */
export function packetRateUnit(packetsPerSecond: number[]): Unit {
  return Math.max(0, ...packetsPerSecond) >= 10_000 ? { name: 'thousand packets/s', size: 1000 } : { name: 'packets/s', size: 1 }
}

/** A number with three significant digits, thousands apart: `12.3`, `0.421`, `1 450`. */
export function round(value: number): string {
  const rounded = Number(value.toPrecision(3))
  return Math.abs(rounded) >= 1000 ? Math.round(value).toLocaleString('en-US').replaceAll(',', '\u202f') : String(rounded)
}

export function inUnit(value: number, unit: Unit): string {
  return `${round(value / unit.size)} ${unit.name}`
}

/** A time in ms in the unit that suits it alone. */
export function time(milliseconds: number): string {
  return inUnit(milliseconds, timeUnit([Math.abs(milliseconds)]))
}
