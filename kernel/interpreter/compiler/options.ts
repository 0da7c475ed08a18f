/** Compiler options of cells: strict, as projects are today, but at ease where a notebook is. */
import { ts } from './typescript.ts'

/** What the running Node.js knows, no more: a name that it lacks is a type error rather than a surprise. */
const libraries = [
  'es2024', 'esnext.disposable', 'esnext.iterator', 'esnext.collection', 'esnext.array', 'esnext.decorators',
  ...parseInt(process.versions.node) >= 24 ? ['esnext.promise', 'esnext.error', 'esnext.float16'] : [],
]

export const compilerOptions: ts.CompilerOptions = {
  // Above es2024 TypeScript would leave decorators and `using` as they are, which Node 22 does not know.
  target: ts.ScriptTarget.ES2024,
  lib: libraries.map(name => `lib.${name}.d.ts`),
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  allowImportingTsExtensions: true,
  noEmit: true,
  resolveJsonModule: true,
  esModuleInterop: true,
  strict: true,
  // `catch (error) { error.message }` is what learners write.
  useUnknownInCatchVariables: false,
  skipLibCheck: true,
  skipDefaultLibCheck: true,
  types: [],
  sourceMap: true,
  // A later cell may use one that this cell declares.
  preserveConstEnums: true,
  newLine: ts.NewLineKind.LineFeed,
}

/**
 * Errors that do not stop a cell. Implicit any (70xx, 2683): as in tslab, what has no type is `any`; the option itself stays
 * on, because without it `const found = []` would be a list of `never`.
 */
export function tolerated(code: number): boolean {
  return implicitAny.has(code) || code === 2695
}

const implicitAny = new Set([
  2683, 7005, 7006, 7008, 7009, 7010, 7011, 7013, 7015, 7016, 7017, 7018, 7019, 7020, 7022, 7023, 7024, 7025, 7031, 7032,
  7033, 7034, 7036, 7041, 7051, 7052, 7053, 7055, 7057, 7058,
])
