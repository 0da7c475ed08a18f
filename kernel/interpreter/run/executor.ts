/** Runs compiled cells with tslab's executor. */
import Module, { createRequire } from 'node:module'
import vm from 'node:vm'
import { createCellNames } from './cell-names.ts'
import { createImports } from './imports.ts'

/** What tslab's executor.js exports, as far as it is used (tslab/dist/executor.d.ts). */
interface TslabExecutor {
  execute(source: string): Promise<boolean>
  interrupt(): void
  locals: Record<string, unknown>
}
type CreateExecutor = (folder: string, converters: object, console: object) => TslabExecutor

/** How a cell's code ended. */
export type End = { value: unknown } | { thrown: unknown }

export interface Run {
  /** Runs up to the first await. V8 may end the code from outside: then neither this nor anything behind it goes on. */
  start(): void
  ended: Promise<End>
  /** Names that it has given a value so far. */
  declared: string[]
  /** Whatever it still does after this has no part in the notebook: its next declaration throws. */
  abandon(): void
}

export interface Executor {
  /** A script that `compile` made, ready to run; `script` is its name in stacks. */
  prepare(js: string, script: string): Run
}

export function createExecutor(cwd: string): Executor {
  const createExecutor = loadTslab()
  const names = createCellNames()
  const { import: load, pick, meta } = createImports(cwd)
  let output = ''
  let refused: (error: unknown) => void = () => {}
  // tslab asks a converter for the code: it gets what is compiled already. It prints errors; that V8 does not take a
  // script is told here, all else by the script itself.
  const converter = { convert: () => ({ output, declOutput: '', diagnostics: [], hasToplevelAwait: true }) }
  const executor = createExecutor(cwd, { node: converter }, { error: (error: unknown) => refused(error), log() {} })

  return {
    prepare(js, script) {
      const declared: string[] = []
      let abandoned = false
      let result: unknown
      const { promise: ended, resolve } = Promise.withResolvers<End>()
      const cell = {
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
      return {
        ended, declared,
        start() {
          executor.locals.cell = cell
          refused = cell.failed
          output = wrap(js)
          withoutSigintWatch(script, () => void executor.execute(''))
        },
        abandon() {
          abandoned = true
          executor.interrupt()
        },
      }
    },
  }
}

/** The cell's code on lines of its own, from the second; its names apart from the wrapper's. */
function wrap(js: string): string {
  return `"use strict";const __cell=exports.cell;try{{\n${js}\n}__cell.done()}catch(error){__cell.failed(error)}`
}

/**
 * tslab runs a script with `breakOnSigint`, for which Node takes every handler of SIGINT away and gives it back after:
 * the kernel would not hear Ctrl-C of a cell that spins. The one call is made without it, and under the script's name.
 */
function withoutSigintWatch(filename: string, execute: () => void): void {
  const { runInThisContext } = vm
  vm.runInThisContext = code => {
    vm.runInThisContext = runInThisContext
    return runInThisContext(code, { filename })
  }
  try {
    execute()
  } finally {
    vm.runInThisContext = runInThisContext
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
