import { inspect } from 'node:util'

/** An exception as the protocol's error content, for what does not come from the interpreter. */
export function describeError(error: unknown): { name: string; message: string; traceback: string[] } {
  if (!(error instanceof Error)) {
    const shown = inspect(error)
    return { name: 'Thrown', message: shown, traceback: [`${red}Thrown${plain}: ${shown}`] }
  }
  const { name, message } = error
  const frames = notebookFrames(error.stack ?? '')
  const causes = error.cause === undefined ? [] : [`caused by ${error.cause instanceof Error ? `${error.cause.name}: ${error.cause.message}` : inspect(error.cause)}`]
  return { name, message, traceback: [`${red}${name}${plain}: ${message}`, ...frames, ...causes] }
}

const red = '\u001b[31m'
const plain = '\u001b[39m'
const here = new URL('../', import.meta.url).pathname

/** Frames of the person's code: not those of Node, of this kernel or of packages. */
function notebookFrames(stack: string): string[] {
  return stack.split('\n').filter(line => /^\s+at /.test(line)
    && !line.includes('node:') && !line.includes('/node_modules/') && !line.includes(here))
}
