import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Backend, Obstacle } from '../lab/backend.ts'
import { readArguments } from './arguments.ts'
import { backendStates, type BackendState } from './backends.ts'
import { machineFacts, programVersions, type MachineFacts } from './doctor/facts.ts'
import { notebooks, root, state } from './paths.ts'
import { allChapters } from './run/chapters.ts'

const options = { json: { type: 'boolean', default: false } } as const

export interface Diagnosis {
  machine: MachineFacts
  programs: Record<string, string | null>
  installed: { node: string; npmPackages: boolean; jupyterlab: string | null }
  backends: BackendState[]
  /** Which backend `auto` takes for each chapter; null with what stands in the way. */
  chapters: { chapter: string; needs: string[]; backend: Backend['name'] | null; obstacles: (Obstacle & { backend: string })[] }[]
}

/** `wirebook doctor`: what this machine can do, which backend serves, what to install. 3 when nothing serves. */
export default async function doctor(args: string[]): Promise<number> {
  const { values } = readArguments(args, options)
  const diagnosis = await diagnose()
  process.stdout.write(values.json ? `${JSON.stringify(diagnosis, null, 2)}\n` : describe(diagnosis))
  return diagnosis.backends.some(({ obstacles }) => obstacles.length === 0) ? 0 : 3
}

export async function diagnose(): Promise<Diagnosis> {
  const [programs, backends, chapters, jupyterlab] = await Promise.all([
    programVersions(), states([]), chapterChoices(), jupyterlabVersion(),
  ])
  const installed = { node: process.versions.node, npmPackages: existsSync(join(root, 'node_modules/dockerode')), jupyterlab }
  return { machine: machineFacts(), programs, installed, backends, chapters }
}

async function chapterChoices(): Promise<Diagnosis['chapters']> {
  return Promise.all(allChapters(notebooks()).map(async ({ name, needs }) => {
    const found = await states(needs)
    const backend = found.find(({ obstacles }) => obstacles.length === 0)?.name ?? null
    const obstacles = found.flatMap(({ name: from, obstacles: list }) => list.map(obstacle => ({ backend: from, ...obstacle })))
    return { chapter: name, needs, backend, obstacles: backend === null ? obstacles : [] }
  }))
}

/** Without the npm packages a backend cannot even be asked; that is its obstacle then. */
async function states(needs: Parameters<typeof backendStates>[0]): Promise<BackendState[]> {
  try {
    return await backendStates(needs)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    const obstacles = [{ what: 'the npm packages are not installed', remedy: './wirebook setup' }]
    return (['namespaces', 'microvm', 'engines'] as const).map(name => ({ name, obstacles }))
  }
}

async function jupyterlabVersion(): Promise<string | null> {
  if (!existsSync(join(state, 'venv/bin/python'))) return null
  const pinned = /^jupyterlab==(\S+)/m.exec(await readFile(join(root, 'requirements.txt'), 'utf8'))?.[1] ?? null
  return existsSync(join(state, 'state/python')) ? pinned : null
}

function describe({ machine, programs, installed, backends, chapters }: Diagnosis): string {
  const missing = Object.keys(programs).filter(name => programs[name] === null)
  const serving = backends.find(({ obstacles }) => obstacles.length === 0)
  const lines = [
    `Machine   ${machine.system}, kernel ${machine.kernel}, ${machine.architecture}, ${machine.cores} cores, ${gibibytes(machine.memory)}`,
    `Account   ${machine.user}${machine.root ? ' (root)' : ''}; subordinate ids: ${machine.subordinateIds.uid.join(', ') || 'none'}`,
    `Kernel    cgroup ${machine.cgroup ? `v${machine.cgroup}` : 'none'}; KVM ${machine.kvm ? 'can be opened' : 'no'}${
      Object.entries(machine.userNamespaces).map(([name, value]) => `; ${name} = ${value}`).join('')}`,
    `Wirebook  Node.js ${installed.node}; npm packages ${installed.npmPackages ? 'installed' : 'missing'}; JupyterLab ${
      installed.jupyterlab ?? 'not installed yet (./wirebook brings it)'}`,
    `Programs  ${Object.entries(programs).filter(([, version]) => version !== null).map(([name, version]) => `${name} ${version}`).join(', ')}`,
    ...(missing.length > 0 ? [`Missing   ${missing.join(', ')}`] : []),
    '',
    'Backends, in the order in which auto asks them',
    ...backends.flatMap(backend => backendLines(backend, backend === serving)),
    '',
    'Chapters',
    ...chapters.map(({ chapter, needs, backend, obstacles }) =>
      `  ${backend ? '✓' : '✗'} ${chapter.padEnd(14)} ${backend ?? 'no backend serves it'}${needs.length > 0 ? ` (needs ${needs.join(', ')})` : ''}${
        obstacles.map(({ backend: from, what, remedy }) => `\n      ${from}: ${what}\n        → ${remedy}`).join('')}`),
    '',
    serving
      ? `auto takes ${serving.name}. Another: ./wirebook run --backend NAME, or WIREBOOK_BACKEND=NAME.`
      : 'Nothing can serve a lab here yet. Each → above is a way out; one is enough.',
  ]
  return `${lines.join('\n')}\n`
}

function backendLines({ name, obstacles }: BackendState, chosen: boolean): string[] {
  if (obstacles.length === 0) return [`  ✓ ${name}${chosen ? '  ← auto' : ''}`]
  return [`  ✗ ${name}`, ...obstacles.flatMap(({ what, remedy }) => [`      ${what}`, `        → ${remedy}`])]
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}
