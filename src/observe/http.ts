import { isIP } from 'node:net'
import type { NetworkNode } from '../api/lab.ts'
import type { HttpResult } from '../api/measure.ts'
import { WirebookError } from '../error.ts'
import { output } from '../output.ts'
import { printed } from '../printed.ts'
import { follow } from './follow.ts'
import { parseWget } from './parse/wget.ts'
import { spawnInNetwork, spawnInside } from './spawn.ts'

/**
 * Fetches a URL from inside a node with wget, printing what wget prints. An address is fetched by the machine's wget in the
 * node's network namespace, so that images without one can ask too; a name by the node's own wget, whose resolver knows
 * it. A status such as 404 is a result; no answer at all is an error. (busybox's wget gives no body for a status above 399.)
 */
export async function http(from: NetworkNode, url: string, options: { timeout?: number; print?: boolean } = {}): Promise<HttpResult> {
  const { timeout = 10, print = true } = options
  const address = urlOf(url)
  // As it was written: wget then prints the port that was given, even 80.
  const written = /^http:\/\//i.test(url) ? url : `http://${url}`
  const numeric = isIP(address.hostname.replace(/^\[|\]$/g, '')) !== 0
  // No -T: Debian's static busybox 1.35 crashes on it. The limit is kept here.
  const words = ['-S', '-O', '-', written]
  const process = numeric || !('image' in from)
    ? await spawnInNetwork(from, ['sh', '-c', 'if command -v busybox >/dev/null 2>&1; then exec busybox wget "$@"; else exec wget "$@"; fi', 'wget', ...words])
    : await spawnInside(from, ['wget', ...words])
  const started = performance.now()
  const { exitCode, stdout, stderr } = await follow(process, {
    limit: timeout, what: `${from.name}: wget ${url}`,
    onText: print ? (text, stream) => stream === 'stderr' && output().write(text) : undefined,
  })
  const ms = performance.now() - started
  const { status, statusText = '', headers, error } = parseWget(stderr)
  if (status === undefined) throw unanswered(from, address, exitCode, error, `${stderr}${stdout}`)
  const contentLength = headers['content-length']
  const result: HttpResult = {
    url: address.href, status, statusText, headers, bytes: stdout.length, body: stdout.toString(), ms,
    ...(contentLength !== undefined && { contentLength: Number(contentLength) }),
  }
  return printed(result, print, `${status} ${statusText}, ${result.bytes} bytes from ${result.url}`)
}

/** `172.17.0.2:80` is what one types: the scheme may be left out. */
function urlOf(text: string): URL {
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`)
    if (url.protocol === 'http:') return url
  } catch {
    // Said below, for both ways in which it can be wrong.
  }
  throw new WirebookError(`http: "${text}" is not an http URL.`, { remedy: "Write an address with an optional port and path: '172.17.0.2:80/index.html'." })
}

function unanswered(from: NetworkNode, url: URL, exitCode: number, error: string | undefined, text: string): WirebookError {
  if (error) return new WirebookError(`${from.name}: no answer from ${url.href}: ${error}`)
  if (/not found|no such file/i.test(text) || exitCode === 127 || exitCode === 126) {
    return new WirebookError(`${from.name} has no wget of its own to look up the name "${url.hostname}".`, { remedy: 'Ask for the address, or ask from a busybox container.' })
  }
  return new WirebookError(`${from.name}: no answer from ${url.href} (wget ended with exit status ${exitCode}): ${text.trim() || 'it printed nothing'}`)
}
