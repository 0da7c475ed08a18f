import { WirebookError } from '../error.ts'

/** A lab could not be started, or is not there any more. */
export class LabError extends WirebookError {
  override name = 'LabError'
}
