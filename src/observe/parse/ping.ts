import type { PingReply } from '../../api/measure.ts'

/** What went wrong with one request, as ping printed it. */
export interface PingError {
  text: string
  /** Who reported it; absent for an error of the sender itself. */
  from?: string
  seq?: number
  /** The MTU that the error names: the next hop's, or the sender's own interface's. */
  mtu?: number
}

export interface PingText {
  /** The target as it was written, and the address that it was found to be. */
  target?: string
  address?: string
  /** The first reply of each request. */
  replies: PingReply[]
  duplicates: number
  errors: PingError[]
  /** From ping's own summary, which an interrupted ping may not have printed. */
  transmitted?: number
  received?: number
}

/** Reads what ping prints: busybox's and iputils' forms. Incomplete text is read as far as it goes. */
export function parsePing(text: string): PingText {
  const found: PingText = { replies: [], duplicates: 0, errors: [] }
  for (const line of text.split('\n')) readLine(line, found)
  return found
}

const header = /^PING (\S+) \(([^)]+)\)/
const reply = /^(\d+) bytes from (\S+?):? (?:icmp_)?seq=(\d+) ttl=(\d+)(?: time=([\d.]+) ms)?( \(DUP!\))?/
const summary = /^(\d+) packets transmitted, (\d+) (?:packets )?received/
const reported = /^From (\S+?):? icmp_seq=(\d+) (.+)$/
const own = /^(?:\S*\bping6?|\S*busybox): (.+)$/

function readLine(line: string, found: PingText): void {
  let parts: RegExpExecArray | null
  if ((parts = header.exec(line))) {
    found.target = parts[1]
    found.address = parts[2]
  } else if ((parts = reply.exec(line))) {
    const [, bytes, from, seq, ttl, ms] = parts
    if (parts[6] || found.replies.some(earlier => earlier.seq === Number(seq))) found.duplicates++
    else found.replies.push({ seq: Number(seq), ttl: Number(ttl), ms: ms === undefined ? Number.NaN : Number(ms), bytes: Number(bytes), from: from! })
  } else if ((parts = summary.exec(line))) {
    found.transmitted = Number(parts[1])
    found.received = Number(parts[2])
  } else if ((parts = reported.exec(line))) {
    found.errors.push({ from: parts[1], seq: Number(parts[2]), text: parts[3]!, ...mtuIn(parts[3]!) })
  } else if ((parts = own.exec(line))) {
    // "sendto: Network is unreachable", "connect: …": the call's name says nothing to a learner.
    const words = parts[1]!.replace(/^(sendto|connect|sendmsg|local error): /, '')
    if (!/^warning: /.test(words)) found.errors.push({ text: words, ...mtuIn(words) })
  }
}

function mtuIn(text: string): { mtu?: number } {
  const mtu = /mtu ?= ?(\d+)/i.exec(text)?.[1]
  return mtu === undefined ? {} : { mtu: Number(mtu) }
}
