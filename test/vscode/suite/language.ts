import assert from 'node:assert/strict'
import {
  type CodeAction, commands, type CompletionList, type DocumentSymbol, type Hover, languages, type Location, type LocationLink, MarkdownString,
  Position, Range, type TextDocument, type TextEditor, Uri, workspace, type WorkspaceEdit,
} from 'vscode'
import { codeOf, errors, lineOf, openDesign, when, whenErrors } from './support.ts'

const SKETCH = { 11: 'cache-is-only-copy', 12: 'hot-partition', 20: 'non-idempotent-consumer' }

describe('the language in the editor', () => {
  let editor: TextEditor
  let document: TextDocument
  const at = (part: string, word: string): Position => {
    const line = lineOf(document, part)
    return new Position(line, document.lineAt(line).text.indexOf(word) + 1)
  }

  beforeEach(async () => {
    editor = await openDesign('orders-first-sketch.lintel')
    document = editor.document
    await whenErrors(document, SKETCH)
  })
  afterEach(async () => {
    await commands.executeCommand('workbench.action.files.revert')
    await commands.executeCommand('workbench.action.closeAllEditors')
  })

  it('reports the three mistakes of the sketch on their lines, and no other error', () => {
    assert.equal(document.languageId, 'lintel')
    assert.deepEqual(errors(document), SKETCH)
  })

  it('links each finding to its rule’s page, which opens', async () => {
    const finding = languages.getDiagnostics(document.uri).find((one) => codeOf(one) === 'hot-partition')
    assert.ok(finding && typeof finding.code === 'object')
    const page = await workspace.openTextDocument(finding.code.target)
    assert.match(page.getText(), /hot-partition/)
    assert.match(page.getText(), /## How to fix/i)
  })

  it('serves the pages of rules, the list of them, and nothing else', async () => {
    const text = async (path: string) => (await workspace.openTextDocument(Uri.from({ scheme: 'lintel-rule', path }))).getText()
    assert.match(await text('/README.md'), /hard-dependency-cycle/)
    for (const path of ['/no-such-rule.md', '/../../package.md', '/..%2f..%2freadme.md']) assert.match(await text(path), /There is no such page/)
  })

  it('fixes a finding, and the finding goes', async () => {
    const line = lineOf(document, 'charge the card')
    const actions = await commands.executeCommand<CodeAction[]>('vscode.executeCodeActionProvider', document.uri, new Range(line, 0, line, 12))
    const fix = actions.find(({ isPreferred, edit }) => isPreferred && edit) ?? actions.find(({ edit }) => edit)
    assert.ok(fix?.edit, `no fix among ${actions.map(({ title }) => title).join(', ')}`)
    assert.ok(await workspace.applyEdit(fix.edit))
    await whenErrors(document, { 11: 'cache-is-only-copy', 12: 'hot-partition' })
  })

  it('goes on through a broken line', async () => {
    await editor.edit((edit) => edit.insert(new Position(lineOf(document, 'worker billing'), 0), 'service { { "\n'))
    await when("an error at the broken line", [languages.onDidChangeDiagnostics], () => Object.keys(errors(document)).includes(String(lineOf(document, "service { {") + 1)))
    const symbols = await commands.executeCommand<DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', document.uri)
    const names = JSON.stringify(symbols)
    for (const name of ['shopper', 'billing', 'parked', 'Place an order']) assert.ok(names.includes(name), `${name} is not in the outline`)
  })

  it('completes kinds, technologies, properties, values and names', async () => {
    const offered = async (part: string, after: string) => {
      const line = lineOf(document, part)
      const position = new Position(line, document.lineAt(line).text.indexOf(after) + after.length)
      const list = await commands.executeCommand<CompletionList>('vscode.executeCompletionItemProvider', document.uri, position)
      return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label))
    }
    const includes = (list: readonly string[], wanted: string) => assert.ok(list.includes(wanted), `${wanted} is not among ${list.slice(0, 40).join(', ')}`)
    includes(await offered('cache carts', 'uses '), 'redis')
    includes(await offered('worker billing', '{ '), 'dedupe')
    includes(await offered('api -> carts', ': '), 'writes')
    includes(await offered('billing -> psp', '-> '), 'psp')
    includes(await offered('key-dist', 'key-dist: '), 'uniform')
    const start = lineOf(document, 'queue parked') - 1
    await editor.edit((edit) => edit.insert(new Position(start, 0), 'da'))
    includes(await offered('da', 'da'), 'database')
  })

  it('says on hover what a word means, its default and whose it is', async () => {
    const hovers = await commands.executeCommand<Hover[]>('vscode.executeHoverProvider', document.uri, at('log events', 'replication-factor'))
    const text = hovers.flatMap(({ contents }) => contents.map((one) => (one instanceof MarkdownString ? one.value : String(one)))).join('\n')
    assert.match(text, /replication-factor/)
    assert.match(text, /kafka/i)
  })

  it('goes to the definition, and renames everywhere', async () => {
    const use = at('events ~> billing', 'billing')
    const found = await commands.executeCommand<(Location | LocationLink)[]>('vscode.executeDefinitionProvider', document.uri, use)
    const target = found[0]!
    const range = 'targetUri' in target ? (target.targetSelectionRange ?? target.targetRange) : target.range
    assert.equal(range.start.line, lineOf(document, 'worker billing'))
    const edit = await commands.executeCommand<WorkspaceEdit>('vscode.executeDocumentRenameProvider', document.uri, use, 'charger')
    assert.ok(await workspace.applyEdit(edit))
    assert.doesNotMatch(document.getText(), /\bbilling\b/)
    await whenErrors(document, SKETCH)
  })

  it('comes back after a restart of the server', async () => {
    await commands.executeCommand('lintel.restartServer')
    await whenErrors(document, SKETCH)
  })
})
