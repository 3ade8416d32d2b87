/** Saves the picture of a design as SVG: the same bytes as `lintel render`, the whole file or none. */
import { commands, Uri, window, workspace } from 'vscode'
import { EXPORT, type ExportParams, type ExportResult } from '../protocol.ts'
import type { Client } from './client.ts'

/** What a preview shows of a design. */
export interface Shown {
  readonly theme: 'light' | 'dark'
  readonly view?: string
  readonly collapsed?: readonly string[]
}

/** @param shown What is on screen, which is then what is saved; unset where no preview is open: the whole design, in the theme of the settings. */
export async function exportSvg(client: Client, uri: Uri, shown: Shown | undefined): Promise<void> {
  try {
    // The server draws what it knows, and it knows what is open.
    await workspace.openTextDocument(uri)
    const theme = shown?.theme ?? workspace.getConfiguration('lintel', uri).get<ExportParams['theme']>('export.theme', 'auto')
    const params: ExportParams = { uri: uri.toString(), theme, view: shown?.view, collapsed: shown?.collapsed }
    const { svg } = await client.request<ExportResult>(EXPORT, params)
    const target = await window.showSaveDialog({ defaultUri: beside(uri, shown?.view), filters: { SVG: ['svg'] }, title: 'Export SVG' })
    if (!target) return
    await writeWhole(target, new TextEncoder().encode(svg))
    const choice = await window.showInformationMessage(`Saved ${workspace.asRelativePath(target)}`, 'Open')
    if (choice === 'Open') await commands.executeCommand('vscode.open', target)
  } catch (error) {
    void window.showErrorMessage(`The picture was not saved: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** `orders.lintel` → `orders.svg`, and `orders-write-path.svg` for its view. */
function beside(uri: Uri, view: string | undefined): Uri {
  const name = uri.path.split('/').at(-1)!.replace(/\.lintel$/, '')
  const part = view ? `-${view.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '')}` : ''
  const file = `${name}${part}.svg`
  if (uri.scheme !== 'untitled') return Uri.joinPath(uri, '..', file)
  const folder = workspace.workspaceFolders?.[0]?.uri
  return folder ? Uri.joinPath(folder, file) : Uri.file(file)
}

/** Through a file of another name, so that a full disk or a lost connection does not leave half a picture where a good one was. */
async function writeWhole(target: Uri, bytes: Uint8Array): Promise<void> {
  const name = target.path.split('/').at(-1)!
  const part = Uri.joinPath(target, '..', `.${name}.${process.pid}.part`)
  try {
    await workspace.fs.writeFile(part, bytes)
    await workspace.fs.rename(part, target, { overwrite: true })
  } catch (error) {
    await workspace.fs.delete(part).then(undefined, () => undefined)
    throw error
  }
}
