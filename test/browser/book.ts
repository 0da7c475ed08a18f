/** A real JupyterLab, started as a learner starts it, on a copy of the book, and a real browser on it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { repository } from '../cli/wirebook.ts'

/** Where the system's Chromium is; undefined where there is none. */
export const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(path => existsSync(path))

/** Pictures of what the tests saw, to be looked at. */
export const screenshots = process.env.WIREBOOK_SCREENSHOTS ?? join(tmpdir(), `wirebook-screenshots-${userInfo().uid}`)

export interface Cell { cell_type: string; source: string[]; execution_count: number | null; outputs: { output_type: string; data?: Record<string, unknown>; text?: string[] }[] }

export class Book {
  #server: ChildProcess
  #browser: Browser
  #folder: string
  readonly address: URL
  readonly page: Page

  private constructor(server: ChildProcess, browser: Browser, page: Page, folder: string, address: URL) {
    this.#server = server
    this.#browser = browser
    this.#folder = folder
    this.address = address
    this.page = page
  }

  /** Opens a chapter in JupyterLab and waits until its kernel is idle. */
  static async open(chapter: string): Promise<Book> {
    const folder = mkdtempSync(join(tmpdir(), 'wirebook-book-'))
    mkdirSync(screenshots, { recursive: true })
    for (const name of globSync('*.ipynb', { cwd: join(repository, 'notebooks') })) cpSync(join(repository, 'notebooks', name), join(folder, name))
    const server = spawn(join(repository, 'wirebook'), ['lab', '--no-browser', '--port', '0', '--notebooks', folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // What a test chooses (a theme, the open tabs) is not the choice of whoever uses this checkout.
      env: { ...process.env, JUPYTERLAB_SETTINGS_DIR: join(folder, '.settings'), JUPYTERLAB_WORKSPACES_DIR: join(folder, '.workspaces') },
    })
    try {
      const address = await addressOf(server)
      const browser = await chromium.launch({
        executablePath: browserPath!,
        args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
          '--disable-component-update', '--disable-sync'],
      })
      const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } })
      const book = new Book(server, browser, page, folder, address)
      await page.goto(new URL(`/lab/tree/${chapter}.ipynb?reset&token=${address.searchParams.get('token')}`, address).href)
      await page.locator('.jp-NotebookPanel .jp-Notebook').waitFor({ timeout: 60_000 })
      await book.idle(60_000)
      return book
    } catch (error) {
      server.kill('SIGTERM')
      throw error
    }
  }

  /** Waits until JupyterLab says that the kernel is idle. */
  async idle(timeout = 30_000): Promise<void> {
    await this.page.locator('#jp-main-statusbar').getByText(/\| Idle$/).waitFor({ timeout })
  }

  /** Run → Run All Cells, then waits until the last code cell has run or a failure has cancelled it. */
  async runAll(timeout: number): Promise<void> {
    await this.choose('Run', 'runmenu:run-all')
    await this.scroll('end')
    const last = this.page.locator('.jp-CodeCell .jp-InputPrompt').last()
    await last.getByText('[*]').waitFor({ timeout: 15_000 })
    await last.getByText(/\[[\d ]+\]/).waitFor({ timeout })
    await this.idle()
  }

  /** Chooses an entry of a menu by its command. */
  async choose(menu: string, command: string): Promise<void> {
    await this.page.locator('.lm-MenuBar-item', { hasText: new RegExp(`^${menu}$`) }).click()
    await this.page.locator(`.lm-Menu-item[data-command="${command}"]`).click()
  }

  /** Settings → Theme. */
  async theme(name: 'JupyterLab Light' | 'JupyterLab Dark'): Promise<void> {
    await this.page.locator('.lm-MenuBar-item', { hasText: /^Settings$/ }).click()
    await this.page.locator('.lm-Menu-item', { hasText: /^Theme$/ }).hover()
    await this.page.locator('.lm-Menu-item[data-command="apputils:change-theme"]', { hasText: new RegExp(`^${name}$`) }).click()
    await this.page.locator(`body[data-jp-theme-name="${name}"]`).waitFor({ state: 'attached', timeout: 10_000 })
  }

  /**
   * Scrolls through the notebook from its start, and gives for each cell (by its place in the notebook) the size of the
   * pictures that the selector finds in its outputs.
   */
  async pictures(selector: string): Promise<Map<number, { width: number; height: number }>> {
    const found = new Map<number, { width: number; height: number }>()
    await this.scroll('start')
    for (let more = true; more;) {
      const seen = await this.page.evaluate(`[...document.querySelectorAll('.jp-Cell')].flatMap(cell =>
        [...cell.querySelectorAll('.jp-OutputArea-output')].flatMap(output => [...output.querySelectorAll(${JSON.stringify(selector)})]).map(picture =>
          ({ index: Number(cell.dataset.windowedListIndex), width: picture.getBoundingClientRect().width, height: picture.getBoundingClientRect().height })))`) as { index: number; width: number; height: number }[]
      for (const { index, width, height } of seen) if (width > 0) found.set(index, { width, height })
      more = await this.page.evaluate(`(() => {
        const panel = document.querySelector('.jp-NotebookPanel .jp-WindowedPanel-outer')
        return panel.scrollTop + panel.clientHeight < panel.scrollHeight - 2
      })()`) as boolean
      await this.scroll('on')
    }
    return found
  }

  /** Brings an element into view, wherever in the notebook it is. Below it, as far as the notebook goes, is what follows. */
  async bringUp(selector: string): Promise<void> {
    const wanted = this.page.locator(selector)
    await this.scroll('start')
    for (let i = 0; i < 120 && (await wanted.count()) === 0; i++) await this.scroll('on')
    await wanted.first().evaluate(element => {
      ;(element as unknown as { style: { scrollMarginTop: string } }).style.scrollMarginTop = '16px'
      element.scrollIntoView({ block: 'start' })
    }, undefined, { timeout: 10_000 })
    await this.page.waitForTimeout(300) // what comes into view with it is drawn
  }

  /** Scrolls the notebook; only what is near the view is in the page. */
  async scroll(to: 'start' | 'end' | 'on'): Promise<void> {
    await this.page.evaluate(`(() => {
      const panel = document.querySelector('.jp-NotebookPanel .jp-WindowedPanel-outer')
      panel.scrollTo(0, { start: 0, end: panel.scrollHeight, on: panel.scrollTop + 400 }['${to}'])
      return new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    })()`)
  }

  /** Adds an empty cell below the last and puts the cursor into it. */
  async newLastCell(): Promise<void> {
    await this.scroll('end')
    await this.page.locator('.jp-Notebook-footer').click()
    await this.page.locator('.jp-CodeCell.jp-mod-active .cm-content').click()
    await this.page.locator('.jp-Notebook.jp-mod-editMode').waitFor()
  }

  /** The notebook as it stands, saved by JupyterLab. */
  async saved(chapter: string): Promise<Cell[]> {
    const response = this.page.waitForResponse(answer => answer.request().method() === 'PUT' && answer.url().includes(`/api/contents/${chapter}`), { timeout: 20_000 })
    await this.choose('File', 'docmanager:save')
    await response
    return JSON.parse(readFileSync(join(this.#folder, `${chapter}.ipynb`), 'utf8')).cells
  }

  async picture(name: string): Promise<string> {
    const path = join(screenshots, `${name}.png`)
    await this.page.screenshot({ path })
    return path
  }

  /** Ends browser and server; resolves when both have ended. The server's exit status. */
  async close(): Promise<number | null> {
    await this.#browser.close()
    const ended = new Promise<number | null>(resolve => this.#server.once('close', resolve))
    this.#server.kill('SIGINT')
    const status = await ended
    rmSync(this.#folder, { recursive: true, force: true })
    return status
  }
}

function addressOf(server: ChildProcess): Promise<URL> {
  return new Promise((resolve, reject) => {
    let said = ''
    const late = setTimeout(() => reject(new Error(`JupyterLab did not say its address within 60 s:\n${said}`)), 60_000)
    for (const stream of [server.stdout!, server.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
        const address = /http:\/\/127\.0\.0\.1:\d+\/\S*token=\w+/.exec(said)?.[0]
        if (!address) return
        clearTimeout(late)
        resolve(new URL(address))
      })
    }
    server.once('close', status => reject(new Error(`JupyterLab ended with status ${status}:\n${said}`)))
  })
}
