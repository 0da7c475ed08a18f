/** The version of a Docker Engine in a form that can be compared: `20.10.24+dfsg1` → [20, 10, 24]. */
export function parseEngineVersion(text: string): [major: number, minor: number, patch: number] | undefined {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text)
  return found ? [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)] : undefined
}

/** Whether a version is at least another: `isAtLeast('28.0.1', '20.10')`. */
export function isAtLeast(version: string, other: string): boolean {
  const one = parseEngineVersion(version)
  const two = parseEngineVersion(other)
  if (!one || !two) return false
  for (const i of [0, 1, 2] as const) if (one[i] !== two[i]) return one[i] > two[i]
  return true
}

export interface DockerVersionText {
  client?: string
  engine?: string
  /** Version of the HTTP API that client and engine speak: `1.41`. */
  api?: string
  containerd?: string
  runc?: string
}

/** Reads `docker version`, or one line of `docker --version` or `dockerd --version`. */
export function parseDockerVersion(text: string): DockerVersionText {
  const line = /^Docker version ([^\s,]+)/m.exec(text)
  if (line) return { client: line[1] }
  const found: DockerVersionText = {}
  let part = ''
  for (const row of text.split('\n')) {
    const section = /^(Client|Server)\b/.exec(row)?.[1] ?? /^ (Engine|containerd|runc|docker-init):$/.exec(row)?.[1]
    if (section) part = section
    const [, name, value] = /^\s+(Version|API version):\s+(\S+)/.exec(row) ?? []
    if (name === 'API version' && (part === 'Client' || found.api === undefined)) found.api = value
    if (name !== 'Version') continue
    if (part === 'Client') found.client = value
    // Debian's 20.10 prints the engine's version under "Engine"; some builds directly under "Server".
    else if (part === 'Engine' || part === 'Server') found.engine ??= value
    else if (part === 'containerd') found.containerd = value
    else if (part === 'runc') found.runc = value
  }
  return found
}
