import { isIP } from 'node:net'
import type { NetworkNode } from '../api/lab.ts'
import { WirebookError } from '../error.ts'

export interface Target {
  /** What goes on the command line: an address or a name. */
  address: string
  /** What it is called in results. */
  name: string
  /** Whether it is an address, which needs no resolver. */
  numeric: boolean
}

/** A node, an address or a name as what a measurement is aimed at. */
export function targetOf(to: NetworkNode | string, what: string): Target {
  if (typeof to === 'string') {
    // The words go to programs as arguments: a leading dash would be an option.
    if (/^[A-Za-z0-9][A-Za-z0-9._:%-]*$|^[:A-Fa-f0-9.%]+$/.test(to)) return { address: to, name: to, numeric: isIP(to) !== 0 }
    throw new WirebookError(`${what}: "${to}" is neither an address nor a host name.`, { remedy: "Write an address such as '192.168.111.129', or pass lab.B or a container." })
  }
  if (to && typeof to === 'object' && 'inNetwork' in to) return { address: to.ip, name: to.name, numeric: true }
  throw new WirebookError(`${what}: the target must be a machine, a container, an address or a name, not ${(to as unknown) instanceof Promise ? 'a promise (put await before it)' : String(to)}.`)
}
