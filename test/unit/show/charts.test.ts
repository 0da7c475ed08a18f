import { Ajv } from 'ajv'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Chart } from '../../../src/api/show.ts'
import { chart } from '../../../src/show/chart.ts'
import { vegaLiteMimeType } from '../../../src/show/charts/chart.ts'
import { renderSvg } from '../../../src/show/charts/render.ts'
import { expectWellFormed } from './well-formed.ts'
import { pingResult } from './ping-result.ts'

const schema = JSON.parse(readFileSync(new URL('../../../node_modules/vega-lite/build/vega-lite-schema.json', import.meta.url), 'utf8'))
const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)

/** What every chart must be: valid, without a warning, a bundle of three forms, an SVG that loads nothing. */
async function expectSound(made: Chart): Promise<string> {
  expect(validate(made.spec), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true)
  expect((await renderSvg(made.spec, '')).warnings).toEqual([])
  expect(Object.keys(made.bundle)).toEqual([vegaLiteMimeType, 'image/svg+xml', 'text/plain'])
  expect(made.bundle[vegaLiteMimeType]).toBe(made.spec)
  expect(JSON.parse(JSON.stringify(made.spec))).toEqual(made.spec)
  const svg = String(made.bundle['image/svg+xml'])
  expectWellFormed(svg)
  expect(svg).toMatch(/<rect [^>]*fill="#ffffff"/)
  return svg
}

const count = (svg: string, pattern: RegExp) => svg.match(pattern)?.length ?? 0
const host = pingResult([0.08, 0.05, 0.05, 0.06])
const bridge = pingResult([0.1, 0.062, 0.062, 0.07])
const rate = (bitsPerSecond: number) => ({ from: 'a', to: 'b', bitsPerSecond, seconds: 2, bytes: 1, retransmits: 0 })
const vxlan = { 'inner Ethernet': 14, VXLAN: 8, UDP: 8, 'outer IPv4': 20 }

test('latency: a mark a reply, rules, units, a finding for a title', async () => {
  const made = await chart.latency({ host, bridge })
  const svg = await expectSound(made)
  expect(count(svg, /aria-roledescription="point"/g)).toBe(8)
  expect(count(svg, /aria-roledescription="rule mark"/g)).toBe(4)
  expect(svg).toContain('round-trip time (µs)')
  expect(svg).toContain('bridge: median 66 µs, p95 95.5 µs')
  expect(made.text).toMatch(/^bridge adds 11 µs to the median of host \(55 µs\)\n/)
  expect(made.text).toMatch(/host +4 +0 +50 +55 /)
})

test('latency: one result, one value, lost ones, nothing at all', async () => {
  expect(await expectSound(await chart.latency(pingResult([10.2])))).toContain('median 10.2 ms')
  const lossy = await expectSound(await chart.latency(pingResult([1, undefined, 1, undefined])))
  expect(count(lossy, />×</g)).toBe(2)
  expect(lossy).toContain('2 of 4 lost')
  const silent = await chart.latency({ before: pingResult([undefined, undefined]), after: pingResult([0.2, 0.2]) })
  expect(silent.text).toContain('after: median 200 µs, p95 200 µs; no reply: before')
  await expectSound(silent)
  const unreachable = await chart.latency(pingResult([], { error: 'Network is unreachable' }))
  expect(await expectSound(unreachable)).toContain('Network is unreachable')
  await expect(chart.latency({})).rejects.toThrow('nothing to chart')
  await expect(chart.latency({ host: undefined as never })).rejects.toThrow('no measurement for host')
})

test('sequence numbers that begin at 1 lose none at 0', async () => {
  const { replies, ...rest } = pingResult([0.1, 0.1, 0.1])
  const made = await chart.latency({ ...rest, replies: replies.map(reply => ({ ...reply, seq: reply.seq + 1 })) })
  expect(count(await expectSound(made), />×</g)).toBe(0)
})

test('distribution: a row a series, in the order given, silent ones too', async () => {
  const made = await chart.distribution({ 'z first': host, bridge, none: pingResult([undefined], { error: 'Network is unreachable' }) })
  const svg = await expectSound(made)
  expect(svg.indexOf('z first')).toBeLessThan(svg.lastIndexOf('>bridge<'))
  expect(svg).toContain('>Network is unreachable<')
  await expectSound(await chart.distribution({ host: pingResult([1]) }))
  await expectSound(await chart.distribution({ host: pingResult([0.05, 90]) }))
})

test('mtu: 1450 against 1500, the 50 bytes by part', async () => {
  const made = await chart.mtu({ ens33: 1500, overlay: { mtu: 1450, overhead: vxlan } })
  const svg = await expectSound(made)
  for (const label of ['1450 bytes', '1500 bytes', 'inner Ethernet', 'outer IPv4', '14', '20']) expect(svg).toContain(`>${label}<`)
  expect(made.text).toMatch(/^overlay carries 1450 bytes: 1500 − 50 of encapsulation\n/)
  expect(made.text).toContain('inner Ethernet 14 + VXLAN 8 + UDP 8 + outer IPv4 20')
})

test('mtu: takes path MTUs, equal ones, lo', async () => {
  const path = { from: 'a', to: 'b', mtu: 1450, payload: 1422, above: { payload: 1423, error: 'Message too long' }, probes: [] }
  expect((await chart.mtu({ ens33: 1500, overlay: path })).text).toContain('overlay carries 1450 bytes, 50 fewer than ens33 (1500)')
  await expectSound(await chart.mtu({ ens33: 1500, docker0: 1500 }))
  await expectSound(await chart.mtu({ lo: 65536, ens33: 1500 }))
  await expect(chart.mtu({ ens33: Number.NaN })).rejects.toThrow('ens33: the MTU is NaN')
})

test('rates: bars with a unit that suits', async () => {
  const svg = await expectSound(await chart.throughput({ host: rate(52.1e9), bridge: rate(37e9) }))
  expect(svg).toContain('TCP throughput (Gbit/s)')
  expect(svg).toContain('>52.1<')
  expect((await chart.throughput({ host: rate(52.1e9), bridge: rate(37e9) })).text).toMatch(/^host carries 1.4 times what bridge does \(52.1 against 37 Gbit\/s\)/)
  expect(await expectSound(await chart.packetRate({ host: 95_000, overlay: { packetsPerSecond: 41_000 } }))).toContain('thousand packets/s')
  await expectSound(await chart.throughput({ dead: rate(0) }))
})

test('a specification of one\'s own keeps what it sets, and is text', async () => {
  const made = await chart.vegaLite({
    title: '<script>alert(1)</script>', data: { values: [{ a: '<b>', b: 3 }] }, mark: 'bar', config: { axis: { labelFontSize: 20 } },
    encoding: { x: { field: 'a', type: 'nominal' }, y: { field: 'b', type: 'quantitative' } },
  })
  const svg = await expectSound(made)
  expect(svg).not.toContain('<script')
  expect(svg).toContain('font-size="20px"')
  expect((made.spec.config as { axis: object }).axis).toMatchObject({ labelFontSize: 20, gridOpacity: 0.7 })
})

test('what cannot be drawn is an error that says why', async () => {
  await expect(chart.vegaLite({ data: { url: 'https://example.com/x.csv' }, mark: 'bar', encoding: {} })).rejects.toThrow('data are elsewhere (https://example.com/x.csv)')
  await expect(chart.vegaLite({ data: { values: [] } })).rejects.toThrow('Vega-Lite does not take this specification')
  await expect(chart.vegaLite({ $schema: 'https://vega.github.io/schema/vega/v5.json', marks: [] })).rejects.toThrow('not a Vega-Lite one')
  await expect(chart.vegaLite('bar' as never)).rejects.toThrow('got string')
})

test('any names and times make a sound chart', async () => {
  const times = fc.array(fc.option(fc.double({ min: 0, max: 2000, noNaN: true }), { nil: undefined }), { maxLength: 12 })
  // Vega itself trips over a category named as a property of every object.
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }).filter(text => !(text in {}))
  const results = fc.dictionary(name, times.map(each => pingResult(each)), { minKeys: 1, maxKeys: 9 })
  await fc.assert(fc.asyncProperty(results, async series => {
    await expectSound(await chart.latency(series))
    await expectSound(await chart.distribution(series))
  }), { numRuns: 10 })
}, 120_000)
