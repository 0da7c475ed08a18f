import { readFileSync } from 'node:fs'

/** https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files */
export interface Connection {
  transport: 'tcp' | 'ipc'
  ip: string
  /** The HMAC key; empty means that messages are not signed. */
  key: string
  shell_port: number
  iopub_port: number
  stdin_port: number
  control_port: number
  hb_port: number
}

export const portNames = ['shell_port', 'iopub_port', 'stdin_port', 'control_port', 'hb_port'] as const

/** Reads the connection file that the front end wrote. Throws, naming the field, where it is not one. */
export function readConnection(path: string): Connection {
  let raw: Record<string, unknown>
  try {
    raw = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  } catch (cause) {
    throw new Error(`The connection file ${path} cannot be read: ${(cause as Error).message}`, { cause })
  }
  const wrong = (field: string, expected: string): never => {
    throw new Error(`The connection file ${path} has ${field} ${JSON.stringify(raw[field])}; expected ${expected}.`)
  }
  if (raw.transport !== 'tcp' && raw.transport !== 'ipc') wrong('transport', '"tcp" or "ipc"')
  if (typeof raw.ip !== 'string' || raw.ip === '') wrong('ip', 'an address, or a path prefix for ipc')
  if (typeof raw.key !== 'string') wrong('key', 'a string, empty for unsigned messages')
  if (raw.key !== '' && raw.signature_scheme !== 'hmac-sha256') wrong('signature_scheme', '"hmac-sha256"')
  for (const port of portNames) if (!Number.isInteger(raw[port])) wrong(port, 'a whole number')
  return raw as unknown as Connection
}

/** The ZeroMQ address of one of the kernel's sockets: `tcp://127.0.0.1:5555`, `ipc:///path-1`. */
export function address(connection: Connection, port: (typeof portNames)[number]): string {
  const { transport, ip } = connection
  return transport === 'tcp' ? `tcp://${ip}:${connection[port]}` : `ipc://${ip}-${connection[port]}`
}
