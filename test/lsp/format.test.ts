/** The layout over the protocol: what the server offers, and that an editor can apply what it answers. */
import assert from 'node:assert/strict'
import type { TextEdit } from 'vscode-languageserver-protocol'
import { startEditor, type Editor } from './client.ts'

const OPTIONS = { tabSize: 4, insertSpaces: false }

describe('lsp: formatting', function () {
  this.timeout(60_000)
  let editor: Editor
  before(async () => (editor = await startEditor()))
  after(() => editor.close())

  it('is offered for documents, for selections and for a closing brace', () => {
    const { documentFormattingProvider, documentRangeFormattingProvider, documentOnTypeFormattingProvider } = editor.server.capabilities
    assert.deepEqual([documentFormattingProvider, documentRangeFormattingProvider, documentOnTypeFormattingProvider], [true, true, { firstTriggerCharacter: '}' }])
  })

  it('lays out a document, with the line that is being typed as it is', async () => {
    const document = editor.open('a.lintel', 'region r {\nservice  api{replicas:3}\napi ->  \n\n\n}\n')
    document.apply(await editor.connection.sendRequest<TextEdit[]>('textDocument/formatting', { textDocument: { uri: document.uri }, options: OPTIONS }))
    assert.equal(document.text, 'region r {\n  service api { replicas: 3 }\n  api ->\n}\n')
    assert.deepEqual(await editor.connection.sendRequest('textDocument/formatting', { textDocument: { uri: document.uri }, options: OPTIONS }), [])
  })

  it('lays out a selection, and what a brace closes', async () => {
    const document = editor.open('b.lintel', 'service  a\nservice  b {\nreplicas:3\n    }|\n')
    const textDocument = { uri: document.uri }
    document.apply(await editor.connection.sendRequest<TextEdit[]>('textDocument/onTypeFormatting', { textDocument, position: document.cursor, ch: '}', options: OPTIONS }))
    assert.equal(document.text, 'service  a\nservice b {\n  replicas: 3\n}\n')
    const range = { start: { line: 0, character: 3 }, end: { line: 0, character: 5 } }
    document.apply(await editor.connection.sendRequest<TextEdit[]>('textDocument/rangeFormatting', { textDocument, range, options: OPTIONS }))
    assert.equal(document.text, 'service a\nservice b {\n  replicas: 3\n}\n')
  })

  it('answers for what is not open with nothing', async () => {
    assert.deepEqual(await editor.connection.sendRequest('textDocument/formatting', { textDocument: { uri: editor.uri('none.lintel') }, options: OPTIONS }), [])
    assert.deepEqual(editor.errors, [])
  })
})
