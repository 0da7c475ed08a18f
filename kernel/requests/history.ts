import type { HistoryReply, HistoryRequest } from '../wire/messages.ts'
import type { Kernel } from './context.ts'

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#history */
export async function history(kernel: Kernel, request: HistoryRequest): Promise<HistoryReply> {
  return { status: 'ok', history: (await kernel.history).query(request) }
}
