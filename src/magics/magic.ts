import type { Output } from '../output.ts'

/** A magic as a notebook kernel takes it (kernel/extension.ts). */
export interface Magic {
  name: string
  usage: string
  summary: string
  run(argument: string, body: string, cell: Output): Promise<unknown>
  complete?(argument: string): string[] | Promise<string[]>
}
