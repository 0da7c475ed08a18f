import type { NetworkNode } from '../api/lab.ts'
import { WirebookError } from '../error.ts'
import { spawnInNetwork } from './spawn.ts'

/** What `tcpdump -nnn -vvv` and `tcpdump -nnn -vvv -X` print of a capture: the lab's own tcpdump reads it again. */
export async function formatPcap(node: NetworkNode, pcap: Uint8Array): Promise<{ plain: string; hex: string }> {
  const process = await spawnInNetwork(node, ['tcpdump', '-nnn', '-vvv', '-X', '-Z', 'root', '-r', '-'])
  let hex = ''
  let messages = ''
  process.stdout.setEncoding('utf8').on('data', (text: string) => (hex += text))
  process.stderr.setEncoding('utf8').on('data', (text: string) => (messages += text))
  process.stdin.on('error', () => {}) // its exit status says more
  process.stdin.end(pcap)
  const exitCode = await process.exit
  if (exitCode !== 0) throw new WirebookError(`tcpdump could not read the capture again (exit status ${exitCode}): ${messages.trim()}`)
  return { plain: withoutHex(hex).trimEnd(), hex: hex.trimEnd() }
}

/** Without the lines of the hexadecimal dump: a tab, the offset, and the bytes. */
export function withoutHex(text: string): string {
  return text.split('\n').filter(line => !/^\t0x[0-9a-f]{4}:  /.test(line)).join('\n')
}
