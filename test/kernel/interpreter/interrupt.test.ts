import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openNotebook, type Notebook } from './notebook.ts'

let notebook: Notebook
beforeAll(() => { notebook = openNotebook() })
afterAll(() => notebook.close())

/** Runs a cell that calls `interruptMe()` and is interrupted then. */
async function interrupted(code: string) {
  const controller = new AbortController()
  Object.assign(globalThis, { interruptMe: () => void setTimeout(() => controller.abort()) })
  return notebook.cell(`(globalThis as any).interruptMe();\n${code}`, controller.signal)
}

test('a cell that waits for ever ends, and what it declared stays', async () => {
  expect(await interrupted('const before = 1\nawait new Promise(() => {})\nconst after = 2')).toEqual({ status: 'interrupted' })
  expect(await notebook.value('before')).toBe(1)
  expect((await notebook.failure('after')).text).toContain("Cannot find name 'after'")
})

test('a stopped cell that goes on later declares nothing', async () => {
  await notebook.value('let release = () => {}\nconst released = new Promise<void>(resolve => { release = resolve })\nconst late = "mine"')
  expect(await interrupted('await released\nconst late = "the stopped cell\'s"')).toEqual({ status: 'interrupted' })
  await notebook.value('release(); await null; await null')
  expect(await notebook.value('late')).toBe('mine')
})

test('a cell whose last value takes long to show', async () => {
  expect(await interrupted('({ [Symbol.for("Jupyter.display")]: () => new Promise(() => {}) })')).toEqual({ status: 'interrupted' })
  expect(await notebook.value('1')).toBe(1)
})

test('a signal that is aborted already', async () => {
  expect(await notebook.cell('1', AbortSignal.abort())).toEqual({ status: 'interrupted' })
})

test('a loop without end is terminated from another thread; variables and kernel live on', async () => {
  await notebook.value('let kept = "still here"')
  const running = new Int32Array(new SharedArrayBuffer(4))
  Object.assign(globalThis, { running })
  // As the kernel's socket thread does it: again until the main thread has taken notice.
  const worker = new Worker(`
    const { Session } = require('node:inspector')
    const { parentPort, workerData } = require('node:worker_threads')
    const session = new Session()
    Atomics.wait(workerData, 0, 0)
    session.connectToMainThread()
    const attempt = () => {
      if (Atomics.load(workerData, 0) === 2) return session.disconnect()
      session.post('Runtime.terminateExecution', () => parentPort.postMessage('done'))
      setTimeout(attempt, 100)
    }
    attempt()`, { eval: true, workerData: running })
  const controller = new AbortController()
  worker.once('message', () => {
    Atomics.store(running, 0, 2)
    controller.abort()
  })
  const endless = 'const started = 5\nconst { running } = globalThis as any\nAtomics.store(running, 0, 1); Atomics.notify(running, 0)\nwhile (true) {}'
  expect(await notebook.cell(endless, controller.signal)).toEqual({ status: 'interrupted' })
  await worker.terminate()
  expect(await notebook.value('kept + started')).toBe('still here5')
})

test('types that take the compiler too long are given up; the notebook keeps its names', async () => {
  await notebook.value('const rest = 3')
  // Each level doubles the work: checked in full this takes hours.
  const deep = 'type Grow<N extends number, A extends unknown[] = []> = A["length"] extends N ? A : Grow<N, [...A, unknown]> | Grow<N, [...A, 1]>\ntype Many = Grow<22>\nconst many: Many = null!\nconst wrong: Many[0] = many as never as Grow<21>'
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 500)
  const outcome = await notebook.cell(deep, controller.signal)
  expect(['interrupted', 'error']).toContain(outcome.status)
  expect(await notebook.value('rest')).toBe(3)
})
