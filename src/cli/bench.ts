import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, release } from 'node:os'
import { join, resolve } from 'node:path'
import { markdown, type Bench, type BenchResult } from '../../bench/bench.ts'
import { oneOf, readArguments } from './arguments.ts'
import { root } from './paths.ts'

const options = { json: { type: 'string' } } as const

/** `wirebook bench`: runs the measurements of bench/ and prints them as the tables that README holds. */
export default async function bench(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options, { atMost: Infinity })
  const all = benchNames()
  const names = positionals.length > 0 ? positionals.map(name => oneOf('the benchmark', name, all)) : all
  const machine = { processor: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism(), kernel: release(), node: process.versions.node }
  const results: Record<string, BenchResult> = {}
  process.stdout.write(`${machine.processor}, ${machine.cores} cores, Linux ${machine.kernel}, Node.js ${machine.node}\n\n`)
  for (const name of names) {
    const { default: run } = await import(join(root, 'bench', `${name}.ts`)) as { default: Bench }
    results[name] = await run(text => process.stderr.write(`  … ${name}: ${text}\n`))
    process.stdout.write(`${markdown(results[name])}\n`)
  }
  if (values.json !== undefined) await writeFile(resolve(values.json), `${JSON.stringify({ machine, results }, null, 2)}\n`)
  return 0
}

/** A benchmark is a file of bench/, with a default export; what they share lies in bench.ts and in folders. */
function benchNames(): string[] {
  return readdirSync(join(root, 'bench'))
    .filter(file => file.endsWith('.ts') && file !== 'bench.ts')
    .map(file => file.slice(0, -'.ts'.length))
    .sort()
}
