/**
 * The previews: one panel a design. A panel relays between the server, which draws, and its webview, which shows; it draws nothing and keeps
 * only what it needs to bring the picture back when the webview was hidden, moved or restored with the window.
 */
import {
  type Disposable, type ExtensionContext, ProgressLocation, Range, Selection, type TextDocument, type TextEditor, TextEditorRevealType, Uri, ViewColumn,
  type WebviewPanel, window, workspace, WorkspaceEdit,
} from 'vscode'
import {
  AXES, type AxesParams, type AxesResult, FIX, type FixParams, type FixResult, type HostToView, PICTURE, type PictureMessage, PLAY, type PlayParams, type PlayResult, type PreviewState, UNWATCH, type ViewToHost, WATCH, type WatchParams,
} from '../protocol.ts'
import type { Origin } from '../model/origin.ts'
import type { Client } from './client.ts'
import { drawnAt } from './drawn-at.ts'
import { exportSvg, type Shown } from './export-svg.ts'
import { previewHtml } from './preview-html.ts'
import { showRule } from './rule-page.ts'

const VIEW_TYPE = 'lintel.preview'

export interface Previews extends Disposable {
  open(uri: Uri, where: 'here' | 'side', table?: 'findings' | 'axes'): Promise<void>
  /** The panel that has the focus, or had it last among those in front. */
  active(): Preview | undefined
  /** What the design's panel shows, where it has one. */
  shown(uri: Uri): Shown | undefined
  /** The settings changed. */
  configure(): void
}

export interface Preview {
  readonly uri: Uri
  showSource(): Promise<void>
}

export function createPreviews(context: ExtensionContext, client: Client): Previews {
  const panels = new Map<string, Panel>()

  const adopt = (panel: WebviewPanel, uri: Uri, state: Partial<PreviewState> = {}): Panel => {
    const opened = attach(context, client, panel, uri, state)
    panels.set(uri.toString(), opened)
    panel.onDidDispose(() => panels.delete(uri.toString()))
    return opened
  }
  /** @param follow Whether to move the picture to it: not for a cursor that an edit has moved, since the view stays through edits. */
  const lightAll = (editor: TextEditor | undefined, follow = true) => {
    if (editor?.document.languageId === 'lintel') for (const panel of panels.values()) panel.light(editor, follow)
  }
  const versions = new WeakMap<TextDocument, number>()
  const selectionChanged = (editor: TextEditor) => {
    const { document } = editor
    lightAll(editor, versions.get(document) === document.version)
    versions.set(document, document.version)
  }

  client.on<PictureMessage>(PICTURE, (picture) => panels.get(Uri.parse(picture.uri).toString())?.draw(picture))
  const subscriptions = [
    client.onDidChange((running) => panels.forEach((panel) => panel.serverChanged(running))),
    window.onDidChangeTextEditorSelection(({ textEditor }) => selectionChanged(textEditor)),
    window.onDidChangeActiveTextEditor((editor) => lightAll(editor, false)),
    window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel(panel, state: Partial<PreviewState> | undefined) {
        if (state?.uri) adopt(panel, Uri.parse(state.uri), state)
        else panel.dispose()
        return Promise.resolve()
      },
    }),
  ]

  return {
    async open(uri, where, table) {
      const known = panels.get(uri.toString())
      if (known) known.reveal()
      else {
        const column = where === 'side' ? ViewColumn.Beside : ViewColumn.Active
        const panel = window.createWebviewPanel(VIEW_TYPE, titleOf(uri), { viewColumn: column, preserveFocus: where === 'side' })
        adopt(panel, uri, { table })
      }
      if (table) known?.post({ type: 'show', table })
    },
    active: () => [...panels.values()].find((panel) => panel.active()) ?? undefined,
    shown: (uri) => panels.get(uri.toString())?.shown(),
    configure: () => lightAll(window.activeTextEditor, false),
    dispose: () => {
      for (const subscription of subscriptions) subscription.dispose()
      for (const panel of panels.values()) panel.dispose()
    },
  }
}

interface Panel extends Preview {
  active(): boolean
  reveal(): void
  post(message: HostToView): void
  draw(picture: PictureMessage): void
  light(editor: TextEditor, follow: boolean): void
  serverChanged(running: boolean): void
  shown(): Shown | undefined
  dispose(): void
}

function attach(context: ExtensionContext, client: Client, panel: WebviewPanel, uri: Uri, state: Partial<PreviewState>): Panel {
  let theme: 'light' | 'dark' | undefined
  let view = state.view
  let collapsed = state.collapsed
  let lens = state.lens
  let table = state.table
  /** The last message, and the last one with a picture: what a webview that comes back is told. */
  let last: PictureMessage | undefined
  let good: PictureMessage | undefined
  let cursor: string | undefined
  let ready = false
  let axesAsked = 0
  let playAsked = 0

  const post = (message: HostToView) => {
    // A hidden webview is gone; it asks again when it is back.
    if (ready && panel.visible) void panel.webview.postMessage(message)
  }
  const watch = async () => {
    if (!theme || !panel.visible || !client.running()) return
    // The server draws what is open. Without an editor on it, the document would not be.
    await workspace.openTextDocument(uri).then(undefined, (error: unknown) => post({ type: 'trouble', text: `${titleOf(uri, '')} cannot be read: ${messageOf(error)}` }))
    client.notify(WATCH, { uri: uri.toString(), theme, view, collapsed, lens } satisfies WatchParams)
  }
  const serverChanged = (running: boolean) => {
    if (running) {
      post({ type: 'trouble' })
      void watch()
    } else {
      post({ type: 'trouble', text: 'The language server is not running.' })
    }
  }
  const light = (editor: TextEditor, follow: boolean) => {
    if (!last) return
    cursor = drawnAt(last.extents, is(editor.document.uri), editor.selection.active)
    post({ type: 'cursor', id: cursor, follow: follow && workspace.getConfiguration('lintel').get('preview.followCursor', true) })
  }

  const receive = async (message: ViewToHost) => {
    switch (message.type) {
      case 'ready':
        ready = true
        if (good) post({ type: 'picture', picture: good })
        if (last && last !== good) post({ type: 'picture', picture: last })
        if (cursor) post({ type: 'cursor', id: cursor, follow: false })
        if (table && table !== 'lens') post({ type: 'show', table })
        table = undefined
        if (!client.running()) serverChanged(false)
        break
      case 'theme':
        theme = message.theme
        await watch()
        break
      case 'reveal': {
        const origin = last?.places[message.id]
        if (origin) await show(origin, panel.viewColumn)
        break
      }
      case 'revealOrigin':
        await show(message.origin, panel.viewColumn)
        break
      case 'fix':
        await applyFix(client, { uri: uri.toString(), finding: message.finding, fix: message.fix })
        break
      case 'rule':
        await showRule(context, message.rule)
        break
      case 'view':
        view = message.view
        await watch()
        break
      case 'collapse':
        collapsed = message.collapsed
        await watch()
        break
      case 'lens':
        lens = message.lens
        await watch()
        break
      case 'play': {
        const asked = ++playAsked
        if (!client.running()) break
        const result = await client.request<PlayResult>(PLAY, { uri: uri.toString(), flow: message.flow } satisfies PlayParams)
        if (asked === playAsked) post({ type: 'play', result })
        break
      }
      case 'axes': {
        const asked = ++axesAsked
        if (!client.running()) break
        const table = await client.request<AxesResult>(AXES, { uri: uri.toString() } satisfies AxesParams)
        // Of two answers the newer one counts, whichever comes last.
        if (asked === axesAsked) post({ type: 'axes', table })
        break
      }
      case 'export':
        await exportSvg(client, uri, shown())
        break
      case 'restart':
        await window.withProgress({ location: ProgressLocation.Window, title: 'Restarting the Lintel language server' }, () => client.restart())
        break
    }
  }
  const shown = (): Shown | undefined => theme && { theme, view, collapsed, lens }

  panel.webview.options = {
    enableScripts: true,
    localResourceRoots: [Uri.joinPath(context.extensionUri, 'dist'), Uri.joinPath(context.extensionUri, 'media')],
  }
  panel.iconPath = {
    light: Uri.joinPath(context.extensionUri, 'media', 'preview-light.svg'),
    dark: Uri.joinPath(context.extensionUri, 'media', 'preview-dark.svg'),
  }
  panel.webview.onDidReceiveMessage((message: ViewToHost) => void receive(message).catch(report))
  panel.onDidChangeViewState(() => {
    if (panel.visible) void watch()
    else {
      ready = false
      client.notify(UNWATCH, { uri: uri.toString() })
    }
  })
  panel.onDidDispose(() => client.notify(UNWATCH, { uri: uri.toString() }))
  panel.webview.html = previewHtml(panel.webview, context.extensionUri, uri)

  return {
    uri,
    active: () => panel.active,
    reveal: () => panel.reveal(undefined, true),
    post,
    draw(picture) {
      last = picture
      if (picture.svg !== undefined) good = picture
      panel.title = `Preview ${picture.title || titleOf(uri, '')}`
      post({ type: 'picture', picture })
      const editor = window.activeTextEditor
      // An edit moves the text under the cursor: the light may have to move, the viewport must not.
      if (editor?.document.languageId === 'lintel') light(editor, false)
    },
    light,
    serverChanged,
    shown,
    showSource: async () => void (await window.showTextDocument(uri, { viewColumn: columnOf(uri, panel.viewColumn) })),
    dispose: () => panel.dispose(),
  }
}

/** Puts the cursor where something is declared, in the editor that shows the file already or else beside the picture. */
async function show(origin: Origin, preview: ViewColumn | undefined): Promise<void> {
  const uri = Uri.parse(origin.file)
  const { start } = origin.range
  const position = new Range(start.line, start.character, start.line, start.character)
  const editor = await window.showTextDocument(uri, { viewColumn: columnOf(uri, preview), selection: position })
  editor.selection = new Selection(position.start, position.start)
  editor.revealRange(position, TextEditorRevealType.InCenterIfOutsideViewport)
}

function columnOf(uri: Uri, preview: ViewColumn | undefined): ViewColumn {
  const visible = window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString())
  if (visible?.viewColumn) return visible.viewColumn
  const open = window.tabGroups.all.find((group) =>
    group.tabs.some(({ input }) => (input as { uri?: Uri } | undefined)?.uri?.toString() === uri.toString()),
  )
  if (open) return open.viewColumn
  return preview === ViewColumn.One ? ViewColumn.Two : ViewColumn.One
}

/** Whether an address as the server writes it means this file; the two may escape it differently. */
function is(uri: Uri): (file: string) => boolean {
  const known = new Map<string, boolean>()
  return (file) => {
    const answer = known.get(file) ?? Uri.parse(file).toString() === uri.toString()
    known.set(file, answer)
    return answer
  }
}

async function applyFix(client: Client, params: FixParams): Promise<void> {
  const { changes } = await client.request<FixResult>(FIX, params)
  const edit = new WorkspaceEdit()
  for (const [file, edits] of Object.entries(changes)) {
    for (const { range, newText } of edits) {
      edit.replace(Uri.parse(file), new Range(range.start.line, range.start.character, range.end.line, range.end.character), newText)
    }
  }
  if (!(await workspace.applyEdit(edit))) void window.showWarningMessage('The fix no longer fits the text.')
}

function titleOf(uri: Uri, prefix = 'Preview '): string {
  return prefix + uri.path.split('/').at(-1)
}

function report(error: unknown): void {
  void window.showErrorMessage(messageOf(error))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
