/** Saves the picture of a design as SVG: the same bytes as `lintel render`, the whole file or none. */
import { type Uri, window, workspace } from 'vscode'
import { EXPORT, type ExportParams, type ExportResult } from '../protocol.ts'
import type { Client } from './client.ts'
import { beside, saved, writeWhole } from './save.ts'

/** What a preview shows of a design. */
export interface Shown {
  readonly theme: 'light' | 'dark'
  readonly view?: string
  readonly collapsed?: readonly string[]
  readonly lens?: ExportParams['lens']
}

/** @param shown What is on screen, which is then what is saved; unset where no preview is open: the whole design, in the theme of the settings. */
export async function exportSvg(client: Client, uri: Uri, shown: Shown | undefined): Promise<void> {
  try {
    // The server draws what it knows, and it knows what is open.
    await workspace.openTextDocument(uri)
    const theme = shown?.theme ?? workspace.getConfiguration('lintel', uri).get<ExportParams['theme']>('export.theme', 'auto')
    const params: ExportParams = { uri: uri.toString(), theme, view: shown?.view, collapsed: shown?.collapsed, lens: shown?.lens }
    const { svg } = await client.request<ExportResult>(EXPORT, params)
    const target = await window.showSaveDialog({ defaultUri: beside(uri, 'svg', [shown?.view, shown?.lens?.type].filter((part) => part !== undefined).join(' ') || undefined), filters: { SVG: ['svg'] }, title: 'Export SVG' })
    if (!target) return
    await writeWhole(target, new TextEncoder().encode(svg))
    await saved(target)
  } catch (error) {
    void window.showErrorMessage(`The picture was not saved: ${error instanceof Error ? error.message : String(error)}`)
  }
}
