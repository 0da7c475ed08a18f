/** An error for a learner: what was tried, what happened, what to do next. */
export class WirebookError extends Error {
  /** What to do about it; printed under the message. */
  readonly remedy: string | undefined
  constructor(message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(options.remedy ? `${message}\n→ ${options.remedy}` : message, { cause: options.cause })
    this.name = 'WirebookError'
    this.remedy = options.remedy
  }
}
