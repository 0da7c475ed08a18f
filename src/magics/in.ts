import { WirebookError } from '../error.ts'
import type { LabHost } from '../lab/host.ts'
import type { NotebookLab } from '../lab/lab.ts'
import type { Magic } from './magic.ts'

/** `%%in CONTAINER`: the cell is typed into a shell in a running container, as `docker exec -it CONTAINER sh` opens it. */
export function inMagic(lab: () => NotebookLab | Promise<NotebookLab>): Magic {
  return {
    name: '%%in',
    usage: '%%in CONTAINER',
    summary: 'types the cell into a shell in a running container; HOST:CONTAINER where two hosts have one of the name',
    complete: async () => (await found(await lab())).map(({ name }) => name),
    async run(argument, body) {
      const word = argument.trim()
      if (word === '' || /\s/.test(word)) throw new WirebookError(`%%in takes one container, not "${word}".`, { remedy: 'Write %%in bbox, and the commands on the lines below.' })
      if (body.trim() === '') throw new WirebookError(`%%in ${word}: there are no commands below it.`, { remedy: 'Write them on the lines below, as you would type them.' })
      const notebook = await lab()
      const { host, name } = await choose(notebook, word)
      const [{ Transcript }, { containerPlace }, { parseBlock }, { containerOf }] =
        await Promise.all([import('./transcript.ts'), import('./container-place.ts'), import('./block.ts'), import('../docker/list.ts')])
      const container = await containerOf(host, name)
      if (!container) throw new WirebookError(`${host.name} has no container "${name}" any more.`)
      const lines = parseBlock(body).map(({ text, printed }) => ({ text, printed })) // whatever its prompt, it is this shell's
      await new Transcript(containerPlace(container, await notebook.ready()), lines).run()
    },
  }
}

interface Found { host: LabHost; name: string }

/** Running containers of all hosts, those of swarm tasks included. Starts no lab. */
export async function found(lab: NotebookLab): Promise<Found[]> {
  const { current } = lab
  if (!current) return []
  const lists = await Promise.all(lab.hosts.map(async host => {
    const containers = await current.docker(host.name).listContainers()
    return containers.map(({ Names }) => ({ host: host as LabHost, name: Names[0]!.slice(1) }))
  }))
  return lists.flat()
}

async function choose(lab: NotebookLab, word: string): Promise<Found> {
  const all = await found(lab)
  const [first = '', second] = word.split(':')
  const matches = all.filter(({ host, name }) => second === undefined ? name === first : host.name === first && name === second)
  if (matches.length === 1) return matches[0]!
  if (matches.length > 1) {
    throw new WirebookError(`Several hosts have a container "${word}".`, { remedy: `Write ${matches.map(({ host, name }) => `%%in ${host.name}:${name}`).join(' or ')}.` })
  }
  const names = all.map(({ host, name }) => `${name} (on ${host.name})`).join(', ')
  throw new WirebookError(`No container "${word}" is running. ${names ? `There are ${names}.` : 'There are none.'}`, {
    remedy: 'Run the cell that makes it first.',
  })
}
