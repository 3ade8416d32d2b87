/**
 * An editor for the tests: the protocol library's own client end, over the standard streams of a server process that runs the built
 * `dist/server.js` (or `src/server/main.ts`, before there is a build, or with LINTEL_SERVER=src).
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  createProtocolConnection, type Diagnostic, type InitializeResult, type Position, type ProtocolConnection, type PublishDiagnosticsParams, StreamMessageReader, StreamMessageWriter, type TextEdit,
} from 'vscode-languageserver-protocol/node'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { PICTURE, READ, type PictureMessage, type ReadResult } from '../../src/protocol.ts'

export interface EditorOptions {
  /** Files of the workspace folder: path → text. */
  readonly files?: Readonly<Record<string, string>>
  readonly initializationOptions?: unknown
  /** Answers `lintel/read`. */
  readonly read?: (uri: string) => ReadResult
  readonly folders?: readonly string[]
  /** The editor's settings, by section; read anew at each question. */
  readonly settings?: Record<string, unknown>
}

export interface Editor {
  readonly connection: ProtocolConnection
  readonly server: InitializeResult
  readonly folder: string
  readonly process: ChildProcess
  uri(path: string): string
  /** Opens with the text, or with the file's. A `|` in the text is the cursor and is left out. */
  open(path: string, text: string): Document
  /** Notifications so far, in order. */
  readonly published: readonly PublishDiagnosticsParams[]
  readonly pictures: readonly PictureMessage[]
  /** What the server logged as an error. */
  readonly errors: readonly string[]
  /** The last diagnostics of a file, once they fulfil the condition (any, when left out). */
  diagnostics(uri: string, until?: (all: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]>
  /** The first picture from now on, or the last one, that fulfils the condition. */
  picture(until: (picture: PictureMessage) => boolean): Promise<PictureMessage>
  close(): Promise<void>
}

export interface Document {
  readonly uri: string
  readonly version: number
  readonly text: string
  /** Where the `|` was. */
  readonly cursor: Position
  /** Replaces the whole text, as one change. */
  set(text: string): void
  /** Replaces the first occurrence. */
  replace(from: string, to: string): void
  apply(edits: readonly TextEdit[]): void
  /** Start of the first occurrence, `offset` characters in. */
  at(text: string, offset?: number): Position
  diagnostics(until?: (all: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]>
  close(): void
}

const BUILT = resolve('dist/server.js')
export const SERVER = process.env['LINTEL_SERVER'] !== 'src' && existsSync(BUILT) ? BUILT : resolve('src/server/main.ts')

export async function startEditor({ files = {}, initializationOptions, read, folders, settings }: EditorOptions = {}): Promise<Editor> {
  const folder = await mkdtemp(join(tmpdir(), 'lintel-lsp-'))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  const child = spawn(process.execPath, ['--no-warnings', SERVER, '--stdio'], { stdio: ['pipe', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin))
  const published: PublishDiagnosticsParams[] = []
  const pictures: PictureMessage[] = []
  const errors: string[] = []
  const waiting = new Set<() => void>()
  const tell = () => waiting.forEach((look) => look())
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params)
    tell()
  })
  connection.onNotification(PICTURE, (picture: PictureMessage) => {
    pictures.push(picture)
    tell()
  })
  connection.onNotification('window/logMessage', ({ type, message }: { type: number; message: string }) => {
    if (type === 1) errors.push(message)
  })
  connection.onRequest(READ, ({ uri }: { uri: string }): any => read?.(uri) ?? { error: 'missing' })
  connection.onRequest('client/registerCapability', () => null)
  connection.onRequest('workspace/configuration', ({ items }: { items: { section?: string }[] }) => items.map(({ section }) => settings?.[section ?? ''] ?? null))
  connection.onRequest('workspace/inlayHint/refresh', () => null)
  connection.listen()

  const uri = (path: string) => (/^[a-z]+:/.test(path) ? path : pathToFileURL(join(folder, path)).href)
  const server = await connection.sendRequest<InitializeResult>('initialize', {
    processId: process.pid,
    rootUri: null,
    clientInfo: { name: 'Test editor' },
    capabilities: {
      textDocument: {
        completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
        publishDiagnostics: { relatedInformation: true, versionSupport: true, codeDescriptionSupport: true },
        codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source.fixAll'] } }, isPreferredSupport: true },
        documentSymbol: { hierarchicalDocumentSymbolSupport: true },
      },
      workspace: { workspaceFolders: true, inlayHint: { refreshSupport: true }, ...(settings && { configuration: true, didChangeConfiguration: { dynamicRegistration: true } }) },
    },
    workspaceFolders: (folders ?? ['']).map((path) => ({ uri: uri(path), name: path || 'test' })),
    initializationOptions,
  })
  await connection.sendNotification('initialized', {})

  function when<T>(find: () => T | undefined, what: () => string): Promise<T> {
    return new Promise((done, fail) => {
      const look = () => {
        const found = find()
        if (found === undefined) return
        stop()
        done(found)
      }
      const ended = () => {
        stop()
        fail(new Error(`the server ended while waiting for ${what()}\n${stderr}`))
      }
      // Only so that a failing test says what it waited for; mocha's own limit would not.
      const limit = setTimeout(() => {
        stop()
        fail(new Error(`waited in vain for ${what()}\n${errors.join('\n')}\n${stderr}`))
      }, PATIENCE)
      const stop = () => {
        waiting.delete(look)
        child.off('exit', ended)
        clearTimeout(limit)
      }
      waiting.add(look)
      child.on('exit', ended)
      look()
    })
  }

  function open(path: string, marked: string): Document {
    const at = marked.indexOf('|')
    let text = at < 0 ? marked : marked.slice(0, at) + marked.slice(at + 1)
    let version = 1
    const address = uri(path)
    const document = () => TextDocument.create(address, 'lintel', version, text)
    const cursor = document().positionAt(Math.max(at, 0))
    void connection.sendNotification('textDocument/didOpen', { textDocument: { uri: address, languageId: 'lintel', version, text } })
    const change = (range: { start: Position; end: Position } | undefined, inserted: string, next: string) => {
      text = next
      version++
      void connection.sendNotification('textDocument/didChange', { textDocument: { uri: address, version }, contentChanges: [range ? { range, text: inserted } : { text: inserted }] })
    }
    return {
      uri: address,
      get version() {
        return version
      },
      get text() {
        return text
      },
      cursor,
      set: (next) => change(undefined, next, next),
      replace(from, to) {
        const start = text.indexOf(from)
        if (start < 0) throw new Error(`the text has no ‘${from}’`)
        const range = { start: document().positionAt(start), end: document().positionAt(start + from.length) }
        change(range, to, text.slice(0, start) + to + text.slice(start + from.length))
      },
      apply(edits) {
        const next = TextDocument.applyEdits(document(), [...edits])
        change(undefined, next, next)
      },
      at(wanted, offset = 0) {
        const start = text.indexOf(wanted)
        if (start < 0) throw new Error(`the text has no ‘${wanted}’`)
        return document().positionAt(start + offset)
      },
      diagnostics: (until = () => true) => {
        const wanted = version
        return when(
          () => {
            const last = published.findLast((one) => one.uri === address)
            return last && (last.version ?? 0) >= wanted && until(last.diagnostics) ? last.diagnostics : undefined
          },
          () => `diagnostics of ${path} at version ${wanted}; the last were ${JSON.stringify(published.findLast((one) => one.uri === address), null, 1)}`,
        )
      },
      close: () => void connection.sendNotification('textDocument/didClose', { textDocument: { uri: address } }),
    }
  }

  return {
    connection,
    server,
    folder,
    process: child,
    uri,
    open,
    published,
    pictures,
    errors,
    diagnostics: (address, until = () => true) =>
      when(
        () => {
          const last = published.findLast((one) => one.uri === address)
          return last && until(last.diagnostics) ? last.diagnostics : undefined
        },
        () => `diagnostics of ${address}; the last were ${JSON.stringify(published.findLast((one) => one.uri === address), null, 1)}`,
      ),
    picture: (until) =>
      when(
        () => pictures.findLast(until),
        () => `a picture; there were ${JSON.stringify(pictures.map(({ uri, version, stale, svg }) => ({ uri, version, stale, svg: svg?.length })))}`,
      ),
    async close() {
      if (child.exitCode === null) {
        const ended = new Promise((done) => child.once('exit', done))
        await connection.sendRequest('shutdown')
        await connection.sendNotification('exit')
        await ended
      }
      connection.dispose()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Milliseconds: far beyond what anything takes, on a busy machine too. */
const PATIENCE = 60_000
