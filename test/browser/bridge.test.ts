import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Book, browserPath, type Cell } from './book.ts'

const chapter = '03-bridge'

describe.runIf(browserPath)('chapter 3 in JupyterLab, in a real browser', () => {
  let book: Book
  let cells: Cell[]
  beforeAll(async () => {
    book = await Book.open(chapter)
  }, 150_000)
  afterAll(async () => {
    expect(await book?.close()).toBe(0)
  }, 30_000)

  test('Run all: each cell ran, none failed, every claim has its verdict', async () => {
    await book.runAll(120_000)
    cells = (await book.saved(chapter)).filter(cell => cell.cell_type === 'code')
    const errors = cells.flatMap(cell => cell.outputs.filter(output => output.output_type === 'error'))
    expect(errors).toEqual([])
    expect(cells.filter(cell => cell.source.length > 0 && cell.execution_count === null)).toEqual([])
    const claims = cells.flatMap(cell => cell.outputs.map(output => output.data?.['application/vnd.wirebook.claim+json'])).filter(Boolean) as { id: string }[]
    expect(claims.map(({ id }) => id)).toEqual(expect.arrayContaining(['3.1', '3.2', '3.3', '3.4', '3.5', '3.6', '3.7', '3.8']))
  }, 180_000)

  test('the diagram of the running lab is drawn', async () => {
    await show('svg', 'bridge-diagram')
  }, 60_000)

  test('typing lab. shows what the lab has, with types', async () => {
    await book.newLastCell()
    await book.page.keyboard.type('lab.')
    await book.page.keyboard.press('Tab')
    const completer = book.page.locator('.jp-Completer:not(.lm-mod-hidden)')
    await completer.waitFor({ timeout: 15_000 })
    await book.picture('completion')
    const words = await completer.locator('.jp-Completer-item .jp-Completer-match').allTextContents()
    expect(words).toEqual(expect.arrayContaining(['A', 'B', 'router', 'start']))
    await book.page.keyboard.press('Escape')
  }, 60_000)

  test('stop during a long ping ends the ping; the lab and the variables live on', async () => {
    const { page } = book
    await page.keyboard.press('Control+A')
    await page.keyboard.type("await ping(lab.A, '8.8.8.8', { count: 500 })")
    await page.keyboard.press('Escape') // a completer that is still open
    await page.keyboard.press('Control+Enter')
    const output = page.locator('.jp-Cell.jp-mod-active .jp-OutputArea')
    await output.getByText(/seq=3\b/).first().waitFor({ timeout: 20_000 })
    await page.locator('jp-button[data-command="notebook:interrupt-kernel"], [data-command="notebook:interrupt-kernel"]').first().click()
    await book.idle(5_000)
    await book.picture('interrupted')
    await book.newLastCell()
    await page.keyboard.type('`running ${lab.running}, up in ${lab.startMs > 0}`')
    await page.keyboard.press('Control+Enter')
    await page.locator('.jp-Cell.jp-mod-active .jp-OutputArea').getByText('running true, up in true').waitFor({ timeout: 15_000 })
  }, 90_000)

  /** Scrolls through the notebook until an element of this kind is in sight, and takes a picture of it. */
  async function show(selector: string, name: string): Promise<void> {
    const { page } = book
    const wanted = page.locator(`.jp-OutputArea-output ${selector}, .jp-OutputArea-output img[src*="${selector}"]`)
    await book.scroll('start')
    for (let i = 0; i < 80 && (await wanted.count()) === 0; i++) await book.scroll('on')
    await wanted.first().scrollIntoViewIfNeeded({ timeout: 10_000 })
    const box = await wanted.first().boundingBox()
    expect(box!.width).toBeGreaterThan(200)
    expect(box!.height).toBeGreaterThan(100)
    await book.picture(name)
  }
})
