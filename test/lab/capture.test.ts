import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NotebookLab } from '../../src/lab/lab.ts'
import { capture } from '../../src/observe/capture.ts'
import { ping } from '../../src/observe/ping.ts'
import { connectOutput, type Output } from '../../src/output.ts'

const lab = new NotebookLab()
let cell = new AbortController()

beforeAll(async () => {
  connectOutput(() => ({ write: () => {}, display: () => {}, update: () => {}, clear: () => {}, ask: async () => '', signal: cell.signal }) satisfies Output)
  await lab.start({ backend: 'namespaces' })
})
afterAll(async () => {
  await lab.stop()
  connectOutput(() => undefined)
})

/** The tcpdumps that run on A. */
async function running(): Promise<string> {
  return (await lab.A.run(['sh', '-c', 'for p in /proc/[0-9]*; do read -r name < $p/comm && [ "$name" = tcpdump ] && echo ${p#/proc/}; done; true'], { print: false })).text
}

describe('capture', () => {
  it('loses no packet that was on the wire before it was stopped', async () => {
    for (let round = 0; round < 5; round++) {
      const listening = await capture(lab.A, { filter: 'icmp' })
      await ping(lab.A, lab.B, { count: 50, interval: 0.001 })
      const seen = await listening.stop()
      expect(seen.packets).toHaveLength(100)
      expect(seen.dropped).toBe(0)
      expect(seen.packets.at(-1)?.summary).toContain('echo reply')
    }
  })

  it('tells it as tcpdump does, with and without the bytes', async () => {
    const listening = await capture(lab.B, { filter: 'icmp' })
    await ping(lab.A, lab.B, { count: 1 })
    const seen = await listening.stop()
    expect(seen.interface).toBe('ens33')
    expect(seen.text()).toMatch(/192\.168\.111\.128 > 192\.168\.111\.129: ICMP echo request, id \d+, seq 0, length 64/)
    expect(seen.text()).not.toContain('0x0000:')
    expect(seen.text({ hex: true })).toMatch(/\t0x0000: {2}4500 0054/)
  })

  it('ends by itself after a count, and is stopped twice without harm', async () => {
    const listening = await capture(lab.A, { filter: 'icmp', count: 2 })
    await ping(lab.A, lab.B, { count: 3, interval: 0.01 })
    const seen = await listening.stop()
    expect(seen.packets).toHaveLength(2)
    expect(await listening.stop()).toBe(seen)
  })

  it('is empty when nothing passed', async () => {
    const seen = await (await capture(lab.A, { filter: 'udp port 9' })).stop()
    expect(seen.packets).toEqual([])
    expect(seen.text()).toBe('')
  })

  it('is gone with its scope, and with an interrupted cell', async () => {
    {
      await using _ = await capture(lab.A)
      expect(await running()).not.toBe('')
    }
    expect(await running()).toBe('')
    cell = new AbortController()
    const listening = await capture(lab.A)
    cell.abort()
    cell = new AbortController()
    await listening.stop()
    expect(await running()).toBe('')
  })

  it('says what is wrong with the interface, the filter, the count', async () => {
    await expect(capture(lab.A, { interface: 'eth9' })).rejects.toThrow(/no interface "eth9".*\n.*ens33/)
    await expect(capture(lab.A, { filter: 'ping and pong' })).rejects.toThrow('does not understand the filter "ping and pong"')
    await expect(capture(lab.A, { filter: '-w /tmp/x' })).rejects.toThrow('does not understand the filter')
    await expect(capture(lab.A, { count: 0 })).rejects.toThrow('count must be')
    expect(await running()).toBe('')
  })
})
