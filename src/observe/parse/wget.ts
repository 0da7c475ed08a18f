/** What `wget -S` says of an exchange on its standard error. */
export interface WgetText {
  /** Absent when no answer came. */
  status?: number
  statusText?: string
  headers: Record<string, string>
  /** Why there was no answer, in wget's words. */
  error?: string
}

const statusLine = /^\s*HTTP\/[\d.]+ (\d{3}) ?(.*)$/
const headerLine = /^\s{2,}([A-Za-z0-9-]+): ?(.*)$/

/** Reads busybox's and GNU's wget; of several answers (redirects), the last one counts. */
export function parseWget(text: string): WgetText {
  const found: WgetText = { headers: {} }
  for (const line of text.split(/\r?\n/)) {
    const status = statusLine.exec(line)
    if (status) {
      found.status = Number(status[1])
      found.statusText = status[2]!.trim()
      found.headers = {}
      continue
    }
    const header = found.status === undefined ? null : headerLine.exec(line)
    if (header) found.headers[header[1]!.toLowerCase()] = header[2]!.trim()
    const error = /^wget: (?!server returned error)(.+)$/.exec(line) ?? /^(?:failed|.* failed): (.+)\.?$/.exec(line)
    if (error) found.error = error[1]!.trim()
  }
  return found
}
