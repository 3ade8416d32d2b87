/** Saves the sheet of a design: one page as PDF, HTML or Markdown, the same as `lintel sheet` writes. */
import { Uri, window, workspace } from 'vscode'
import { SHEET, type SheetParams, type SheetResult } from '../protocol.ts'
import type { Client } from './client.ts'
import { beside, saved, writeWhole } from './save.ts'

const FORMATS = [
  { format: 'pdf', label: 'PDF', description: 'one page to print or to send' },
  { format: 'html', label: 'HTML', description: 'one file for a browser, light and dark' },
  { format: 'md', label: 'Markdown', description: 'for a wiki or a repository' },
] as const

export async function writeSheet(client: Client, uri: Uri): Promise<void> {
  try {
    const picked = await window.showQuickPick(FORMATS, { title: 'Save Sheet', placeHolder: 'Goal, numbers, picture, axes, failure story and trade-offs on one page' })
    if (!picked) return
    const target = await window.showSaveDialog({ defaultUri: beside(uri, picked.format), filters: { [picked.label]: [picked.format] }, title: 'Save Sheet' })
    if (!target) return
    // The server knows what is open.
    await workspace.openTextDocument(uri)
    const params: SheetParams = { uri: uri.toString(), format: picked.format }
    const { base64 } = await client.request<SheetResult>(SHEET, params)
    await writeWhole(target, Buffer.from(base64, 'base64'))
    await saved(target)
  } catch (error) {
    void window.showErrorMessage(`The sheet was not saved: ${error instanceof Error ? error.message : String(error)}`)
  }
}
