/** Runs compiled cells with tslab's executor. */
import Module, { createRequire } from 'node:module'
import { createCellNames } from './cell-names.ts'
import { createImports } from './imports.ts'

/** What tslab's executor.js exports, as far as it is used (tslab/dist/executor.d.ts). */
interface TslabExecutor {
  execute(source: string): Promise<boolean>
  interrupt(): void
  locals: Record<string, unknown>
}
type CreateExecutor = (folder: string, converters: object, console: object) => TslabExecutor

export interface Run {
  /** How the cell's code ended. Never rejects; never resolves when V8 ended the code from outside. */
  ended: Promise<{ value: unknown } | { thrown: unknown }>
  /** Names that it has given a value so far. */
  declared: string[]
  /** Whatever it still does after this has no part in the notebook: its next declaration throws. */
  abandon(): void
}

export interface Executor {
  /** Runs a script that `compile` made; `script` is its name in stacks. */
  run(js: string, script: string): Run
}

export function createExecutor(cwd: string): Executor {
  const createExecutor = loadTslab()
  const names = createCellNames()
  const { import: load, pick, meta } = createImports(cwd)
  let output = ''
  let refused: (error: unknown) => void = () => {}
  // tslab asks a converter for the code: it gets what is compiled already. It prints errors; a script that V8 does not
  // take, or that a signal ended, is told here, all others by the script itself.
  const converter = { convert: () => ({ output, declOutput: '', diagnostics: [], hasToplevelAwait: true }) }
  const executor = createExecutor(cwd, { node: converter }, { error: (error: unknown) => refused(error), log() {} })

  return {
    run(js, script) {
      const declared: string[] = []
      let abandoned = false
      let result: unknown
      const ended = new Promise<{ value: unknown } | { thrown: unknown }>(resolve => {
        executor.locals.cell = {
          names: names.values, import: load, pick, meta,
          declare(name: string, get: () => unknown, set?: (value: unknown) => void) {
            if (abandoned) throw new Error('This cell was interrupted.')
            names.declare(name, get, set)
            declared.push(name)
          },
          result: (value: unknown) => { result = value },
          done: () => resolve({ value: result }),
          failed: (thrown: unknown) => resolve({ thrown }),
        }
        refused = thrown => resolve({ thrown })
        output = `"use strict";const __cell=exports.cell;try{{\n${js}\n}__cell.done()}catch(error){__cell.failed(error)}\n//# sourceURL=${script}`
        void executor.execute('')
        refused = () => {}
      })
      return {
        ended, declared,
        abandon() {
          abandoned = true
          executor.interrupt()
        },
      }
    },
  }
}

/**
 * tslab's executor without tslab's compiler: its metadata.js loads a TypeScript 5.0 (60 ms, 40 MB) to read `@module`
 * comments, which these notebooks do not have. A stand-in takes that module's place.
 */
function loadTslab(): CreateExecutor {
  const require = createRequire(import.meta.url)
  const path = require.resolve('tslab/dist/metadata.js')
  const metadata = new Module(path)
  metadata.exports = { getCodeMetadata: () => ({}) }
  metadata.loaded = true
  require.cache[path] ??= metadata
  return (require('tslab/dist/executor.js') as { createExecutor: CreateExecutor }).createExecutor
}
