/** The language server's other end. The server is a module of this extension and runs in the extension host's own runtime: nothing is looked up on the PATH. */
import { EventEmitter, type ExtensionContext, type Event, Uri, window } from 'vscode'
import { LanguageClient, type LanguageClientOptions, type ServerOptions, State, TransportKind } from 'vscode-languageclient/node'
import { READ, type ReadParams, type ReadResult, type ServerOptions as LintelOptions } from '../protocol.ts'
import { readFile } from './read-file.ts'
import { RULE_PAGES } from './rule-page.ts'

export interface Client {
  start(): Promise<void>
  stop(): Promise<void>
  restart(): Promise<void>
  running(): boolean
  /** Fires with whether the server runs. */
  readonly onDidChange: Event<boolean>
  /** Sends nothing while the server does not run. */
  notify(method: string, params: unknown): void
  /** Rejects while the server does not run. */
  request<Result>(method: string, params: unknown): Promise<Result>
  on<Params>(method: string, handler: (params: Params) => void): void
}

export function createClient(context: ExtensionContext): Client {
  const changed = new EventEmitter<boolean>()
  const client = new LanguageClient('lintel', 'Lintel', server(context), options())
  client.onDidChangeState(({ newState }) => {
    if (newState !== State.Starting) changed.fire(newState === State.Running)
  })
  client.onRequest<ReadResult, void>(READ, (params: ReadParams) => readFile(Uri.parse(params.uri)))
  context.subscriptions.push(changed)

  // A failure is the person's to decide about, and nothing waits for that: the commands work without a server as far as they can.
  const start = () => client.start().catch((error: unknown) => void report(messageOf(error)))
  const report = async (why: string) => {
    const choice = await window.showErrorMessage(`The Lintel language server did not start: ${why}`, 'Try Again', 'Show Log')
    if (choice === 'Try Again') await start()
    else if (choice === 'Show Log') client.outputChannel.show()
  }
  return {
    start,
    stop: () => (client.needsStop() ? client.stop() : Promise.resolve()),
    restart: async () => {
      if (client.isRunning()) await client.restart()
      else await start()
    },
    running: () => client.isRunning(),
    onDidChange: changed.event,
    notify: (method, params) => {
      if (client.isRunning()) void client.sendNotification(method, params)
    },
    request: (method, params) => client.sendRequest(method, params),
    on: (method, handler) => void client.onNotification(method, handler),
  }
}

function server(context: ExtensionContext): ServerOptions {
  const module = context.asAbsolutePath('dist/server.js')
  const transport = TransportKind.ipc
  return { run: { module, transport }, debug: { module, transport, options: { execArgv: ['--nolazy', '--inspect=6019'] } } }
}

function options(): LanguageClientOptions {
  const initializationOptions: LintelOptions = { rulePages: RULE_PAGES, reads: true }
  return {
    // Of whatever scheme: the server asks for other files through `lintel/read`.
    documentSelector: [{ language: 'lintel' }],
    initializationOptions,
    diagnosticCollectionName: 'lintel',
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
