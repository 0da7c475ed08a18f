import { WirebookError } from '../error.ts'
import { addressNumber } from '../lab/topologies/address.ts'

export interface Published {
  /** `80/tcp`, as the engine names it. */
  containerPort: string
  hostIp: string
  /** '' lets the engine choose. */
  hostPort: string
}

/** Reads what `docker run -p` takes: `8080:80`, `127.0.0.1:8080:80/udp`, `80`. Throws for anything else. */
export function parsePublish(mapping: string): Published {
  const match = /^(?:(?:(\[[\da-fA-F:]+\]|[\d.]+):)?(\d*):)?(\d+)(?:\/(tcp|udp|sctp))?$/.exec(String(mapping))
  const [, ip = '', hostPort = '', port = '', protocol = 'tcp'] = match ?? []
  const valid = match && isPort(port) && (hostPort === '' || isPort(hostPort)) && (ip === '' || ip.startsWith('[') || addressNumber(ip) !== undefined)
  if (valid) return { containerPort: `${Number(port)}/${protocol}`, hostIp: ip.replace(/[[\]]/g, ''), hostPort }
  throw new WirebookError(`publish: "${mapping}" is not a port mapping.`, {
    remedy: 'Write "8080:80" (port 8080 of the host to port 80 of the container), or "127.0.0.1:8080:80/udp". Ports are 1 to 65535.',
  })
}

function isPort(text: string): boolean {
  return Number(text) >= 1 && Number(text) <= 65535
}
