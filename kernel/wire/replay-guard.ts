/**
 * Remembers signatures, so that a recorded message cannot be sent a second time. As in jupyter_client, a bounded number
 * is kept: the oldest tenth goes when it is full.
 */
export function replayGuard(capacity = 65_536): (signature: string) => boolean {
  const seen = new Set<string>()
  return signature => {
    if (signature === '') return false
    if (seen.has(signature)) return true
    seen.add(signature)
    if (seen.size > capacity) dropOldest(seen, capacity / 10)
    return false
  }
}

function dropOldest(seen: Set<string>, count: number): void {
  for (const signature of seen) {
    if (count-- <= 0) return
    seen.delete(signature)
  }
}
