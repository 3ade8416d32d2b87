/** The language server: binds one connection to the features. Everything it says is computed here; the host only relays. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  type Connection, DidChangeConfigurationNotification, DidChangeWatchedFilesNotification, ErrorCodes, type InitializeParams, type InitializeResult, MarkupKind, ResponseError,
  TextDocuments, TextDocumentSyncKind,
} from 'vscode-languageserver'
import { TextDocument } from 'vscode-languageserver-textdocument'
import packageJson from '../../package.json' with { type: 'json' }
import { CONFIG_NAME } from '../config.ts'
import { explain, rules } from '../core.ts'
import { inProcessEngine, workerEngine, type LayoutEngine } from '../diagram/engine.ts'
import {
  AXES, EXPORT, FIX, READ, UNWATCH, WATCH, type AxesParams, type ExportParams, type FixParams, type FixResult, PLAY, type PlayParams, type ReadResult, type ServerOptions, type UnwatchParams, type WatchParams,
  SHEET, type SheetParams,
} from '../protocol.ts'
import { CODE_ACTION_KINDS, codeActions, workspaceEdit } from './code-actions.ts'
import { complete } from './completion.ts'
import { createConfigs } from './config.ts'
import { createDesigns } from './designs.ts'
import { createPublisher } from './diagnostics.ts'
import { createFiles } from './files.ts'
import { formatClosed, formatDocument, formatRange } from './format.ts'
import { hover } from './hover.ts'
import { inlayHints, type HintKind } from './inlay-hints.ts'
import { definition, highlights, references } from './navigation.ts'
import { createPictures } from './pictures.ts'
import { writeSheet } from './sheets.ts'
import { rename, renameRange } from './rename.ts'
import { documentLinks, foldingRanges, semanticTokens, TOKEN_MODIFIERS, TOKEN_TYPES } from './structure.ts'
import { documentSymbols, workspaceSymbols } from './symbols.ts'
import { keyOf } from './uris.ts'

export interface StartOptions {
  /** Where ELK runs; by default in the worker that is built beside this file. */
  readonly engine?: LayoutEngine
}

/** The editor's setting that has the shape of `rules` in `lintel.json`. */
const RULES = 'lintel.rules'
const HINT_SETTINGS = 'lintel.hints'

/** Serves until the connection ends. */
export function startServer(connection: Connection, options: StartOptions = {}): void {
  let client: InitializeParams | undefined
  let settings: ServerOptions = {}

  const documents = new TextDocuments(TextDocument)
  const files = createFiles({
    readThroughHost: (uri) => (settings.reads ? connection.sendRequest<ReadResult>(READ, { uri }) : Promise.resolve({ error: 'unreadable' })),
  })
  const configs = createConfigs({
    files,
    setting: (uri) => (client?.capabilities.workspace?.configuration ? connection.workspace.getConfiguration({ scopeUri: uri, section: RULES }) : Promise.resolve(undefined)),
    warn: (message) => connection.console.warn(message),
  })
  /** Kinds of hints that are turned off; empty where the editor has no settings. */
  async function hintSettings(uri: string): Promise<Readonly<Partial<Record<HintKind, unknown>>>> {
    if (!client?.capabilities.workspace?.configuration) return {}
    const said: unknown = await connection.workspace.getConfiguration({ scopeUri: uri, section: HINT_SETTINGS }).catch(() => undefined)
    return typeof said === 'object' && said !== null ? said : {}
  }
  const designs = createDesigns(files, configs)
  const pictures = createPictures({ connection, designs, files, engine: options.engine ?? defaultEngine() })
  const pageOf = (rule: string) => pageAt(settings.rulePages, rule)
  const shown = { pageOf, spelling: files.spelling }
  const publisher = createPublisher({
    connection, designs, files, pageOf,
    onPublished() {
      pictures.refresh()
      // The editor asks again by itself for the document that was edited, but not for the others of its design.
      if (client?.capabilities.workspace?.inlayHint?.refreshSupport && files.documents().length > 1) connection.languages.inlayHint.refresh().catch(() => {})
    },
  })

  /** Runs a request; a defect in it is logged and costs this answer only. */
  function answer<Params, Result>(name: string, empty: Result, handle: (params: Params) => Result | Promise<Result>): (params: Params) => Promise<Result> {
    return async (params) => {
      try {
        return await handle(params)
      } catch (error) {
        if (error instanceof ResponseError) throw error
        connection.console.error(`${name}: ${error instanceof Error ? error.stack : String(error)}`)
        return empty
      }
    }
  }

  /** For requests whose failure the person should read. */
  function answerOrSay<Params, Result>(handle: (params: Params) => Promise<Result>): (params: Params) => Promise<Result> {
    return (params) => handle(params).catch((error: unknown) => {
      throw new ResponseError(ErrorCodes.InternalError, error instanceof Error ? error.message : String(error))
    })
  }

  connection.onInitialize((params): InitializeResult => {
    client = params
    settings = readSettings(params.initializationOptions)
    files.setFolders(params.workspaceFolders?.map(({ uri }) => uri) ?? (params.rootUri ? [params.rootUri] : []))
    return { capabilities, serverInfo: { name: 'Lintel', version: packageJson.version } }
  })
  connection.onInitialized(() => {
    const { workspace } = client!.capabilities
    if (workspace?.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(async () => {
        files.setFolders((await connection.workspace.getWorkspaceFolders())?.map(({ uri }) => uri) ?? [])
        await resurvey()
      })
    }
    if (workspace?.didChangeWatchedFiles?.dynamicRegistration) {
      connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: '**/*.lintel' }, { globPattern: `**/${CONFIG_NAME}` }] }).catch(() => {})
    }
    if (workspace?.didChangeConfiguration?.dynamicRegistration) {
      connection.client.register(DidChangeConfigurationNotification.type, { section: [RULES, HINT_SETTINGS] }).catch(() => {})
    }
    void resurvey()
  })
  connection.onDidChangeConfiguration(() => {
    designs.reconfigured()
    publisher.refresh()
    if (client?.capabilities.workspace?.inlayHint?.refreshSupport) connection.languages.inlayHint.refresh().catch(() => {})
  })
  async function resurvey(): Promise<void> {
    await designs.survey().catch((error: unknown) => connection.console.warn(`the workspace could not be searched for designs: ${String(error)}`))
    publisher.refresh()
  }
  const changed = (uri: string) => {
    // Obsolete now, so that the very next request sees the edit.
    const known = designs.changed(uri)
    publisher.refresh()
    return known
  }

  documents.onDidOpen(({ document }) => files.open(document))
  documents.onDidChangeContent(({ document }) => {
    files.open(document)
    void changed(document.uri)
  })
  documents.onDidClose(({ document }) => {
    files.close(document.uri)
    void changed(document.uri).then(() => publisher.refresh())
  })
  connection.onDidChangeWatchedFiles(async ({ changes }) => {
    await Promise.all(changes.filter(({ uri }) => !files.document(uri)).map(({ uri }) => changed(uri)))
    publisher.refresh()
  })

  connection.onHover(answer('hover', null, async ({ textDocument, position }) => {
    const document = documents.get(textDocument.uri)
    if (!document) return null
    const { model } = await designs.of(document.uri)
    const found = hover({ model, uri: document.uri, text: document.getText(), offset: document.offsetAt(position), position, pageOf })
    return found ? { contents: { kind: MarkupKind.Markdown, value: found.markdown }, range: { start: document.positionAt(found.start), end: document.positionAt(found.end) } } : null
  }))
  connection.onCompletion(answer('completion', [], async ({ textDocument, position, context }) => {
    const document = documents.get(textDocument.uri)
    if (!document) return []
    const design = await designs.of(document.uri)
    return complete({
      document,
      offset: document.offsetAt(position),
      model: design.model,
      files: designs.known(),
      rules: () => {
        const found = new Set(design.diagnostics().map(({ rule }) => rule))
        return rules().map(({ id, title }) => ({ id, title, documentation: explain(id)?.why ?? title, found: found.has(id) }))
      },
      today: new Date().toISOString().slice(0, 10),
      snippets: client?.capabilities.textDocument?.completion?.completionItem?.snippetSupport === true,
      suggest: /code|codium|cursor/i.test(client?.clientInfo?.name ?? '') ? 'editor.action.triggerSuggest' : undefined,
      trigger: context?.triggerCharacter,
    })
  }))
  connection.onCodeAction(answer('code actions', [], async ({ textDocument: { uri }, range, context }) => {
    const all = (await designs.allOf(uri)).flatMap((design) => design.diagnostics())
    const unique = [...new Map(all.map((one) => [JSON.stringify([one.rule, one.at, one.message]), one])).values()]
    return codeActions({ uri, range, context, diagnostics: unique, shown })
  }))
  connection.onDocumentSymbol(answer('outline', [], async ({ textDocument: { uri } }) => documentSymbols((await designs.of(uri)).model, uri)))
  connection.onWorkspaceSymbol(answer('symbols', [], async ({ query }) => {
    const roots = new Set(designs.known().slice(0, MOST_SEARCHED).flatMap(designs.rootsOf))
    return workspaceSymbols(await Promise.all([...roots].map(designs.at)), query, files.spelling)
  }))
  connection.onDefinition(answer('definition', [], async ({ textDocument: { uri }, position }) => {
    const document = documents.get(uri)
    return document ? definition(await designs.of(uri), document, position, files.spelling) : []
  }))
  connection.onReferences(answer('references', [], async ({ textDocument: { uri }, position, context }) =>
    references(await designs.allOf(uri), uri, position, context.includeDeclaration, files.spelling)))
  connection.onDocumentHighlight(answer('highlights', [], async ({ textDocument: { uri }, position }) => highlights(await designs.of(uri), uri, position)))
  connection.onPrepareRename(answer('rename', null, async ({ textDocument: { uri }, position }) => renameRange(await designs.of(uri), uri, position) ?? null))
  connection.onRenameRequest(answerOrSay(async ({ textDocument: { uri }, position, newName }) => {
    const found = await rename(await designs.allOf(uri), uri, position, newName)
    if ('refused' in found) throw new Error(found.refused)
    return workspaceEdit(found.edits.map(({ uri, range, newText }) => ({ origin: { file: uri, range }, newText })), files.spelling)
  }))
  connection.onDocumentFormatting(answer('formatting', [], ({ textDocument: { uri } }) => {
    const document = documents.get(uri)
    return document ? formatDocument(document) : []
  }))
  connection.onDocumentRangeFormatting(answer('formatting', [], ({ textDocument: { uri }, range }) => {
    const document = documents.get(uri)
    return document ? formatRange(document, range) : []
  }))
  connection.onDocumentOnTypeFormatting(answer('formatting', [], ({ textDocument: { uri }, position, ch }) => {
    const document = documents.get(uri)
    return document && ch === '}' ? formatClosed(document, position) : []
  }))
  connection.onFoldingRanges(answer('folding', [], ({ textDocument: { uri } }) => {
    const document = documents.get(uri)
    return document ? foldingRanges(document) : []
  }))
  connection.onDocumentLinks(answer('links', [], async ({ textDocument: { uri } }) => {
    const document = documents.get(uri)
    if (!document) return []
    const { texts } = await designs.of(uri)
    return documentLinks(document, (target) => texts.has(keyOf(target)))
  }))
  connection.languages.inlayHint.on(answer('inlay hints', [], async ({ textDocument: { uri }, range }) => {
    const [{ model }, wanted] = await Promise.all([designs.of(uri), hintSettings(uri)])
    return inlayHints(model, uri, range, { wants: (kind) => wanted[kind] !== false, spelling: files.spelling })
  }))
  connection.languages.semanticTokens.on(answer('colours', { data: [] }, ({ textDocument: { uri } }) => {
    const document = documents.get(uri)
    return document ? semanticTokens(document) : { data: [] }
  }))

  connection.onNotification(WATCH, (params: WatchParams) => pictures.watch(params))
  connection.onNotification(UNWATCH, ({ uri }: UnwatchParams) => pictures.unwatch(uri))
  connection.onRequest(AXES, answerOrSay((params: AxesParams) => pictures.axes(params)))
  connection.onRequest(PLAY, answerOrSay((params: PlayParams) => pictures.play(params)))
  connection.onRequest(EXPORT, answerOrSay((params: ExportParams) => pictures.draw(params)))
  connection.onRequest(SHEET, answerOrSay((params: SheetParams) => writeSheet({ designs, pictures }, params)))
  connection.onRequest(FIX, answerOrSay(async (params: FixParams): Promise<FixResult> => workspaceEdit((await pictures.fix(params)).edits, files.spelling)))

  connection.onShutdown(() => pictures.dispose())
  documents.listen(connection)
  connection.listen()
}

/** Files of the workspace that a search for symbols opens. */
const MOST_SEARCHED = 200

const capabilities: InitializeResult['capabilities'] = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  completionProvider: { triggerCharacters: [' ', ':', '>', '.', '(', '[', ',', '"', '/'] },
  hoverProvider: true,
  codeActionProvider: { codeActionKinds: CODE_ACTION_KINDS },
  documentSymbolProvider: true,
  workspaceSymbolProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  documentOnTypeFormattingProvider: { firstTriggerCharacter: '}' },
  foldingRangeProvider: true,
  documentLinkProvider: {},
  inlayHintProvider: true,
  semanticTokensProvider: { legend: { tokenTypes: [...TOKEN_TYPES], tokenModifiers: [...TOKEN_MODIFIERS] }, full: true },
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
}

function readSettings(options: unknown): ServerOptions {
  const { rulePages, reads } = (typeof options === 'object' && options !== null ? options : {}) as Record<string, unknown>
  return { rulePages: typeof rulePages === 'string' ? rulePages : undefined, reads: reads === true }
}

function pageAt(template: string | undefined, rule: string): string | undefined {
  if (template !== undefined) return template.replaceAll('{rule}', rule)
  const { homepage } = packageJson as { homepage?: string }
  return homepage === undefined ? undefined : `${homepage.replace(/(#.*|\/)$/, '')}/blob/main/docs/rules/${rule}.md`
}

/** The worker stands beside the bundle; run from the sources, it is the source. */
function defaultEngine(): LayoutEngine {
  const worker = ['./elk-worker.js', '../diagram/elk-worker.ts'].map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) => existsSync(path))
  return worker === undefined ? inProcessEngine() : workerEngine(worker)
}
