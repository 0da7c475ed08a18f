import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Header, Message } from './messages.ts'

/** Between the routing identities and the message: https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol */
const delimiter = Buffer.from('<IDS|MSG>')

/** The four JSON parts of a message as they travel: header, parent header, metadata, content. */
export type Parts = [Buffer, Buffer, Buffer, Buffer]

/** A message that is not one, or not from who holds the key. */
export class MalformedMessage extends Error {
  override name = 'MalformedMessage'
}

/** Reads a multipart message. Throws MalformedMessage. */
export function decode(frames: Buffer[], key: string): { identities: Buffer[]; message: Message; signature: string } {
  const at = frames.findIndex(frame => frame.equals(delimiter))
  if (at < 0) throw new MalformedMessage(`${frames.length} frames without the delimiter <IDS|MSG>`)
  const signature = frames[at + 1]
  const parts = frames.slice(at + 2, at + 6) as Parts
  if (!signature || parts.length < 4) throw new MalformedMessage(`${frames.length - at - 1} frames after the delimiter; expected at least 5`)
  if (key !== '' && !signed(parts, signature, key)) throw new MalformedMessage('the signature does not match the key')
  const [header, parent_header, metadata, content] = parts.map(parseObject) as unknown as [Header, Header, Record<string, unknown>, Record<string, unknown>]
  for (const field of ['msg_id', 'msg_type', 'session'] as const) {
    if (typeof header[field] !== 'string') throw new MalformedMessage(`the header's ${field} is ${JSON.stringify(header[field])}; expected a string`)
  }
  const message = { header, parent_header, metadata, content, buffers: frames.slice(at + 6) }
  return { identities: frames.slice(0, at), message, signature: signature.toString('latin1') }
}

/** Makes a multipart message. `identities` are the routing frames; on iopub, the topic. */
export function encode(identities: (Buffer | string)[], parts: Parts, key: string, buffers: Uint8Array[] = []): (Buffer | string | Uint8Array)[] {
  return [...identities, delimiter, sign(parts, key), ...parts, ...buffers]
}

/** The signature in hexadecimal; empty where there is no key. */
export function sign(parts: Parts, key: string): string {
  if (key === '') return ''
  const hmac = createHmac('sha256', key)
  for (const part of parts) hmac.update(part)
  return hmac.digest('hex')
}

function signed(parts: Parts, signature: Buffer, key: string): boolean {
  const expected = Buffer.from(sign(parts, key))
  return expected.length === signature.length && timingSafeEqual(expected, signature)
}

function parseObject(part: Buffer): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(part.toString())
  } catch (cause) {
    throw new MalformedMessage(`a part is not JSON: ${(cause as Error).message}`, { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new MalformedMessage('a part is JSON, but no object')
  return value as Record<string, unknown>
}
