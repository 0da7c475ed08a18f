/** Runs the compiler's paths once while its snapshot is built, so that what they compile and look up is in it. */
import type { requests } from './serve.ts'

const cells = [
  `const numbers = [1, 2, 3].map(n => ({ n, text: \`\${n}\` }))
numbers.filter(({ n }) => n > 1)`,
  `async function wait(ms: number): Promise<void> { await new Promise<void>(resolve => setTimeout(resolve, ms)) }
await wait(0)`,
  `class Point { constructor(public x: number, public y: number) {} get length() { return Math.hypot(this.x, this.y) } }
const point = new Point(3, 4)
console.log(point.length, numbers)`,
  `interface Named { name: string; size?: number }
let named: Named = { name: 'a' }
for (const [key, value] of Object.entries(named)) console.log(key, value)
const table = new Map<string, number>()
table.set(named.name, 1)
table`,
  `const text = JSON.stringify({ ...named, list: [...new Set([1, 2])].toSorted() }, null, 2)
text.split('\\n').length`,
]

export function warm(ask: ReturnType<typeof requests>, brief = false): void {
  for (const code of brief ? [] : cells) {
    const reply = ask({ kind: 'compile', code, check: true }) as { cell: number; compiled?: { js: string } }
    const names = [...reply.compiled?.js.matchAll(/__cell\.declare\("(\w+)"/g) ?? []].map(match => match[1]!)
    ask({ kind: 'link', cell: reply.cell, names })
  }
  if (brief) ask({ kind: 'compile', code: cells[0]!, check: true })
  ask({ kind: 'compile', code: 'const wrong: string = 1', check: true })
  ask({ kind: 'complete', code: 'console.', position: 8 })
  ask({ kind: 'inspect', code: 'console.log', position: 9, detail: 0 })
  ask({ kind: 'isComplete', code: 'if (x) {' })
}
