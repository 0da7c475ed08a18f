/** From a cell to a script that tslab's executor runs. */
import { diagnose } from './diagnostics.ts'
import { compilerOptions } from './options.ts'
import type { Compiled, Diagnostic } from './protocol.ts'
import type { Language } from './language.ts'
import { finishCell, prepareCell } from './transform.ts'
import { internals, ts, type BoundFile } from './typescript.ts'

export function compile(
  language: Language, file: BoundFile, check: boolean,
): { compiled: Compiled } | { errors: Diagnostic[] } {
  const errors = check ? diagnose(language, file) : file.parseDiagnostics.length ? diagnose(language, file) : []
  if (errors.length) return { errors }
  const compiled = { js: '', map: '' }
  const program = language.surroundings.program as ts.Program & Record<string, unknown>
  const host = {
    ...program,
    getCommonSourceDirectory: () => language.surroundings.cwd,
    getCurrentDirectory: () => language.surroundings.cwd,
    getCanonicalFileName: (path: string) => path,
    useCaseSensitiveFileNames: () => true,
    isEmitBlocked: () => false,
    getCompilerOptions: () => emitOptions,
    getSourceFiles: () => [file],
    readFile: () => undefined,
    fileExists: () => false,
    getBuildInfo: () => undefined,
    writeFile(path: string, text: string) {
      if (path.endsWith('.map')) compiled.map = text
      else compiled.js = text
    },
  }
  internals.emitFiles(
    language.checker.getEmitResolver(file, undefined, !check), host, file,
    internals.getTransformers(emitOptions, { before: [prepareCell(language)], after: [finishCell] }), onlyJavaScript,
  )
  compiled.js = compiled.js.replace(/\/\/# sourceMappingURL=\S*\s*$/, '')
  return { compiled }
}

/** EmitOnly.Js, TypeScript's internal enumeration */
const onlyJavaScript = 0
const emitOptions: ts.CompilerOptions = { ...compilerOptions, noEmit: false }
