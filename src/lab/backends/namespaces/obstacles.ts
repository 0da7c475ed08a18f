import type { Need } from '../../../api/lab.ts'
import type { Obstacle } from '../../backend.ts'

export async function obstacles(_needs: Need[]): Promise<Obstacle[]> {
  return process.platform === 'linux' ? [] : [{ what: `namespaces are Linux's; this is ${process.platform}`, remedy: 'use --backend microvm' }]
}
