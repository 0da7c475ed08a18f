/** IPv4 addresses and subnets as numbers. */

export interface Subnet {
  /** The network address as a number. */
  first: number
  prefix: number
  /** Addresses in it, those of the network and of broadcast included. */
  size: number
}

/** The number of a dotted quad, or undefined when it is none: `192.168.111.128`. Leading zeros are refused. */
export function addressNumber(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every(part => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return undefined
  return parts.reduce((number, part) => number * 256 + Number(part), 0)
}

export function addressText(number: number): string {
  return [24, 16, 8, 0].map(shift => Math.floor(number / 2 ** shift) % 256).join('.')
}

/** A subnet in CIDR form. @throws {RangeError} when it is none */
export function subnet(cidr: string): Subnet {
  const [address = '', prefix = ''] = cidr.split('/')
  const number = addressNumber(address)
  if (number === undefined || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32 || cidr.split('/').length !== 2) {
    throw new RangeError(`${JSON.stringify(cidr)} is not an IPv4 subnet such as 192.168.111.0/24`)
  }
  const size = 2 ** (32 - Number(prefix))
  return { first: Math.floor(number / size) * size, prefix: Number(prefix), size }
}

export function contains(net: Subnet, address: string): boolean {
  const number = addressNumber(address)
  return number !== undefined && number >= net.first && number < net.first + net.size
}

export function overlap(a: Subnet, b: Subnet): boolean {
  return a.first < b.first + b.size && b.first < a.first + a.size
}

/** The first address of a subnet after a given one that nobody has, starting again from the subnet's begin at its end. */
export function firstFree(net: Subnet, after: string, taken: string[]): string {
  const usable = net.size - 2
  const start = (addressNumber(after) ?? net.first) - net.first
  for (let step = 0; step < usable; step++) {
    const text = addressText(net.first + 1 + ((start + step) % usable))
    if (!taken.includes(text)) return text
  }
  throw new RangeError(`no address is left in ${addressText(net.first)}/${net.prefix}`)
}
