/**
 * Places things in a row, in their order, each as near to where it wants its centre as the others let it, none overlapping
 * and all between `least` and `most` where they fit (isotonic regression by pooling adjacent violators). Returns centres.
 */
export function spread(things: { width: number; want: number }[], gap: number, least: number, most: number): number[] {
  const offsets: number[] = []
  let offset = 0
  for (const [index, { width }] of things.entries()) {
    offset += index === 0 ? width / 2 : things[index - 1]!.width / 2 + gap + width / 2
    offsets.push(offset)
  }
  const total = offset + (things.at(-1)?.width ?? 0) / 2
  const pools: { sum: number; count: number }[] = []
  for (const [index, { want }] of things.entries()) {
    pools.push({ sum: want - offsets[index]!, count: 1 })
    while (pools.length > 1 && mean(pools.at(-1)!) < mean(pools.at(-2)!)) {
      const last = pools.pop()!
      pools.at(-1)!.sum += last.sum
      pools.at(-1)!.count += last.count
    }
  }
  const starts = pools.flatMap(pool => Array<number>(pool.count).fill(mean(pool)))
  return starts.map((start, index) => Math.round(Math.max(least, Math.min(start, Math.max(least, most - total))) + offsets[index]!))
}

function mean({ sum, count }: { sum: number; count: number }): number {
  return sum / count
}
