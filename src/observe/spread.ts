export interface Spread { min?: number; avg?: number; median?: number; p95?: number; max?: number }

/** Least, mean, median, 95th percentile (nearest rank) and greatest of some numbers; empty for none. */
export function spread(values: number[]): Spread {
  if (values.length === 0) return {}
  const sorted = values.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
  const middle = sorted.length / 2
  const median = Number.isInteger(middle) ? (sorted[middle - 1]! + sorted[middle]!) / 2 : sorted[Math.floor(middle)]!
  return { min: sorted[0], avg: values.reduce((sum, value) => sum + value, 0) / values.length, median, p95: at(0.95), max: sorted.at(-1) }
}
