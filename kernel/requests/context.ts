import type { CommRequests } from '../cell/comms.ts'
import type { Questions } from '../cell/cell.ts'
import type { Extension } from '../extension.ts'
import type { History } from '../history.ts'
import type { Interpreter } from '../interpreter/interpreter.ts'
import type { Wire } from '../wire/wire.ts'

/** What the requests work with. */
export interface Kernel {
  wire: Wire
  interpreter: Promise<Interpreter>
  extension: Promise<Extension | undefined>
  history: Promise<History>
  comms: CommRequests
  questions: Questions
  /** How many cells were numbered. */
  executionCount: number
}
