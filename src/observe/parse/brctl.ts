export interface BridgePorts {
  name: string
  /** `8000.0242653a0c37`: priority and MAC. */
  id: string
  stp: boolean
  interfaces: string[]
}

/** `brctl show`: bridges with their ports. */
export function parseBrctlShow(text: string): BridgePorts[] {
  const bridges: BridgePorts[] = []
  for (const line of text.split('\n').slice(1)) {
    const words = line.trim().split(/\s+/).filter(word => word !== '')
    if (words.length === 0) continue
    if (/^\s/.test(line)) bridges.at(-1)?.interfaces.push(words[0]!)
    else bridges.push({ name: words[0]!, id: words[1] ?? '', stp: words[2] === 'yes', interfaces: words.slice(3, 4) })
  }
  return bridges
}

export interface BridgeMac { port: number; mac: string; local: boolean; /** Seconds since it was last seen. */ age: number }

/** `brctl showmacs BRIDGE`: the MAC table by port number. */
export function parseBrctlMacs(text: string): BridgeMac[] {
  return [...text.matchAll(/^\s*(\d+)\s+([0-9a-f:]{17})\s+(yes|no)\s+([\d.]+)/gim)]
    .map(([, port, mac, local, age]) => ({ port: Number(port), mac: mac!, local: local === 'yes', age: Number(age) }))
}
