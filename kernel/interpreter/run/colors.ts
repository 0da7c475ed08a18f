/** ANSI colours, as front ends show them in tracebacks. */
export const red = (text: string) => `\x1b[31m${text}\x1b[39m`
export const bold = (text: string) => `\x1b[1m${text}\x1b[22m`
export const dim = (text: string) => `\x1b[2m${text}\x1b[22m`
export const cyan = (text: string) => `\x1b[36m${text}\x1b[39m`
export const green = (text: string) => `\x1b[32m${text}\x1b[39m`
