import { createCell } from '../cell/cell.ts'
import type { CommMessage } from '../cell/comms.ts'
import { inCell } from '../cell/current.ts'
import type { CommInfoReply, CommInfoRequest, CommMsg, CommOpen } from '../wire/messages.ts'
import type { Request } from '../wire/wire.ts'
import type { Kernel } from './context.ts'

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#comm-info */
export async function commInfo(kernel: Kernel, { target_name }: CommInfoRequest): Promise<CommInfoReply> {
  return { status: 'ok', comms: kernel.comms.info(target_name) }
}

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages: none of the three has a reply. */
export async function comm(kernel: Kernel, _content: never, request: Request): Promise<void> {
  const message: CommMessage = { data: (request.content.data ?? {}) as CommMessage['data'], metadata: request.metadata, buffers: request.buffers }
  const content = request.content as unknown as CommOpen & CommMsg
  // What the listeners print and send belongs to this message, as the output of a cell to its request.
  const cell = createCell(kernel.wire, kernel.questions, request.request, { allowStdin: false })
  inCell(cell, () => {
    if (request.type === 'comm_open') kernel.comms.open(content, message)
    else if (request.type === 'comm_msg') kernel.comms.message(content, message)
    else kernel.comms.close(content, message)
  })
}
