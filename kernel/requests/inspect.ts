import { allMagics } from '../magics/run.ts'
import type { InspectReply, InspectRequest } from '../wire/messages.ts'
import { toUnits } from './code-points.ts'
import type { Kernel } from './context.ts'

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#introspection */
export async function inspect(kernel: Kernel, { code, cursor_pos, detail_level = 0 }: InspectRequest): Promise<InspectReply> {
  const cursor = toUnits(code, cursor_pos)
  const data = await inspectMagic(kernel, code, cursor)
    ?? (await (await kernel.interpreter).inspect(code, cursor, detail_level))?.bundle
  return { status: 'ok', found: data !== undefined, data: data ?? {}, metadata: {} }
}

async function inspectMagic(kernel: Kernel, code: string, cursor: number): Promise<Record<string, unknown> | undefined> {
  const lineStart = code.lastIndexOf('\n', cursor - 1) + 1
  const name = /^\s*(%%?[\w-]+)/.exec(code.slice(lineStart))?.[1]
  const magic = name === undefined ? undefined : allMagics(await kernel.extension).find(magic => magic.name === name)
  if (!magic) return undefined
  return { 'text/plain': `${magic.usage}\n\n${magic.summary}`, 'text/markdown': `\`${magic.usage}\`\n\n${magic.summary}` }
}
