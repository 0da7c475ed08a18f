/** What the main thread and the wire thread say to each other. */
import type { Channel } from './messages.ts'

/** A broadcast. It goes out after the text that the ring held before position `after`. */
export interface Publish {
  kind: 'publish'
  after: number
  /** The request that it belongs to; none for what nobody asked for. */
  request: number | undefined
  type: string
  /** JSON, made by the sender: what cannot be JSON fails where it is shown, and its size is known. */
  content: string
  metadata?: string
  buffers?: Uint8Array[]
  /** What it counts against the bound of what is under way. */
  kilobytes: number
}

/** No more output for this request, after the text that the ring held before position `after`. */
export interface Forget { kind: 'forget'; request: number; after: number }

export type ToThread =
  | Publish
  /** There is text in the ring. */
  | { kind: 'text' }
  | { kind: 'reply'; request: number; type: string; content: string; metadata?: Record<string, unknown> }
  | { kind: 'input_request'; request: number; prompt: string; password: boolean }
  /** The request was answered. Its header is kept for late output until `forget`. */
  | { kind: 'done'; request: number }
  | Forget
  | { kind: 'fence'; fence: number }
  /** Somebody pressed Ctrl-C. */
  | { kind: 'interrupt' }
  | { kind: 'close' }

export interface Request {
  request: number
  channel: Channel
  type: string
  /** The asking client's session. */
  client: string
  content: Record<string, unknown>
  metadata: Record<string, unknown>
  buffers: Uint8Array[]
}

export type FromThread =
  | ({ kind: 'request' } & Request)
  | { kind: 'input_reply'; value: string }
  | { kind: 'fence'; fence: number }
  | { kind: 'interrupt'; interrupt: number; terminated: boolean }
  | { kind: 'shutdown'; restart: boolean }
  | { kind: 'closed' }
