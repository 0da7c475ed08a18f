import { WirebookError } from '../error.ts'
import type { NotebookLab } from '../lab/lab.ts'
import type { Magic } from './magic.ts'

/** `%%sh HOST`: the cell is typed into a shell on a machine of the lab. */
export function shMagic(lab: () => NotebookLab | Promise<NotebookLab>): Magic {
  return {
    name: '%%sh',
    usage: '%%sh HOST',
    summary: "types the cell into a shell on a machine of the lab (A when none is named); the tutorial's blocks paste in as they are",
    complete: async () => (await lab()).topology.machines.map(machine => machine.name),
    async run(argument, body) {
      const words = argument.trim().split(/\s+/)
      if (words.length > 1) throw new WirebookError(`%%sh takes one machine, not "${argument.trim()}".`, { remedy: 'Write %%sh A, and the commands on the lines below.' })
      const notebook = await lab()
      const { name } = notebook.machine(words[0] || 'A')
      if (body.trim() === '') throw new WirebookError(`%%sh ${name}: there are no commands below it.`, { remedy: 'Write them on the lines below, as you would type them.' })
      const [{ Transcript }, { hostPlace }, { parseBlock }] = await Promise.all([import('./transcript.ts'), import('./host-place.ts'), import('./block.ts')])
      await new Transcript(hostPlace(notebook, name), parseBlock(body)).run()
    },
  }
}
