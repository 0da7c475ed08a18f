import { randomUUID } from 'node:crypto'
import type { RunningLab } from '../lab/backend.ts'

/** The label of everything that a notebook makes in an engine. */
export const notebookLabel = 'wirebook.notebook'

/**
 * Which notebook this is. Jupyter names the notebook's file in JPY_SESSION_NAME, so that a restarted kernel knows what
 * it made before on engines that outlive it.
 */
export const notebookId = process.env.WIREBOOK_NOTEBOOK || process.env.JPY_SESSION_NAME || randomUUID()

export const notebookLabels = { [notebookLabel]: notebookId }

/**
 * Whether this notebook made a thing with these labels. A sealed lab belongs to one notebook, so what a `docker run` typed in
 * it made counts too; on engines that others use, the label decides.
 */
export function isOurs(lab: RunningLab, labels: Record<string, string> | null | undefined): boolean {
  const label = labels?.[notebookLabel]
  if (label !== undefined) return label === notebookId
  return lab.backend !== 'engines' && labels?.['com.docker.swarm.task.id'] === undefined
}
