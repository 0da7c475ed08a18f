import type { Recipe } from './recipe.ts'
import { busybox } from './recipes/busybox.ts'
import { iperf3 } from './recipes/iperf3.ts'
import { nginx } from './recipes/nginx.ts'

/** Images that are made from the machine's own packages. */
export const recipes: Recipe[] = [busybox, nginx, iperf3]
