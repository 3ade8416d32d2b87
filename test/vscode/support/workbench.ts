/** Visual Studio Code's window as a person sees it. Everything here is done with the mouse and the keyboard, and read from the screen. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Frame, Locator, Page } from 'playwright-core'
import { repository } from './cache.ts'
import type { Editor } from './code-server.ts'
import { eventually } from './eventually.ts'

export interface Workbench {
  readonly page: Page
  /** Through the quick open box. */
  openFile(name: string): Promise<void>
  /** Through the command palette, by the command's title. */
  command(title: string): Promise<void>
  /** A command that asks for a choice, and the choice. */
  choose(title: string, choice: string): Promise<void>
  /** A line of the text in front, by a part of it that only it has. */
  line(part: string): Locator
  /** Clicks on a word of the text in front. */
  clickWord(line: string, word: string): Promise<void>
  /** One-based, from the status bar. */
  cursorLine(): Promise<number>
  squiggles(severity: 'error' | 'warning'): Promise<number>
  /** The texts of the Problems view, which must be open. */
  problems(): Promise<readonly string[]>
  /** The page inside the preview's panel. */
  preview(): Promise<Frame>
  /** Another webview, by something in it. */
  webview(selector: string): Promise<Frame>
  screenshot(name: string): Promise<string>
}

export async function openWorkbench(browser: Browser, editor: Editor, folder: string, size = { width: 1440, height: 900 }, deviceScaleFactor = 1): Promise<Workbench> {
  const page = await browser.newPage({ viewport: size, deviceScaleFactor })
  page.setDefaultTimeout(60_000)
  await page.goto(editor.open(folder))
  await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 90_000 })
  return workbenchOf(page)
}

export function workbenchOf(page: Page): Workbench {
  const modifier = process.platform === 'darwin' ? 'Meta' : 'Control'
  const box = page.locator('.quick-input-widget:visible')
  /** Something else that takes the focus closes the box again: then once more. */
  const ask = (key: string, text: string) =>
    eventually(`“${text}” in the quick input box`, async () => {
      const input = box.locator('input[type=text]')
      await page.keyboard.press(key)
      await input.fill(text, { timeout: 2000 })
      return (await input.inputValue({ timeout: 500 })) === text
    })
  const line = (part: string) => page.locator('.editor-instance .view-line', { hasText: part })
  const webview = (selector: string) =>
    eventually(`a webview with ${selector}`, async () => {
      for (const frame of page.frames()) {
        const there = await frame.locator(selector).first().isVisible().catch(() => false)
        if (there && frame !== page.mainFrame()) return frame
      }
      return undefined
    })

  return {
    page,
    line,
    webview,
    async openFile(name) {
      await ask(`${modifier}+p`, name)
      await box.locator('.monaco-list-row', { hasText: name }).first().click()
      await page.locator('.tab.active', { hasText: name }).first().waitFor()
      await page.locator('.editor-group-container.active .monaco-editor.focused .view-line').first().waitFor()
    },
    async command(title) {
      await ask('F1', `>${title}`)
      const row = box.locator('.monaco-list-row', { hasText: title }).first()
      await row.waitFor()
      await row.click()
    },
    async choose(title, choice) {
      await this.command(title)
      const row = box.locator('.monaco-list-row', { hasText: choice }).first()
      const input = box.locator('input[type=text]')
      // What is typed into the palette before it has closed would be a search for files.
      await eventually(`the choices of ${title}`, async () => {
        const placeholder = await input.getAttribute('placeholder', { timeout: 500 })
        return placeholder !== null && !/command|Search files/.test(placeholder)
      })
      await input.fill(choice)
      await row.waitFor()
      await row.click()
      await box.waitFor({ state: 'hidden' })
    },
    async clickWord(part, word) {
      const target = line(part).first()
      await target.waitFor()
      const place = await target.evaluate((element, wanted) => {
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const at = (node.textContent ?? '').replaceAll('\u00a0', ' ').indexOf(wanted)
          if (at < 0) continue
          const range = document.createRange()
          range.setStart(node, at)
          range.setEnd(node, at + wanted.length)
          const { x, y, width, height } = range.getBoundingClientRect()
          return { x: x + width / 2, y: y + height / 2 }
        }
        return undefined
      }, word)
      if (!place) throw new Error(`no “${word}” in the line with “${part}”`)
      await page.mouse.click(place.x, place.y)
    },
    async cursorLine() {
      const text = await page.locator('[id="status.editor.selection"]').innerText()
      return Number(/Ln (\d+)/.exec(text)?.[1])
    },
    squiggles: (severity) => page.locator(`.editor-instance .squiggly-${severity}`).count(),
    async problems() {
      const rows = page.locator('.markers-panel .monaco-list-row .marker-row, .markers-panel .monaco-list-row .marker-message-line')
      return rows.allInnerTexts()
    },
    preview: () => webview('body[data-uri] .stage'),
    async screenshot(name) {
      const folder = join(repository, 'out', 'screenshots')
      mkdirSync(folder, { recursive: true })
      const path = join(folder, `${name}.png`)
      await page.screenshot({ path })
      return path
    },
  }
}
