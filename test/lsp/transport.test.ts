import assert from 'node:assert/strict'
import { fork, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { createProtocolConnection, IPCMessageReader, IPCMessageWriter, StreamMessageReader, StreamMessageWriter, type InitializeResult, type ProtocolConnection } from 'vscode-languageserver-protocol/node'
import { SERVER, startEditor } from './client.ts'

describe('the server’s process', function () {
  this.timeout(90_000)

  async function converse(connection: ProtocolConnection): Promise<InitializeResult> {
    connection.listen()
    const result = await connection.sendRequest<InitializeResult>('initialize', { processId: process.pid, rootUri: null, capabilities: {} })
    await connection.sendNotification('initialized', {})
    await connection.sendRequest('shutdown')
    await connection.sendNotification('exit')
    return result
  }

  it('speaks over Node’s own channel, as in an extension host', async () => {
    const child = fork(SERVER, ['--node-ipc'], { execArgv: ['--no-warnings'] })
    const ended = new Promise((done) => child.once('exit', done))
    const { serverInfo } = await converse(createProtocolConnection(new IPCMessageReader(child), new IPCMessageWriter(child)))
    assert.equal(serverInfo?.name, 'Lintel')
    assert.match(serverInfo.version ?? '', /^\d+\.\d+\.\d+/)
    assert.equal(await ended, 0)
  })

  it('is the same behind `lintel lsp --stdio`', async () => {
    const built = resolve('dist/lintel.js')
    const command = process.env['LINTEL_SERVER'] !== 'src' && existsSync(built) ? built : resolve('src/cli/lintel.ts')
    const child = spawn(process.execPath, ['--no-warnings', command, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] })
    const ended = new Promise((done) => child.once('exit', done))
    const { serverInfo } = await converse(createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin)))
    assert.equal(serverInfo?.name, 'Lintel')
    assert.equal(await ended, 0)
  })

  it('ends when its client closes the pipe', async () => {
    const child = spawn(process.execPath, ['--no-warnings', SERVER, '--stdio'], { stdio: ['pipe', 'ignore', 'inherit'] })
    const ended = new Promise((done) => child.once('exit', done))
    child.stdin.end()
    assert.notEqual(await ended, null)
  })

  it('answers requests about documents it does not know, and lives on', async () => {
    const editor = await startEditor()
    const where = { textDocument: { uri: editor.uri('unknown.lintel') }, position: { line: 99, character: 99 } }
    const range = { start: where.position, end: where.position }
    for (const method of ['hover', 'completion', 'definition', 'references', 'documentHighlight', 'documentSymbol', 'prepareRename', 'foldingRange', 'documentLink', 'inlayHint', 'codeAction', 'semanticTokens/full']) {
      await editor.connection.sendRequest(`textDocument/${method}`, { ...where, range, context: { includeDeclaration: true, diagnostics: [] } })
    }
    const document = editor.open('known.lintel', 'servise api')
    await document.diagnostics((all) => all.length > 0)
    // Beyond the end of the text, too.
    assert.equal(await editor.connection.sendRequest('textDocument/definition', { textDocument: { uri: document.uri }, position: where.position }).then((found) => (found as []).length), 0)
    assert.deepEqual(editor.errors, [])
    await editor.close()
  })
})
