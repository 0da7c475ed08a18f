import type { Charts } from '../api/show.ts'
import { distribution } from './charts/distribution.ts'
import { latency } from './charts/latency.ts'
import { mtu } from './charts/mtu.ts'
import { packetRate, throughput } from './charts/rates.ts'
import { vegaLite } from './charts/vega-lite.ts'

/** The charts that notebooks draw. */
export const chart: Charts = { latency, distribution, mtu, throughput, packetRate, vegaLite }
