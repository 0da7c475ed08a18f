/**
 * One type checker for the whole notebook. A cell is parsed, given the earlier cells' scope as its parent, bound, and
 * checked by the checker that already knows everything else: only the new cell is worked on. The checker is made anew
 * when the modules around it change, or when it has grown.
 */
import { join } from 'node:path'
import { augmentations, moduleSpecifiers } from './modules.ts'
import { compilerOptions } from './options.ts'
import { createSurroundings, type Places, type Surroundings } from './program.ts'
import { extendScope, sortNames, type Scope } from './scope.ts'
import { isValueImport } from './transform-imports.ts'
import { internals, ts, type BoundFile, type Checker, type CheckerHost } from './typescript.ts'

export interface Language {
  surroundings: Surroundings
  readonly checker: Checker
  readonly scope: Scope | undefined
  /** Names of cells that failed, or were interrupted, before these had a value. */
  readonly halfway: ReadonlySet<string>
  /** Parses and binds code as the next cell; `position` is where someone is typing. */
  open(code: string, position?: number): BoundFile
  /** Makes a cell's names known to the cells after it. */
  link(file: BoundFile, initialised: (name: string) => boolean): void
  /** The program as the language services see it: with the cell and this checker. */
  programOf(file: BoundFile): ts.Program
  /** A new checker, without what the last one has remembered. */
  renew(): void
}

export function createLanguage(places: Places, whole = false): Language {
  const surroundings = createSurroundings(places, whole)
  const linked: BoundFile[] = []
  const halfway = new Set<string>()
  let scope: Scope | undefined
  let opened = 0
  let checker = makeChecker(surroundings, linked)
  const renew = (files: BoundFile[]) => { checker = makeChecker(surroundings, files) }

  return {
    surroundings,
    get checker() { return checker },
    get scope() { return scope },
    halfway,
    open(code, position) {
      const file = parseCell(join(surroundings.cwd, `cell-${++opened}.ts`), code)
      if (surroundings.include(moduleSpecifiers(file, position))) renew(linked)
      // The enclosing scope stands in for a syntax node; the checker only walks through it.
      file.parent = scope as unknown as ts.Node
      const merged = augmentations(file)
      if (merged.length) file.moduleAugmentations = merged
      internals.bindSourceFile(file, compilerOptions)
      if (merged.length) renew([...linked, file])
      return file
    },
    link(file, initialised) {
      scope = extendScope(scope, file, initialised, alias => !isValueImport(alias, checker))
      const names = sortNames(file, initialised)
      for (const name of names.halfway) halfway.add(name)
      for (const name of names.given) halfway.delete(name)
      surroundings.keep(moduleSpecifiers(file))
      if (file.moduleAugmentations) linked.push(file)
    },
    programOf: file => ({
      ...surroundings.program,
      getTypeChecker: () => checker,
      getSourceFile: path => path === file.fileName ? file : surroundings.program.getSourceFile(path),
    }),
    renew: () => renew(linked),
  }
}

/** A cell is an ES module, whatever the package.json around it says. */
export function parseCell(path: string, code: string): BoundFile {
  return ts.createSourceFile(path, code, {
    languageVersion: ts.ScriptTarget.Latest,
    impliedNodeFormat: ts.ModuleKind.ESNext,
    setExternalModuleIndicator: file => { (file as BoundFile).externalModuleIndicator ??= true },
  }, true) as BoundFile
}

function makeChecker(surroundings: Surroundings, cells: BoundFile[]): Checker {
  const program = surroundings.program as CheckerHost
  const carrier = surroundings.carrier
  const isCell = (file: ts.SourceFile) => !program.getSourceFileByPath((file as BoundFile).path)
  return internals.createTypeChecker({
    ...program,
    getSourceFiles: () => [...program.getSourceFiles(), ...cells],
    getResolvedModule: (file, name, mode) => program.getResolvedModule(isCell(file) ? carrier : file, name, mode),
    getResolvedModuleFromModuleSpecifier: (specifier, file) => {
      const from = file ?? specifier.getSourceFile()
      return isCell(from)
        ? program.getResolvedModule(carrier, specifier.text, ts.ModuleKind.ESNext)
        : program.getResolvedModuleFromModuleSpecifier(specifier, from)
    },
  })
}
