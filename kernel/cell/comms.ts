import type { CommMsg, CommOpen } from '../wire/messages.ts'
import type { Wire } from '../wire/wire.ts'

type Data = Record<string, unknown>
export interface CommMessage { data: Data; metadata: Data; buffers: Uint8Array[] }
type Listener = (message: CommMessage) => void

interface SendOptions { metadata?: Data; buffers?: Uint8Array[] }

/** One end of a conversation with code in the front end: https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages */
export interface Comm {
  readonly id: string
  readonly target: string
  readonly closed: boolean
  send(data: Data, options?: SendOptions): void
  close(data?: Data, options?: SendOptions): void
  onMessage(listener: Listener): void
  onClose(listener: Listener): void
}

/** The global `comms`. */
export interface Comms {
  /** Opens a comm to a target that the front end knows. */
  open(target: string, data?: Data, options?: SendOptions): Comm
  /** Says who takes the comms that the front end opens for this target. */
  register(target: string, opened: (comm: Comm, message: CommMessage) => void): void
  unregister(target: string): void
}

export interface CommRequests {
  open(content: CommOpen, message: CommMessage): void
  message(content: CommMsg, message: CommMessage): void
  close(content: CommMsg, message: CommMessage): void
  info(target: string | undefined): Record<string, { target_name: string }>
}

/** `request` is the request that the running code belongs to, the parent of what it sends. */
export function createComms(wire: Wire, request: () => number | undefined): { comms: Comms; requests: CommRequests } {
  const targets = new Map<string, (comm: Comm, message: CommMessage) => void>()
  const open = new Map<string, { comm: Comm; messages: Listener[]; closes: Listener[]; closed: boolean }>()

  const add = (id: string, target: string): Comm => {
    const state = { messages: [] as Listener[], closes: [] as Listener[], closed: false } as { comm: Comm; messages: Listener[]; closes: Listener[]; closed: boolean }
    const mustBeOpen = () => {
      if (state.closed) throw new Error(`The comm ${id} (${target}) is closed; open a new one.`)
    }
    state.comm = {
      id,
      target,
      get closed() {
        return state.closed
      },
      send(data, options) {
        mustBeOpen()
        wire.publish(request(), 'comm_msg', { comm_id: id, data }, options)
      },
      close(data = {}, options) {
        mustBeOpen()
        state.closed = true
        open.delete(id)
        wire.publish(request(), 'comm_close', { comm_id: id, data }, options)
      },
      onMessage: listener => void state.messages.push(listener),
      onClose: listener => void state.closes.push(listener),
    }
    open.set(id, state)
    return state.comm
  }

  return {
    comms: {
      open(target, data = {}, options) {
        const comm = add(crypto.randomUUID(), target)
        wire.publish(request(), 'comm_open', { comm_id: comm.id, target_name: target, data }, options)
        return comm
      },
      register: (target, opened) => void targets.set(target, opened),
      unregister: target => void targets.delete(target),
    },
    requests: {
      open({ comm_id: id, target_name: target }, message) {
        const opened = targets.get(target)
        // The protocol's answer to a target that nobody serves is to close the comm.
        if (!opened) return wire.publish(request(), 'comm_close', { comm_id: id, data: {} })
        opened(add(id, target), message)
      },
      message({ comm_id: id }, message) {
        for (const listener of open.get(id)?.messages ?? []) listener(message)
      },
      close({ comm_id: id }, message) {
        const state = open.get(id)
        if (!state) return
        state.closed = true
        open.delete(id)
        for (const listener of state.closes) listener(message)
      },
      info: target => Object.fromEntries([...open]
        .filter(([, { comm }]) => target === undefined || comm.target === target)
        .map(([id, { comm }]) => [id, { target_name: comm.target }])),
    },
  }
}
