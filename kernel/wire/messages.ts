/**
 * The messages of the Jupyter protocol 5.4, each under the protocol's own name.
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html
 */
import type { MimeBundle } from '../../src/output.ts'

export const protocolVersion = '5.4'

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#message-header */
export interface Header {
  msg_id: string
  session: string
  username: string
  /** ISO 8601 */
  date: string
  msg_type: string
  version: string
  subshell_id?: string | null
}

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#a-full-message */
export interface Message {
  header: Header
  /** Empty where nothing asked for the message. */
  parent_header: Header | Record<string, never>
  metadata: Record<string, unknown>
  content: Record<string, unknown>
  buffers: Uint8Array[]
}

export type Channel = 'shell' | 'control'

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#execute */
export interface ExecuteRequest {
  code: string
  silent?: boolean
  store_history?: boolean
  user_expressions?: Record<string, string>
  allow_stdin?: boolean
  stop_on_error?: boolean
}

export interface ErrorContent {
  ename: string
  evalue: string
  traceback: string[]
}

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#payloads-deprecated: still how a pager is asked for. */
export interface PagePayload {
  source: 'page'
  data: MimeBundle
  /** Line to start at. */
  start: number
}

export type Expression = { status: 'ok'; data: MimeBundle; metadata: Record<string, unknown> } | ({ status: 'error' } & ErrorContent)

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#execution-results */
export type ExecuteReply =
  | { status: 'ok'; execution_count: number; payload: PagePayload[]; user_expressions: Record<string, Expression> }
  | ({ status: 'error'; execution_count: number } & ErrorContent)
  | { status: 'aborted'; execution_count: number }

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#introspection; `cursor_pos` counts Unicode code points. */
export interface InspectRequest { code: string; cursor_pos: number; detail_level?: 0 | 1 }
export interface InspectReply { status: 'ok'; found: boolean; data: MimeBundle; metadata: Record<string, unknown> }

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#completion; positions count Unicode code points. */
export interface CompleteRequest { code: string; cursor_pos: number }
export interface CompleteReply {
  status: 'ok'
  matches: string[]
  cursor_start: number
  cursor_end: number
  metadata: Record<string, unknown>
}

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#code-completeness */
export interface IsCompleteRequest { code: string }
export interface IsCompleteReply { status: 'complete' | 'incomplete' | 'invalid' | 'unknown'; indent?: string }

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#history */
export interface HistoryRequest {
  output?: boolean
  raw?: boolean
  hist_access_type: 'tail' | 'range' | 'search'
  session?: number
  start?: number
  stop?: number
  n?: number
  pattern?: string
  unique?: boolean
}
/** Session, line number, and the input, or the input with its output. */
export type HistoryEntry = [number, number, string | [string, string | null]]
export interface HistoryReply { status: 'ok'; history: HistoryEntry[] }

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#comm-info */
export interface CommInfoRequest { target_name?: string }
export interface CommInfoReply { status: 'ok'; comms: Record<string, { target_name: string }> }

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#opening-a-comm */
export interface CommOpen { comm_id: string; target_name: string; data: Record<string, unknown> }
/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#comm-messages */
export interface CommMsg { comm_id: string; data: Record<string, unknown> }

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-info */
export interface KernelInfoReply {
  status: 'ok'
  protocol_version: string
  implementation: string
  implementation_version: string
  language_info: {
    name: string
    version: string
    mimetype: string
    file_extension: string
    pygments_lexer: string
    codemirror_mode: string | { name: string; [option: string]: unknown }
    nbconvert_exporter: string
  }
  banner: string
  debugger: boolean
  help_links: { text: string; url: string }[]
  supported_features: string[]
}

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#messages-on-the-stdin-router-dealer-channel */
export interface InputRequest { prompt: string; password: boolean }
export interface InputReply { value: string }

/** What the kernel broadcasts: https://jupyter-client.readthedocs.io/en/stable/messaging.html#messages-on-the-iopub-pub-sub-channel */
export interface Broadcasts {
  stream: { name: 'stdout' | 'stderr'; text: string }
  display_data: { data: MimeBundle; metadata: Record<string, unknown>; transient: { display_id?: string } }
  update_display_data: { data: MimeBundle; metadata: Record<string, unknown>; transient: { display_id: string } }
  execute_input: { code: string; execution_count: number }
  execute_result: { data: MimeBundle; metadata: Record<string, unknown>; execution_count: number }
  error: ErrorContent
  status: { execution_state: 'starting' | 'busy' | 'idle' }
  clear_output: { wait: boolean }
  comm_open: CommOpen
  comm_msg: CommMsg
  comm_close: CommMsg
  shutdown_reply: { status: 'ok'; restart: boolean }
  iopub_welcome: { subscription: string }
}
