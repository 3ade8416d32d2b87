import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { cacheFolder } from './support/cache.ts'
import { launchBrowser } from './support/chromium.ts'
import { type Editor, startEditor } from './support/code-server.ts'
import { bundleSuite, type HostResults, runInBrowser, runOnDesktop, workspaceFolder } from './support/host-suite.ts'
import { freshHome } from './support/home.ts'
import { packagedExtension } from './support/packaged.ts'

/** `npm run test:vscode -- --host desktop` takes the desktop's editor, which has to be downloaded. */
const host = process.env['LINTEL_TEST_HOST'] === 'desktop' ? 'desktop' : 'browser'

describe(`inside the extension host (${host})`, function () {
  this.timeout(600_000)
  let editor: Editor | undefined
  let browser: Browser | undefined
  after(async () => {
    await browser?.close()
    await editor?.stop()
  })

  it('passes the suite of test/vscode/suite', async () => {
    const vsix = packagedExtension()
    const suite = await bundleSuite()
    const folder = await workspaceFolder('suite')
    let results: HostResults
    if (host === 'desktop') results = await runOnDesktop(suite, vsix, folder)
    else {
      editor = await startEditor({ home: await freshHome(join(cacheFolder(), 'home-suite')), vsix })
      browser = await launchBrowser()
      results = await runInBrowser(suite, browser, editor, folder)
    }
    for (const title of results.passed) process.stderr.write(`    ✔ ${title}\n`)
    assert.deepEqual(results.failed, [], results.failed.join('\n\n'))
    assert.ok(results.passed.length >= 14, `only ${results.passed.length} ran`)
  })
})
