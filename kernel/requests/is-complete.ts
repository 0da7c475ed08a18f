import type { IsCompleteReply, IsCompleteRequest } from '../wire/messages.ts'
import type { Kernel } from './context.ts'

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#code-completeness */
export async function isComplete(kernel: Kernel, { code }: IsCompleteRequest): Promise<IsCompleteReply> {
  const incomplete: IsCompleteReply = { status: 'incomplete', indent: '' }
  if (/^\s*%%\S/.test(code)) {
    // A cell magic ends with a blank line, as in IPython; what it does with its lines is its own matter.
    if (!/^\s*%%time\b/.test(code)) return /\n\s*\n\s*$|\n\s*$/.test(code) && code.trim().includes('\n') ? { status: 'complete' } : incomplete
    const body = code.slice(code.indexOf('\n') + 1)
    return code.includes('\n') && body.trim() !== '' ? (await kernel.interpreter).isComplete(body) : incomplete
  }
  if (/^\s*(%[A-Za-z][\w-]*.*|\?\??\s*[\w$.%-]+|[\w$.%-]+\?\??)\s*$/.test(code)) return { status: 'complete' }
  const interpreter = await kernel.interpreter
  return interpreter.isComplete(code.replace(/^%[A-Za-z].*$/gm, ''))
}
