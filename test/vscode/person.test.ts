/** What a person does in the first minutes, in a real editor with the packaged extension. The steps build on each other, as a person's do. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Frame, Locator } from 'playwright-core'
import { cacheFolder, repository } from './support/cache.ts'
import { launchBrowser } from './support/chromium.ts'
import { type Editor, startEditor } from './support/code-server.ts'
import { eventually } from './support/eventually.ts'
import { freshHome } from './support/home.ts'
import { workspaceFolder } from './support/host-suite.ts'
import { packagedExtension } from './support/packaged.ts'
import { openWorkbench, type Workbench } from './support/workbench.ts'

const SKETCH = 'orders-first-sketch.lintel'
const modifier = process.platform === 'darwin' ? 'Meta' : 'Control'

describe('a person with Visual Studio Code', function () {
  this.timeout(240_000)
  this.bail(true)
  let editor: Editor
  let browser: Browser
  let window: Workbench
  let folder: string
  let preview: Frame
  const refused: string[] = []

  before(async function () {
    this.timeout(600_000)
    const vsix = packagedExtension()
    folder = await workspaceFolder('person')
    editor = await startEditor({ home: await freshHome(join(cacheFolder(), 'home-person')), vsix, settings: { 'editor.minimap.enabled': false } })
    browser = await launchBrowser()
    window = await openWorkbench(browser, editor, folder)
    window.page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text()) && /lintel/i.test(message.text() + message.location().url)) refused.push(message.text())
    })
  })
  after(async () => {
    await browser?.close()
    await editor?.stop()
  })
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') process.stderr.write(`    what was on screen: ${await window.screenshot('failed')}\n`)
  })

  const node = (id: string): Locator => preview.locator(`.canvas g[data-id="${id}"]`)
  const lit = (id: string): Locator => preview.locator(`.light-cursor[data-light="${id}"]`)
  const viewport = () => preview.locator('.holder').evaluate((element) => (element as HTMLElement).style.transform)
  const settled = () => eventually('everything at rest', () => preview.evaluate(() => document.getAnimations().every(({ playState }) => playState !== 'running')))
  const cursorOn = (line: number) => eventually(`the cursor on line ${line}`, async () => (await window.cursorLine()) === line)
  const squiggles = (count: number) => eventually(`${count} squiggles`, async () => (await window.squiggles('error')) === count)
  const command = (...args: readonly string[]) => execFileSync(process.execPath, [join(repository, 'dist', 'lintel.js'), ...args], { encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'ignore'] })

  it('opens the sketch and sees the three mistakes, underlined and in Problems', async () => {
    await window.openFile(SKETCH)
    await squiggles(3)
    await window.command('View: Focus Problems')
    const rows = await eventually('the Problems', async () => {
      const all = await window.problems()
      return ['cache-is-only-copy', 'hot-partition', 'non-idempotent-consumer'].every((rule) => all.some((row) => row.includes(rule))) && all
    })
    for (const [rule, line] of [['cache-is-only-copy', 11], ['hot-partition', 12], ['non-idempotent-consumer', 20]] as const) {
      assert.ok(rows.some((row) => row.includes(rule) && row.includes(`[Ln ${line},`)), `${rule} is not on line ${line}: ${rows.join(' | ')}`)
    }
    await window.screenshot('problems')
  })

  it('follows a problem’s code to its rule’s page', async () => {
    await window.page.locator('.markers-panel a', { hasText: 'hot-partition' }).first().click()
    const page = await window.webview('h1:has-text("hot-partition")')
    await page.locator('h2', { hasText: /how to fix/i }).waitFor()
    await window.screenshot('rule-page')
    await window.command('View: Close Editor')
  })

  it('reads a finding in its hover, and reaches the page from there too', async () => {
    await window.openFile(SKETCH)
    await window.clickWord('log events', 'events')
    await window.page.keyboard.press(`${modifier}+k`)
    await window.page.keyboard.press(`${modifier}+i`)
    const hover = window.page.locator('.monaco-hover:visible', { hasText: 'busiest' })
    await hover.waitFor()
    assert.match(await hover.innerText(), /9\.46k\/s/)
    await window.screenshot('hover')
    await hover.locator('a', { hasText: 'hot-partition' }).click()
    await window.page.locator('.tab.active', { hasText: 'hot-partition' }).waitFor()
    await window.command('View: Close Editor')
  })

  it('applies a quick fix and watches the finding go', async () => {
    await window.openFile(SKETCH)
    await window.clickWord('billing -> psp', 'billing')
    const fixes = window.page.locator('.action-widget .monaco-list-row:not(.group-header)')
    // Asked before the editor has heard of any, it says that there are none.
    await eventually('the quick fixes', async () => {
      if (await fixes.first().isVisible()) return true
      await window.page.keyboard.press('Escape')
      await window.page.keyboard.press(`${modifier}+.`)
      return fixes.first().waitFor({ timeout: 3000 }).then(() => true, () => false)
    })
    await window.screenshot('quick-fix')
    await fixes.first().click()
    await squiggles(2)
    await eventually('the Problem gone', async () => !(await window.problems()).some((row) => row.includes('non-idempotent-consumer')))
    await window.page.keyboard.press(`${modifier}+z`)
    await squiggles(3)
  })

  it('opens the preview beside the text with the keyboard', async () => {
    await window.clickWord('client shopper', 'shopper')
    await window.page.keyboard.press(`${modifier}+k`)
    await window.page.keyboard.press('v')
    preview = await window.preview()
    for (const id of ['shopper', 'lb', 'api', 'carts', 'events', 'billing', 'psp', 'parked']) await node(id).waitFor()
    await lit('shopper').waitFor({ state: 'attached' })
    await window.page.locator('.tab', { hasText: 'Preview Orders, first sketch' }).waitFor()
    assert.deepEqual(refused, [], 'the content security policy refused something')
    await window.screenshot('preview')
  })

  it('clicks a node and lands on its line', async () => {
    await node('billing').click()
    await cursorOn(13)
    await lit('billing').waitFor({ state: 'attached' })
  })

  it('clicks an arrow and lands on its line', async () => {
    const target = preview.locator('.canvas g[aria-label*="charge the card"]:not([data-kind])')
    // On the line itself, not on the badge or the label that lie on it.
    const point = await target.locator('path').first().evaluate((element) => {
      const path = element as unknown as SVGPathElement
      for (let at = 0.05; at < 1; at += 0.05) {
        const { x, y } = path.getPointAtLength(path.getTotalLength() * at).matrixTransform(path.getScreenCTM()!)
        if (document.elementFromPoint(x, y) === element) return { x, y }
      }
      throw new Error('the line is nowhere to be clicked')
    })
    const stage = await preview.locator('.stage').boundingBox()
    const inner = await preview.locator('.stage').evaluate((element) => element.getBoundingClientRect().toJSON() as { x: number; y: number })
    await window.page.mouse.click(stage!.x - inner.x + point.x, stage!.y - inner.y + point.y)
    await cursorOn(20)
  })

  it('moves the cursor and sees what it is on lit', async () => {
    await window.clickWord('log events', 'log')
    await lit('events').waitFor({ state: 'attached' })
    await window.clickWord('cache carts', 'redis')
    await lit('carts').waitFor({ state: 'attached' })
  })

  it('reads the findings of a node in its card, and fixes one from there', async () => {
    await node('carts').hover()
    const card = preview.locator('.card')
    await card.waitFor()
    assert.match(await card.innerText(), /lives only in/)
    await window.screenshot('card')
    await preview.locator('.toolbar .counts').click()
    const list = preview.locator('.findings')
    await list.waitFor()
    const finding = list.locator('.finding', { hasText: 'non-idempotent-consumer' })
    await finding.locator('.fix').first().click()
    await squiggles(2)
    await finding.waitFor({ state: 'detached' })
    await window.screenshot('findings')
    await preview.locator('.toolbar .counts').click()
    await window.clickWord('client shopper', 'client')
    await window.page.keyboard.press(`${modifier}+z`)
    await squiggles(3)
  })

  it('zooms and pans, types, and sees the picture change while the view stays', async () => {
    const moved = (from: string) => eventually('another view', async () => (await viewport()) !== from && viewport())
    const scale = (transform: string) => /scale\(([^)]+)\)/.exec(transform)![1]
    const fitted = await viewport()
    await preview.locator('.stage').hover({ position: { x: 40, y: 40 } })
    await window.page.keyboard.down(modifier)
    await window.page.mouse.wheel(0, -100)
    await window.page.keyboard.up(modifier)
    const zoomed = await moved(fitted)
    assert.notEqual(scale(zoomed), scale(fitted))
    await window.page.mouse.wheel(30, 40)
    assert.equal(scale(await moved(zoomed)), scale(zoomed))

    await window.clickWord('client shopper', 'client')
    await window.page.keyboard.press('End')
    await cursorOn(8)
    await lit('shopper').waitFor({ state: 'attached' })
    const still = await viewport()
    const ids = ['shopper', 'lb', 'api', 'carts', 'events', 'billing', 'psp', 'parked']
    const places = () => Promise.all(ids.map((id) => node(id).boundingBox()))
    await settled()
    const before = await places()
    await window.page.keyboard.press('Enter')
    await window.page.keyboard.type('client robot "Robot shopper"')
    await window.page.keyboard.press('Escape')
    await node('robot').waitFor()
    await lit('robot').waitFor({ state: 'attached' })
    assert.equal(scale(await viewport()), scale(still))
    // A layout may move what it must; what the person looks at stays where it was on screen.
    await eventually('what was in the middle where it was', async () => {
      await settled()
      const after = await places()
      return after.some((box, index) => box && before[index] && Math.hypot(box.x - before[index].x, box.y - before[index].y) < 1.5)
    })
    await window.screenshot('typed')
  })

  it('keeps the last good picture while the text is broken, and is told so', async () => {
    await window.page.keyboard.press(`${modifier}+s`)
    await window.page.locator('.tab.dirty').waitFor({ state: 'detached' })
    const kept = await viewport()
    await window.page.keyboard.press(`${modifier}+a`)
    await window.page.keyboard.type('service {')
    const notice = preview.locator('.notice')
    await notice.waitFor()
    await node('api').waitFor()
    await window.screenshot('broken')
    await window.command('File: Revert File')
    await notice.waitFor({ state: 'hidden' })
    assert.equal(await viewport(), kept)
  })

  it('finds a component by its name', async () => {
    await preview.locator('.stage').click({ position: { x: 8, y: 8 } })
    await window.page.keyboard.press('/')
    await preview.locator('.search input').fill('payment')
    await preview.locator('.light-found-now[data-light="psp"]').waitFor({ state: 'attached' })
    assert.match(await preview.locator('.search .count').innerText(), /^1 of /)
    await window.page.keyboard.press('Escape')
  })

  it('walks the picture with the keyboard alone', async () => {
    await preview.locator('.stage').focus()
    await window.page.keyboard.press('1')
    await window.page.keyboard.press('Tab')
    const first = await preview.locator('.canvas g:focus').getAttribute('data-id')
    assert.ok(first)
    await window.page.keyboard.press('ArrowRight')
    const second = await eventually('another node', async () => {
      const id = await preview.locator('.canvas g:focus').getAttribute('data-id')
      if (id !== first) return id ?? undefined
      await window.page.keyboard.press('ArrowDown')
      return undefined
    })
    await window.page.keyboard.press('Enter')
    await lit(second).waitFor({ state: 'attached' })
  })

  it('reads the axes, and follows an answer to the line it came from', async () => {
    await preview.locator('.toolbar [aria-label="Axes"]').click()
    const rows = preview.locator('.axes .row')
    await rows.first().waitFor()
    assert.equal(await rows.count(), 7)
    assert.match(await preview.locator('.axes').innerText(), /not stated/)
    await preview.locator('.axes .axis', { hasText: 'Availability' }).click()
    const link = preview.locator('.evidence .link:visible').first()
    await link.waitFor()
    await window.screenshot('axes')
    const line = Number(/\d+/.exec((await link.getAttribute('title')) ?? '')?.[0])
    await link.click()
    await cursorOn(line)
    await preview.locator('.toolbar [aria-label="Axes"]').click()
  })

  it('looks through the lenses: what is full, what a failure takes, and where data is decided', async () => {
    const lens = (name: string) => preview.locator(`.lens-tool[aria-label="${name}"]`).click()
    const gist = (text: string | RegExp) => preview.locator('.lens .gist', { hasText: text }).waitFor()
    const placed = () => node('api').locator('path').first().getAttribute('d')
    await settled()
    const before = await placed()
    await lens('Load')
    await gist('`events` gets more than it can take'.replaceAll('`', ''))
    await node('events').locator('text', { hasText: '/s' }).first().waitFor()
    await window.screenshot('lens-load')
    await lens('Failure')
    await gist('Click a component')
    await node('lb').click()
    await gist('of 2 flows: 2 unavailable')
    await node('lb').locator('text', { hasText: 'down' }).waitFor()
    await node('shopper').locator('text', { hasText: 'needs lb' }).waitFor()
    assert.equal(await preview.locator('.lens .mark.over', { hasText: 'unavailable' }).count(), 2)
    await window.screenshot('lens-failure')
    await preview.locator('.lens .chip', { hasText: 'lb' }).click()
    await gist('Click a component')
    await lens('Truth')
    await gist('no durable home')
    await window.screenshot('lens-truth')
    assert.equal(await placed(), before, 'a lens has moved the picture')
    await lens('Structure')
    await preview.locator('.lens').waitFor({ state: 'hidden' })
    await preview.locator('.canvas [data-badge="error"]').first().waitFor()
  })

  it('plays a flow step by step', async () => {
    await preview.locator('.tool[aria-label="Play a flow"]').click()
    const step = (text: string) => preview.locator('.player .step', { hasText: text }).waitFor()
    await step('shopper → lb')
    await preview.locator('.light-step[data-light="lb"]').waitFor({ state: 'attached' })
    await preview.locator('.player [aria-label^="Next step"]').click()
    await step('lb → api')
    await preview.locator('.player select').selectOption({ label: 'Place an order' })
    await preview.locator('.player [aria-label="Play"]').click()
    await step('events')
    await window.screenshot('player')
    await preview.locator('.player [aria-label="Close"]').click()
    await preview.locator('.light-step').first().waitFor({ state: 'detached' })
  })

  it('exports what is on screen, the same bytes as the command line', async () => {
    await preview.locator('.toolbar [title="Export SVG…"]').click()
    const box = window.page.locator('.quick-input-widget:visible')
    await eventually('the name beside the source', async () => (await box.locator('input[type=text]').inputValue()).endsWith('/person/orders-first-sketch.svg'))
    await box.locator('.monaco-button', { hasText: 'OK' }).click()
    const target = join(folder, 'orders-first-sketch.svg')
    await eventually('the file', () => existsSync(target))
    const drawn = command('render', join(folder, SKETCH), '--theme', 'light')
    await eventually('the same bytes', () => {
      assert.ok(readFileSync(target, 'utf8') === drawn, 'the export differs from the command line’s')
      return true
    }, 5000)
    assert.match(drawn, /Robot shopper/)
    assert.doesNotMatch(drawn, /foreignObject/)
  })

  it('exports from the explorer what has no preview, as the command line does by default', async () => {
    await window.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'orders-sound.lintel' }).click({ button: 'right' })
    const item = window.page.locator('.context-view .action-menu-item', { hasText: 'Export SVG' })
    const box = window.page.locator('.quick-input-widget:visible')
    await item.waitFor()
    // A menu takes no click in its first moments, lest the click that opened it choose something.
    await eventually('the save dialog', async () => {
      if (await item.isVisible()) await item.click({ timeout: 1000 }).catch(() => undefined)
      return box.isVisible()
    })
    await eventually('the name beside the source', async () => (await box.locator('input[type=text]').inputValue()).endsWith('/person/orders-sound.svg'))
    await box.locator('.monaco-button', { hasText: 'OK' }).click()
    const target = join(folder, 'orders-sound.svg')
    await eventually('the file', () => existsSync(target))
    assert.ok(readFileSync(target, 'utf8') === command('render', join(folder, 'orders-sound.lintel')), 'the export differs from the command line’s')
    assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith('.part')), [])
  })

  it('saves the sheet of the design in front, the same page as the command line', async () => {
    await window.command('Lintel: Save Sheet…')
    const box = window.page.locator('.quick-input-widget:visible')
    await box.locator('.monaco-list-row', { hasText: 'one file for a browser' }).click()
    await eventually('the name beside the source', async () => (await box.locator('input[type=text]').inputValue()).endsWith('.html'))
    const name = (await box.locator('input[type=text]').inputValue()).split('/').at(-1)!
    await box.locator('.monaco-button', { hasText: 'OK' }).click()
    const target = join(folder, name)
    await eventually('the file', () => existsSync(target))
    command('sheet', join(folder, name.replace('.html', '.lintel')), '-o', join(folder, 'by-hand.html'))
    assert.ok(readFileSync(target, 'utf8') === readFileSync(join(folder, 'by-hand.html'), 'utf8'), 'the sheet differs from the command line’s')
    assert.match(readFileSync(target, 'utf8'), /When something fails/)
  })

  it('restarts the language server and goes on', async () => {
    await window.command('Lintel: Restart Language Server')
    await window.clickWord('client robot', 'client')
    await window.page.keyboard.press('End')
    await window.page.keyboard.press('Enter')
    await window.page.keyboard.type('client crawler')
    await window.page.keyboard.press('Escape')
    await node('crawler').waitFor()
    await window.command('File: Revert File')
    await node('crawler').waitFor({ state: 'detached' })
  })

  it('switches to a dark theme, and the picture follows', async () => {
    const ground = () => preview.locator('.canvas svg > rect').first().getAttribute('fill')
    const light = await ground()
    await window.choose('Preferences: Color Theme', 'Dark Modern')
    await window.page.locator('.monaco-workbench.vs-dark').waitFor()
    await eventually('a dark picture', async () => (await ground()) !== light)
    await window.screenshot('dark')
    await window.choose('Preferences: Color Theme', 'Dark High Contrast')
    await window.page.locator('.monaco-workbench.hc-black').waitFor()
    await preview.locator('body.vscode-high-contrast').waitFor()
    await window.screenshot('high-contrast')
    await window.choose('Preferences: Color Theme', 'Light Modern')
    await eventually('a light picture', async () => (await ground()) === light)
  })

  it('hides the preview behind a text with its computed values, and comes back to the same view', async () => {
    await preview.locator('.stage').hover({ position: { x: 60, y: 60 } })
    await window.page.mouse.wheel(0, 90)
    const before = await viewport()
    await window.page.locator('.tab', { hasText: 'Preview Orders' }).click()
    await window.openFile('orders-sound.lintel')
    const rate = window.page.locator('.view-line', { hasText: 'api -> carts' }).locator('span', { hasText: '2k/s' })
    await eventually('the load of an arrow', async () => (await rate.count()) > 0)
    await window.screenshot('hints')
    await window.page.locator('.tab', { hasText: 'Preview Orders' }).click()
    preview = await window.preview()
    await node('api').waitFor()
    await eventually('the same view', async () => (await viewport()) === before)
  })

  it('reloads the window and finds the preview and a rule’s page as they were', async () => {
    const before = await viewport()
    await window.choose('Lintel: Show Rule', 'dual-write')
    await window.webview('h1:has-text("dual-write")')
    const loaded = window.page.waitForEvent('load', { timeout: 60_000 })
    await window.command('Developer: Reload Window')
    await loaded
    await window.page.locator('.tab', { hasText: 'dual-write' }).click({ timeout: 60_000 })
    await window.webview('h1:has-text("dual-write")')
    await window.command('View: Close Editor')
    await window.page.locator('.tab', { hasText: 'Preview Orders' }).click()
    preview = await window.preview()
    await node('api').waitFor()
    await eventually('the same view', async () => (await viewport()) === before)
  })

  it('draws a design of two files, a view of it, and a closed container', async () => {
    await window.openFile('shop.lintel')
    await window.page.keyboard.press(`${modifier}+Shift+v`)
    preview = await window.webview('body[data-uri$="shop.lintel"] .stage')
    await node('ledger').waitFor()
    await window.screenshot('two-files')

    await preview.locator('.views').selectOption('Front')
    await node('ledger').waitFor({ state: 'detached' })
    await node('us-east.api').waitFor()
    await preview.locator('.views').selectOption({ label: 'Whole design' })
    await node('ledger').waitFor()

    await node('us-east').hover({ position: { x: 60, y: 16 } })
    await preview.locator('.fold').first().click()
    await node('us-east.api').waitFor({ state: 'detached' })
    await window.screenshot('closed')
    await preview.locator('.fold').first().click()
    await node('us-east.api').waitFor()

    await node('ledger').click()
    await window.page.locator('.tab.active', { hasText: 'stores.lintel' }).first().waitFor()
    await cursorOn(2)
  })
})
