import assert from 'node:assert/strict'
import { commands, languages, type Tab, TabInputCustom, TabInputWebview, Uri, window } from 'vscode'
import { openDesign, when, whenErrors } from './support.ts'

const tabs = () => window.tabGroups.all.flatMap(({ tabs }) => tabs)
const isPreview = ({ input }: Tab) => input instanceof TabInputWebview && input.viewType.endsWith('lintel.preview')
const tabsChanged = [window.tabGroups.onDidChangeTabs, window.tabGroups.onDidChangeTabGroups]

describe('the preview', () => {
  afterEach(() => commands.executeCommand('workbench.action.closeAllEditors'))

  it('opens beside the text, once, under the design’s title, and leaves the focus to the text', async () => {
    const { document } = await openDesign('orders-first-sketch.lintel')
    await commands.executeCommand('lintel.showPreviewToSide')
    const tab = await when('the preview', tabsChanged, () => tabs().find((one) => isPreview(one) && one.label === 'Preview Orders, first sketch'))
    assert.notEqual(tab.group.viewColumn, window.activeTextEditor?.viewColumn)
    assert.equal(window.activeTextEditor?.document, document)
    await commands.executeCommand('lintel.showPreviewToSide', document.uri)
    assert.equal(tabs().filter(isPreview).length, 1)
  })

  it('is one for each design', async () => {
    await openDesign('orders-first-sketch.lintel')
    await commands.executeCommand('lintel.showPreviewToSide')
    const { document } = await openDesign('orders-sound.lintel')
    await commands.executeCommand('lintel.showPreview', document.uri)
    await when('two previews', tabsChanged, () => tabs().filter(isPreview).length === 2)
  })

  it('outlives the server', async () => {
    const { document } = await openDesign('orders-first-sketch.lintel')
    await commands.executeCommand('lintel.showPreviewToSide')
    await when('the preview', tabsChanged, () => tabs().some(isPreview))
    await commands.executeCommand('lintel.restartServer')
    await when('findings', [languages.onDidChangeDiagnostics], () => languages.getDiagnostics(document.uri).length > 0)
    assert.ok(tabs().some(isPreview))
  })
})

describe('the commands', () => {
  afterEach(() => commands.executeCommand('workbench.action.closeAllEditors'))

  it('are all there', async () => {
    const all = new Set(await commands.getCommands(true))
    for (const name of ['showPreview', 'showPreviewToSide', 'showSource', 'exportSvg', 'writeSheet', 'showAxes', 'showFindings', 'showRule', 'newDesign', 'restartServer']) {
      assert.ok(all.has(`lintel.${name}`), name)
    }
  })

  it('show a rule’s page as a page, not as a text', async () => {
    const { document } = await openDesign('orders-first-sketch.lintel')
    await whenErrors(document, { 11: 'cache-is-only-copy', 12: 'hot-partition', 20: 'non-idempotent-consumer' })
    await commands.executeCommand('lintel.showRule', 'hot-partition')
    const tab = await when('the page', tabsChanged, () => tabs().find(({ label }) => label.includes('hot-partition')))
    assert.ok(tab.input instanceof TabInputCustom, 'is not opened by the Markdown preview')
    assert.equal((tab.input.uri as Uri).scheme, 'lintel-rule')
  })
})
