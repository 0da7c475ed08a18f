import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimsOf } from '../../src/claims/catalogue.ts'
import { Book, browserPath, type Cell } from './book.ts'

const chapter = '05-overlay'
const vegaMimeType = /^application\/vnd\.vegalite\.v\d+\+json$/

describe.runIf(browserPath)('chapter 5 in JupyterLab, in a real browser', () => {
  let book: Book
  let cells: Cell[]
  beforeAll(async () => {
    book = await Book.open(chapter)
    await book.runAll(180_000)
    cells = await book.saved(chapter)
  }, 300_000)
  afterAll(async () => {
    expect(await book?.close()).toBe(0)
  }, 30_000)

  const with_ = (fits: (type: string) => boolean) => cells.flatMap((cell, index) =>
    cell.outputs?.some(output => Object.keys(output.data ?? {}).some(fits)) ? [index] : [])

  test('nothing failed', () => {
    expect(cells.flatMap(cell => cell.outputs ?? []).filter(output => output.output_type === 'error')).toEqual([])
  })

  test("JupyterLab's own Vega renderer draws every chart", async () => {
    const charts = with_(type => vegaMimeType.test(type))
    expect(charts.length).toBeGreaterThanOrEqual(3)
    const drawn = await book.pictures('.jp-RenderedVegaCommon5 canvas, .jp-RenderedVegaCommon5 svg.marks')
    expect([...drawn.keys()]).toEqual(charts)
    for (const { width, height } of drawn.values()) {
      expect(width).toBeGreaterThan(300)
      expect(height).toBeGreaterThan(80)
    }
  }, 60_000)

  test('the diagrams are drawn', async () => {
    const drawn = await book.pictures('img[src^="data:image/svg"], .jp-RenderedSVG img, .jp-RenderedSVG svg, .jp-RenderedHTMLCommon svg')
    for (const { width, height } of drawn.values()) {
      expect(width).toBeGreaterThan(300)
      expect(height).toBeGreaterThan(100)
    }
    expect(drawn.size).toBeGreaterThanOrEqual(2)
  }, 60_000)

  test('every claim is seen with its verdict', async () => {
    const seen = await book.pictures('[aria-label^="claim 5."]')
    expect(seen.size).toBe(with_(type => type.includes('wirebook.claim')).length)
    expect(seen.size).toBe(claimsOf(chapter).length)
  }, 60_000)

  test('the picture in README (docs/screenshot.png)', async () => {
    await book.page.setViewportSize({ width: 1480, height: 1140 })
    await book.bringUp('[aria-label^="claim 5.5:"]')
    await book.picture('readme')
    await book.page.setViewportSize({ width: 1400, height: 1000 })
  }, 60_000)

  test.each(['Light', 'Dark'] as const)('pictures in the %s theme', async theme => {
    await book.theme(`JupyterLab ${theme}`)
    for (const [name, selector] of Object.entries({
      diagram: '.jp-OutputArea-output img[src^="data:image/svg"]',
      claim: '[aria-label^="claim 5.1:"]',
      chart: '.jp-RenderedVegaCommon5',
      table: '.jp-OutputArea-output table',
      latency: '[aria-label^="claim 5.8:"]',
    })) {
      await book.bringUp(selector)
      await book.picture(`overlay-${name}-${theme.toLowerCase()}`)
    }
  }, 120_000)
})
