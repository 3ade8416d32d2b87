/** Lintel in Visual Studio Code: starts the language server, keeps the previews, and answers the commands. */
import { commands, type ExtensionContext, Uri, window, workspace } from 'vscode'
import { createClient } from './client.ts'
import { exportSvg } from './export-svg.ts'
import { newDesign } from './new-design.ts'
import { createPreviews } from './preview.ts'
import { serveRulePages, showRule } from './rule-page.ts'
import { writeSheet } from './write-sheet.ts'

let stopClient: (() => Promise<void>) | undefined

export async function activate(context: ExtensionContext): Promise<void> {
  const client = createClient(context)
  const previews = createPreviews(context, client)
  stopClient = () => client.stop()

  /** The design that a command is meant for: what a menu was opened on, else the preview or the text in front. */
  const subject = (clicked: unknown): Uri | undefined => {
    if (clicked instanceof Uri && clicked.scheme !== 'webview-panel') return clicked
    const document = window.activeTextEditor?.document
    return previews.active()?.uri ?? (document?.languageId === 'lintel' ? document.uri : undefined)
  }
  const withSubject = (run: (uri: Uri) => unknown) => async (clicked?: unknown) => {
    const uri = subject(clicked)
    if (uri) await run(uri)
    else void window.showInformationMessage('Open a .lintel file first.')
  }

  context.subscriptions.push(
    commands.registerCommand('lintel.showPreview', withSubject((uri) => previews.open(uri, 'here'))),
    commands.registerCommand('lintel.showPreviewToSide', withSubject((uri) => previews.open(uri, 'side'))),
    commands.registerCommand('lintel.showSource', () => previews.active()?.showSource()),
    commands.registerCommand('lintel.showAxes', withSubject((uri) => previews.open(uri, 'side', 'axes'))),
    commands.registerCommand('lintel.showFindings', withSubject((uri) => previews.open(uri, 'side', 'findings'))),
    commands.registerCommand('lintel.exportSvg', withSubject((uri) => exportSvg(client, uri, previews.shown(uri)))),
    commands.registerCommand('lintel.writeSheet', withSubject((uri) => writeSheet(client, uri))),
    commands.registerCommand('lintel.showRule', (rule?: unknown) => showRule(context, typeof rule === 'string' ? rule : undefined)),
    commands.registerCommand('lintel.newDesign', () => newDesign(context)),
    commands.registerCommand('lintel.restartServer', () => client.restart()),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('lintel.preview')) previews.configure()
    }),
    serveRulePages(context),
    previews,
  )
  await client.start()
}

export async function deactivate(): Promise<void> {
  await stopClient?.()
}
