import assert from 'node:assert/strict'
import {
  DocumentHighlightKind, FoldingRangeKind, type DocumentHighlight, type DocumentLink, type DocumentSymbol, type FoldingRange, type InlayHint, type Location, type Range,
  type SemanticTokens, type TextEdit, type WorkspaceEdit, type WorkspaceSymbol,
} from 'vscode-languageserver-protocol'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { startEditor, type Document, type Editor } from './client.ts'

const SHOP = `import "./stores.lintel"

// The shop
// and its parts
design "Shop" { goal: "Sell" }
let visits = 20M/day
let rounded = 20
data Order { class: order, key: order-id }
client app "App"
region east {
  service api "API" {
    replicas: 3
    zones: 3
  }
}
region west { service api }
app -> east.api, west.api
east.api -> ledger : writes { data: Order, timeout: 1s }
flow "Buy" { rate: visits
  app -> east.api
}
scenario "Down" { fails: ledger, expect "Buy": unavailable }
view "Data" { include: [ledger, east.api] }
`
const STORES = 'database ledger uses postgres { replicas: 3, stores: Order }\nservice admin\nadmin -> ledger : reads\n'

describe('navigation', function () {
  this.timeout(90_000)
  let editor: Editor
  let shop: Document
  let stores: Document
  before(async () => {
    editor = await startEditor({ files: { 'shop.lintel': SHOP, 'stores.lintel': STORES, 'sub/closed.lintel': 'service elsewhere\n' } })
    shop = editor.open('shop.lintel', SHOP)
    stores = editor.open('stores.lintel', STORES)
    await stores.diagnostics()
  })
  after(async () => {
    const { errors } = editor
    await editor.close()
    assert.deepEqual(errors, [])
  })

  const ask = <T>(method: string, document: Document, more: object = {}) => editor.connection.sendRequest<T>(`textDocument/${method}`, { textDocument: { uri: document.uri }, ...more })
  const read = (document: Document, range: Range) => TextDocument.create('', '', 0, document.text).getText(range)
  const where = (locations: readonly Location[]) => locations.map(({ uri, range }) => `${uri.split('/').at(-1)}:${range.start.line} ${read(uri === shop.uri ? shop : stores, range)}`).sort()
  const lineOf = (document: Document, text: string) => document.at(text).line

  it('goes to the definition, in another file too', async () => {
    assert.deepEqual(where(await ask('definition', shop, { position: shop.at('-> ledger', 4) })), ['stores.lintel:0 ledger'])
    assert.deepEqual(where(await ask('definition', shop, { position: shop.at('rate: visits', 8) })), [`shop.lintel:${lineOf(shop, 'let visits')} visits`])
    const [flow] = await ask<Location[]>('definition', shop, { position: shop.at('expect "Buy"', 9) })
    assert.equal(flow!.range.start.line, lineOf(shop, 'flow "Buy"'))
    const [file] = await ask<Location[]>('definition', shop, { position: shop.at('./stores', 2) })
    assert.equal(file!.uri, stores.uri)
  })

  it('finds all references, over all files', async () => {
    const position = stores.at('ledger')
    const all = where(await ask('references', stores, { position, context: { includeDeclaration: true } }))
    assert.deepEqual(all, [
      `shop.lintel:${lineOf(shop, 'east.api -> ledger')} ledger`, `shop.lintel:${lineOf(shop, 'fails:')} ledger`, `shop.lintel:${lineOf(shop, 'view')} ledger`, 'stores.lintel:0 ledger', 'stores.lintel:2 ledger',
    ])
    assert.equal((await ask<Location[]>('references', stores, { position, context: { includeDeclaration: false } })).length, all.length - 1)
  })

  it('highlights the same name in the document', async () => {
    const found = await ask<DocumentHighlight[]>('documentHighlight', stores, { position: stores.at('-> ledger', 3) })
    assert.deepEqual(found.map(({ range, kind }) => [range.start.line, kind]).sort(), [[0, DocumentHighlightKind.Write], [2, DocumentHighlightKind.Read]])
  })

  it('outlines the document as it nests', async () => {
    const symbols = await ask<DocumentSymbol[]>('documentSymbol', shop)
    assert.deepEqual(symbols.map(({ name }) => name), ['Shop', 'visits', 'rounded', 'Order', 'app', 'east', 'west', 'Buy', 'Down', 'Data'])
    const east = symbols.find(({ name }) => name === 'east')!
    assert.deepEqual(east.children!.map(({ name, detail }) => [name, detail]), [['api', 'service "API"']])
    assert.equal(read(shop, east.selectionRange), 'east')
    assert.match(symbols[1]!.detail!, /^= 231\/s$/)
  })

  it('searches the designs by letters in order, those that are not open as well', async () => {
    const closed = await editor.connection.sendRequest<WorkspaceSymbol[]>('workspace/symbol', { query: 'elsewhere' })
    assert.deepEqual(closed.map(({ name, location }) => [name, location.uri]), [['elsewhere', editor.uri('sub/closed.lintel')]])
    const found = await editor.connection.sendRequest<WorkspaceSymbol[]>('workspace/symbol', { query: 'ldg' })
    assert.deepEqual(found.map(({ name }) => name), ['ledger'])
  })

  it('folds braces, comments and imports', async () => {
    const ranges = await ask<FoldingRange[]>('foldingRange', shop)
    const has = (from: string, lines: number, kind?: FoldingRangeKind) => ranges.some((range) => range.startLine === lineOf(shop, from) && range.endLine === range.startLine + lines && range.kind === kind)
    assert.ok(has('region east', 4))
    assert.ok(has('  service api', 2))
    assert.ok(has('// The shop', 1, FoldingRangeKind.Comment))
  })

  it('links imports that exist', async () => {
    const links = await ask<DocumentLink[]>('documentLink', shop)
    assert.deepEqual(links.map(({ target, range }) => [target, read(shop, range)]), [[stores.uri, './stores.lintel']])
  })

  it('colours every word by its part', async () => {
    const { data } = await ask<SemanticTokens>('semanticTokens/full', stores)
    const { tokenTypes } = editor.server.capabilities.semanticTokensProvider!.legend
    assert.equal(data.length % 5, 0)
    const first = [0, 1, 2, 3, 4].map((index) => tokenTypes[data[index * 5 + 3]!])
    assert.deepEqual(first, ['class', 'variable', 'keyword', 'type', 'property'])
  })

  it('hints at inferred verbs and at results', async () => {
    const range = { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } }
    const hints = await ask<InlayHint[]>('inlayHint', shop, { range })
    const at = (line: number) => hints.filter(({ position }) => position.line === line).map(({ label }) => label)
    assert.deepEqual(at(lineOf(shop, 'let visits')), ['= 231/s'])
    assert.deepEqual(at(lineOf(shop, 'let rounded')), [], 'a number that is written down needs no echo')
    assert.deepEqual(at(lineOf(shop, 'app -> east.api, west.api')), [': calls', ': calls', '231/s'])
    assert.deepEqual(at(lineOf(shop, 'east.api -> ledger')), ['231/s'], 'its verb is written, its load is not')
    const line = TextDocument.create('', '', 0, shop.text).getText({ start: { line: lineOf(shop, 'app -> east.api, '), character: 0 }, end: { line: lineOf(shop, 'app -> east.api, '), character: 99 } })
    const last = hints.filter(({ position, label }) => position.line === lineOf(shop, 'app -> east.api, ') && String(label).startsWith(':')).at(-1)!
    assert.equal(last.position.character, line.trimEnd().length, 'after the last name')
  })

  describe('rename', () => {
    const rename = (document: Document, position: object, newName: string) => ask<WorkspaceEdit>('rename', document, { position, newName })
    const applied = (document: Document, edit: WorkspaceEdit) => TextDocument.applyEdits(TextDocument.create('', '', 0, document.text), (edit.changes![document.uri] ?? []) as TextEdit[])

    it('says what would be renamed', async () => {
      const found = await ask<{ range: Range; placeholder: string }>('prepareRename', shop, { position: shop.at('east.api ->', 6) })
      assert.equal(found.placeholder, 'api')
      assert.equal(read(shop, found.range), 'api')
      assert.equal(await ask('prepareRename', shop, { position: shop.at('zones') }), null)
    })

    it('changes every mention, in all files', async () => {
      const edit = await rename(shop, shop.at('-> ledger', 4), 'order-store')
      assert.equal(applied(stores, edit), STORES.replaceAll('ledger', 'order-store'))
      assert.equal(applied(shop, edit), SHOP.replaceAll('ledger', 'order-store'))
    })

    it('changes only what means the same, in qualified names too', async () => {
      const edit = await rename(shop, shop.at('east.api ->', 6), 'front')
      assert.equal(applied(shop, edit), SHOP.replace('service api "API"', 'service front "API"').replaceAll('east.api', 'east.front'))
    })

    it('changes a container in the names that begin with it', async () => {
      const edit = await rename(shop, shop.at('region east', 8), 'us-east')
      assert.equal(applied(shop, edit), SHOP.replace('region east', 'region us-east').replaceAll('east.api', 'us-east.api'))
    })

    it('changes a flow’s title where it is expected', async () => {
      const edit = await rename(shop, shop.at('flow "Buy"', 7), 'Buy a "ticket"')
      assert.equal(applied(shop, edit), SHOP.replaceAll('"Buy"', '"Buy a \\"ticket\\""'))
    })

    it('refuses what is no name, and what would mean something else', async () => {
      const position = shop.at('-> ledger', 4)
      await assert.rejects(rename(shop, position, 'two words'), /is no name: a name starts with a letter/)
      await assert.rejects(rename(shop, position, 'flow'), /word of the language/)
      await assert.rejects(rename(shop, position, 'admin'), /admin/)
      await assert.rejects(rename(shop, shop.at('flow "Buy"', 7), ''), /empty/)
      // `api` is there twice already: a third would make nothing clearer, but a short name ambiguous.
      await assert.rejects(rename(stores, stores.at('service admin', 9), 'ledger'), /ledger/)
      await assert.rejects(rename(shop, shop.at('zones'), 'x'), /Nothing here/)
    })
  })
})
