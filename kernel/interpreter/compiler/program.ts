/**
 * The modules around the cells: the language's library, the notebook's globals, and whatever cells import. Light at
 * first: a small set of Node's globals in place of all of @types/node, and packages named by the globals' declarations
 * are read without what they in turn import. The first cell that imports a Node module, or a package whose types need
 * Node's, makes it whole.
 */
import { join } from 'node:path'
import { createFiles } from './files.ts'
import { moduleSpecifiers } from './modules.ts'
import { compilerOptions } from './options.ts'
import { ts, type CheckerHost } from './typescript.ts'

export interface Surroundings {
  program: ts.Program
  /** A file that holds one import of each module; a cell's imports resolve as this file's do. */
  carrier: ts.SourceFile
  /** Makes specifiers known, for now; true when the program is a new one. */
  include(specifiers: string[]): boolean
  /** They stay known: a cell that ran imports them. */
  keep(specifiers: string[]): void
  /**
   * Moves to the notebook's folder. With `elsewhere`, another process has Node's types at hand: where they are needed,
   * NodeTypesNeeded is thrown instead of reading them here.
   */
  enter(cwd: string, elsewhere: boolean): void
  cwd: string
  host: ts.CompilerHost
  /** Node's own modules, as one imports them: `node:fs`. */
  builtins: string[]
  /** Files of the person's own that these modules consist of: neither a package's nor the kernel's declarations. */
  ownFiles(specifiers: string[]): ts.SourceFile[]
}

/** Where the kernel's own declaration files are. */
export interface Places {
  /** The light globals of Node. */
  light: string
  /** Declarations of the notebook's globals, absent in a plain kernel. */
  globals?: string
  /** The entry file of @types/node. */
  node: string
  /** TypeScript's lib folder. */
  library: string
  /** Node's own modules by name. A snapshot cannot ask for them. */
  builtins: string[]
}

/** The cell needs Node's full types, and another process has them. */
export class NodeTypesNeeded extends Error {}

/** `whole`: with Node's full types from the start. */
export function createSurroundings(places: Places, whole: boolean): Surroundings {
  const files = createFiles()
  const builtin = new Set([...places.builtins, ...places.builtins.map(name => `node:${name}`)])
  let cwd = '/'
  let specifiers = new Set<string>()
  const kept = new Set<string>()
  let nodeTypesElsewhere = false
  let wantsNode = false
  let unresolved = false
  let program: ts.Program
  /** Read in the first program, whose packages stay light. */
  let trusted: Set<string> | undefined

  const host: ts.CompilerHost = {
    getSourceFile: (path, options) =>
      files.get(path, typeof options === 'object' ? options : { languageVersion: options }),
    getDefaultLibFileName: () => join(places.library, 'lib.d.ts'),
    getDefaultLibLocation: () => places.library,
    getCurrentDirectory: () => cwd,
    getCanonicalFileName: path => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: files.exists,
    readFile: files.read,
    writeFile: () => {},
    directoryExists: path => ts.sys.directoryExists(path),
    getDirectories: path => ts.sys.getDirectories(path),
    readDirectory: (...rest) => ts.sys.readDirectory(...rest),
    realpath: path => ts.sys.realpath?.(path) ?? path,
    resolveModuleNameLiterals: (literals, from, redirected, options, file) => literals.map(literal => {
      const light = !whole && (!trusted || trusted.has(from))
      const packaged = from.includes('/node_modules/')
      const beyond = builtin.has(literal.text) || packaged && !literal.text.startsWith('.')
      if (light && beyond) return { resolvedModule: undefined }
      if (!light && builtin.has(literal.text)) wantsNode = true
      const mode = ts.getModeForUsageLocation(file, literal, options)
      const resolution = ts.resolveModuleName(literal.text, from, options, host, undefined, redirected, mode)
      if (!resolution.resolvedModule && !packaged && !builtin.has(literal.text)) unresolved = true
      return resolution
    }),
    resolveTypeReferenceDirectiveReferences: (references, from, redirected, options) => references.map(reference => {
      const name = typeof reference === 'string' ? reference : reference.fileName
      if (!whole) {
        if (trusted && !trusted.has(from) && name === 'node') wantsNode = true
        return { resolvedTypeReferenceDirective: undefined }
      }
      // One copy of Node's types, also where a package brings its own.
      if (name === 'node') return { resolvedTypeReferenceDirective: { resolvedFileName: places.node, primary: true } }
      return ts.resolveTypeReferenceDirective(name, from, options, host, redirected)
    }),
  }

  let carrier = ''
  const make = (reuse: boolean) => {
    carrier = join(cwd, '__imports__.ts')
    files.put(carrier, [...specifiers].map(name => `import ${JSON.stringify(name)}\n`).join(''))
    unresolved = false
    program = ts.createProgram({
      rootNames: [whole ? places.node : places.light, ...places.globals ? [places.globals] : [], carrier],
      options: compilerOptions,
      host,
      oldProgram: reuse ? program : undefined,
    })
  }
  const remake = (reuse: boolean) => {
    wantsNode = false
    make(reuse)
    if (wantsNode && !whole) {
      if (nodeTypesElsewhere) throw new NodeTypesNeeded()
      whole = true
      make(false)
    }
  }

  make(false)
  trusted = new Set(program!.getSourceFiles().map(file => file.fileName))
  files.freeze()

  return {
    host,
    builtins: places.builtins.filter(name => !name.startsWith('_')).map(name => `node:${name.replace(/^node:/, '')}`),
    get program() { return program },
    get carrier() { return program.getSourceFile(carrier)! },
    get cwd() { return cwd },
    enter(folder, elsewhere) {
      nodeTypesElsewhere = elsewhere
      // The program follows when a cell imports something: nothing else depends on the folder.
      cwd = folder
      specifiers = new Set()
      kept.clear()
    },
    include(wanted) {
      const fresh = wanted.filter(name => !specifiers.has(name))
      const stale = files.stale()
      // A module that was missing may have been installed since.
      const retry = unresolved && wanted.length > 0
      if (!fresh.length && !stale && !retry) return false
      specifiers = new Set([...kept, ...wanted])
      remake(!retry)
      return true
    },
    keep(known) {
      for (const name of known) kept.add(name)
    },
    ownFiles(wanted) {
      const found = new Set<ts.SourceFile>()
      const visit = (from: ts.SourceFile, name: string) => {
        const resolved = (program as CheckerHost).getResolvedModule(from, name, ts.ModuleKind.ESNext)?.resolvedModule
        const file = resolved && program.getSourceFile(resolved.resolvedFileName)
        if (!file || found.has(file) || file.isDeclarationFile || file.fileName.endsWith('.json')) return
        if (file.fileName.includes('/node_modules/') || trusted!.has(file.fileName)) return
        found.add(file)
        for (const specifier of moduleSpecifiers(file)) visit(file, specifier)
      }
      const from = program.getSourceFile(carrier)!
      for (const name of wanted) visit(from, name)
      return [...found]
    },
  }
}
