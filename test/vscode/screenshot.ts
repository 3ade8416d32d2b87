/** `node test/vscode/screenshot.ts`: the picture of the editor in the README, taken anew from the packaged extension. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, progress, repository } from './support/cache.ts'
import { launchBrowser } from './support/chromium.ts'
import { startEditor } from './support/code-server.ts'
import { eventually } from './support/eventually.ts'
import { freshHome } from './support/home.ts'
import { workspaceFolder } from './support/host-suite.ts'
import { packagedExtension } from './support/packaged.ts'
import { openWorkbench } from './support/workbench.ts'

const settings = { 'editor.minimap.enabled': false, 'problems.decorations.enabled': true, 'window.commandCenter': false, 'breadcrumbs.enabled': false, 'window.title': '${activeEditorShort}', 'editor.scrollbar.horizontal': 'hidden' }
const editor = await startEditor({ home: await freshHome(join(cacheFolder(), 'home-screenshot')), vsix: packagedExtension(), settings })
const browser = await launchBrowser()
try {
  const window = await openWorkbench(browser, editor, await workspaceFolder('orders'), { width: 1400, height: 880 }, 1.3)
  await window.openFile('orders-first-sketch.lintel')
  await eventually('three squiggles', async () => (await window.squiggles('error')) === 3)
  await window.choose('Preferences: Color Theme', 'Light Modern')
  await window.command('View: Toggle Primary Side Bar Visibility')
  await window.command('View: Focus Problems')
  await window.clickWord('log events', 'events')
  await window.page.keyboard.press('Control+k')
  await window.page.keyboard.press('v')
  const preview = await window.preview()
  await preview.locator('.light-cursor[data-light="events"]').waitFor({ state: 'attached' })
  await preview.evaluate(() => document.fonts.ready.then(() => undefined))
  await window.page.mouse.move(700, 898)
  await eventually('everything at rest', () => preview.evaluate(() => document.getAnimations().every(({ playState }) => playState !== 'running')))
  const path = join(repository, 'media', 'screenshot.png')
  await window.page.screenshot({ path })
  progress(`${path}: ${Math.round(statSync(path).size / 1024)} KB`)
} finally {
  await browser.close()
  await editor.stop()
}
