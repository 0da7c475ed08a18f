import type { Need } from '../api/lab.ts'
import type { Backend, Obstacle } from '../lab/backend.ts'

export interface BackendState {
  name: Backend['name']
  /** What stands in its way; empty when it serves. */
  obstacles: Obstacle[]
}

/** The state of each backend, for labs with these needs, in the order in which `auto` asks them. */
export async function backendStates(needs: Need[]): Promise<BackendState[]> {
  const { backends } = await import('../lab/choose.ts')
  return Promise.all(backends.map(async backend => ({ name: backend.name, obstacles: await backend.obstacles(needs) })))
}
