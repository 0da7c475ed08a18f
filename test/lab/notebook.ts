import { createNotebook } from '../../src/index.ts'
import type { NotebookLab } from '../../src/lab/lab.ts'
import type { BridgeModel, ContainerModel, HostModel, IpvlanModel, MacvlanModel, NoneModel } from '../../src/api/models.ts'
import { connectOutput, type Output } from '../../src/output.ts'

export interface TestNotebook {
  lab: NotebookLab
  none: NoneModel
  host: HostModel
  bridge: BridgeModel
  container: ContainerModel
  macvlan: MacvlanModel
  ipvlan: IpvlanModel
  /** Runs a magic cell; gives what it printed. */
  cell(magic: string, argument: string, body?: string): Promise<string>
  /** Runs anything as a cell; gives what it printed. */
  printed(run: () => Promise<unknown>): Promise<string>
  /** Runs anything as a cell that is interrupted as soon as it has printed the pattern; the error it ends with. */
  interrupted(pattern: RegExp, run: () => Promise<unknown>): Promise<unknown>
  /** Answers to what cells ask. */
  answers: string[]
  shutdown(): Promise<void>
}

/** A notebook without a kernel: what a cell prints is collected. */
export function testNotebook(): TestNotebook {
  const { lab, globals, magics, shutdown } = createNotebook()
  const answers: string[] = []
  let text = ''
  let onText = (_: string) => {}
  let controller = new AbortController()
  const port: Output = {
    write(piece) {
      text += piece
      onText(text)
    },
    display: bundle => port.write(`${String(bundle['text/plain'])}\n`),
    update: () => {},
    clear: () => {},
    async ask() {
      const answer = answers.shift()
      if (answer === undefined) throw new Error('nobody answers')
      return answer
    },
    get signal() {
      return controller.signal
    },
  }
  connectOutput(() => port)
  const begin = () => {
    text = ''
    onText = () => {}
    controller = new AbortController()
  }
  return {
    ...(globals as unknown as Pick<TestNotebook, 'none' | 'host' | 'bridge' | 'container' | 'macvlan' | 'ipvlan'>),
    lab,
    answers,
    shutdown,
    async printed(run) {
      begin()
      await run()
      return text
    },
    async cell(name, argument, body = '') {
      begin()
      const magic = magics.find(magic => magic.name === name)!
      try {
        await magic.run(argument, body, port)
      } catch (error) {
        throw Object.assign(error as Error, { printed: text })
      }
      return text
    },
    async interrupted(pattern, run) {
      begin()
      onText = text => {
        if (pattern.test(text)) controller.abort(new Error('KeyboardInterrupt'))
      }
      try {
        await run()
        return undefined
      } catch (error) {
        return error
      } finally {
        begin()
      }
    },
  }
}
