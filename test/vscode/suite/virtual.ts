import assert from 'node:assert/strict'
import { commands, type Disposable, type DocumentSymbol, EventEmitter, type FileChangeEvent, FileSystemError, FileType, languages, type Location, type LocationLink, Position, Uri, window, workspace } from 'vscode'
import { lineOf, when } from './support.ts'

const files: Readonly<Record<string, string>> = {
  '/design/main.lintel': 'import "./parts/store.lintel"\n\nservice api "API" { replicas: 3, zones: 3 }\napi -> ledger : writes { timeout: 1s }\n',
  '/design/parts/store.lintel': 'database ledger uses postgres { replicas: 3, zones: 3 }\n',
}

/** A workspace that is on no disk, as a repository on a server is. */
describe('a virtual file system', () => {
  let registration: Disposable
  before(() => {
    const changed = new EventEmitter<FileChangeEvent[]>()
    const bytes = (uri: Uri) => {
      const text = files[uri.path]
      if (text === undefined) throw FileSystemError.FileNotFound(uri)
      return new TextEncoder().encode(text)
    }
    const refuse = () => {
      throw FileSystemError.NoPermissions()
    }
    registration = workspace.registerFileSystemProvider(
      'lintel-test',
      {
        onDidChangeFile: changed.event,
        watch: () => changed,
        stat: (uri) => ({ type: FileType.File, ctime: 0, mtime: 0, size: bytes(uri).length }),
        readFile: bytes,
        readDirectory: () => [],
        createDirectory: refuse,
        writeFile: refuse,
        delete: refuse,
        rename: refuse,
      },
      { isReadonly: true },
    )
  })
  after(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors')
    registration.dispose()
  })

  it('has its designs checked, with what they import', async () => {
    const uri = Uri.parse('lintel-test:/design/main.lintel')
    const { document } = await window.showTextDocument(uri)
    const symbols = await commands.executeCommand<DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', uri)
    assert.ok(symbols.some(({ name }) => name.includes('api')))
    const line = lineOf(document, 'api -> ledger')
    const found = await when('the definition in the other file', [languages.onDidChangeDiagnostics], () => true).then(() =>
      commands.executeCommand<(Location | LocationLink)[]>('vscode.executeDefinitionProvider', uri, new Position(line, 8)),
    )
    const target = found[0]
    assert.ok(target, 'ledger is not known')
    assert.equal(('targetUri' in target ? target.targetUri : target.uri).toString(), 'lintel-test:/design/parts/store.lintel')
    assert.deepEqual(languages.getDiagnostics(uri).filter(({ severity }) => severity === 0), [])
  })
})
