/** `lintel.json` and the editor's setting: what the server makes of them, and that it notices when they change. */
import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver-protocol'
import { startEditor, type Editor } from './client.ts'

/** One warning: a partition at 80% of what it can take. */
const BUSY = `client app
service api
log events { partitions: 24, key: country, key-dist: hot(40%), partition-limit { write: 2k/s } }
app -> api
api ~> events : publishes
flow "Report" { rate: 3.7k/s, app -> api ~> events }
`

describe('how the server is configured', function () {
  this.timeout(90_000)
  let editor: Editor
  const start = async (...options: Parameters<typeof startEditor>) => {
    editor = await startEditor(...options)
    // The top of what is searched, whatever the machine's temporary folder lies in.
    mkdirSync(join(editor.folder, '.git'))
  }
  afterEach(async () => {
    const { errors } = editor
    await editor.close()
    assert.deepEqual(errors, [], 'the server logged errors')
  })

  const severity = (all: readonly Diagnostic[]) => all.find(({ code }) => code === 'hot-partition')?.severity
  const is = (wanted: DiagnosticSeverity | undefined) => (all: readonly Diagnostic[]) => severity(all) === wanted
  const { Error: ERROR, Warning: WARNING, Information: INFO, Hint: HINT } = DiagnosticSeverity
  const put = (path: string, value: object | string) => {
    writeFileSync(join(editor.folder, path), typeof value === 'string' ? value : JSON.stringify(value))
    void editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: editor.uri(path), type: 2 }] })
  }

  it('follows lintel.json when it comes, changes and goes, without an edit', async () => {
    await start({ files: { 'sub/a.lintel': BUSY } })
    const document = editor.open('sub/a.lintel', BUSY)
    await document.diagnostics(is(WARNING))
    put('lintel.json', { rules: { 'hot-partition': 'info' } })
    await document.diagnostics(is(INFO))
    put('sub/lintel.json', { rules: { 'hot-partition': { utilisation: '90%' } } })
    await document.diagnostics(is(undefined))
    rmSync(join(editor.folder, 'sub/lintel.json'))
    void editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: editor.uri('sub/lintel.json'), type: 3 }] })
    await document.diagnostics(is(INFO))
    put('lintel.json', { rules: { 'hot-partition': 'hint' } })
    await document.diagnostics(is(HINT))
  })

  it('takes the editor’s setting before the defaults, and lintel.json before the setting', async () => {
    const settings: Record<string, unknown> = { 'lintel.rules': { 'hot-partition': 'hint', 'not-stated': 'off' } }
    await start({ files: { 'a.lintel': BUSY }, settings })
    const document = editor.open('a.lintel', BUSY)
    await document.diagnostics(is(HINT))
    settings['lintel.rules'] = { 'hot-partition': 'info' }
    void editor.connection.sendNotification('workspace/didChangeConfiguration', { settings: null })
    await document.diagnostics(is(INFO))
    put('lintel.json', { rules: { 'hot-partition': 'hint' } })
    await document.diagnostics(is(HINT))
    // What the file does not speak of is still the editor's.
    put('lintel.json', { rules: { 'dual-write': 'off' } })
    await document.diagnostics(is(INFO))
  })

  it('says on lintel.json what is wrong with it, follows the rest, and takes it back when it is mended', async () => {
    await start({ files: { 'a.lintel': BUSY } })
    const document = editor.open('a.lintel', BUSY)
    put('lintel.json', '{\n  "rules": { "hot-partitoin": "off",\n    "hot-partition": "info" }\n}\n')
    await document.diagnostics(is(INFO))
    const [problem, ...more] = await editor.diagnostics(editor.uri('lintel.json'), (all) => all.length > 0)
    assert.deepEqual(more, [])
    assert.deepEqual([problem!.range, problem!.severity], [{ start: { line: 1, character: 13 }, end: { line: 1, character: 28 } }, ERROR])
    assert.match(problem!.message as string, /Did you mean `hot-partition`\?/)
    put('lintel.json', { rules: {} })
    await document.diagnostics(is(WARNING))
    await editor.diagnostics(editor.uri('lintel.json'), (all) => all.length === 0)
  })

  it('lives with a setting that makes no sense, and with files that lie nowhere', async () => {
    await start({ settings: { 'lintel.rules': { nosuch: 'off', 'hot-partition': 'info' } } })
    await editor.open('untitled:Untitled-1', BUSY).diagnostics(is(INFO))
    await editor.open('vfs://elsewhere/a/b.lintel', BUSY).diagnostics(is(INFO))
  })

  it('asks the host for lintel.json where the design is the host’s', async () => {
    await start({
      folders: ['vfs://repo/'],
      initializationOptions: { reads: true },
      read: (uri) => (uri === 'vfs://repo/lintel.json' ? { text: '{ "rules": { "hot-partition": "info" } }' } : { error: 'missing' }),
    })
    await editor.open('vfs://repo/deep/a.lintel', BUSY).diagnostics(is(INFO))
  })
})
