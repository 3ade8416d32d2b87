/** Saves the sheet of a design: one page as PDF, HTML or Markdown, the same as `lintel sheet` writes. */
import { Uri, window, workspace } from 'vscode'
import { SHEET, type SheetParams, type SheetResult } from '../protocol.ts'
import type { Client } from './client.ts'
import { beside, saved, writeWhole } from './save.ts'

const FORMATS = [
  { format: 'pdf', label: 'PDF', description: 'one page to print or to send' },
  { format: 'html', label: 'HTML', description: 'one file for a browser, light and dark' },
  { format: 'md', label: 'Markdown', description: 'one file with the picture in it, for editors and wikis that show it' },
  { format: 'md', label: 'Markdown and SVG', description: 'the picture in a file beside it, as GitHub needs it', apart: true },
] as const

export async function writeSheet(client: Client, uri: Uri): Promise<void> {
  try {
    const picked = await window.showQuickPick(FORMATS, { title: 'Save Sheet', placeHolder: 'Goal, numbers, picture, axes, failure story and trade-offs on one page' })
    if (!picked) return
    const target = await window.showSaveDialog({ defaultUri: beside(uri, picked.format), filters: { [picked.label]: [picked.format] }, title: 'Save Sheet' })
    if (!target) return
    // The server knows what is open.
    await workspace.openTextDocument(uri)
    // A file of its own, under the sheet's name.
    const picture = 'apart' in picked ? Uri.joinPath(target, '..', `${target.path.split('/').at(-1)!.replace(/\.[^.]*$/, '')}.svg`) : undefined
    if (picture && (await exists(picture)) && (await window.showWarningMessage(`${workspace.asRelativePath(picture)} exists. Replace it with the picture of the sheet?`, { modal: true }, 'Replace')) !== 'Replace') return
    const params: SheetParams = { uri: uri.toString(), format: picked.format, ...(picture && { picture: picture.path.split('/').at(-1)! }) }
    const result = await client.request<SheetResult>(SHEET, params)
    if (picture && result.picture !== undefined) await writeWhole(picture, Buffer.from(result.picture, 'base64'))
    await writeWhole(target, Buffer.from(result.base64, 'base64'))
    if (result.lacks) void window.showWarningMessage(`The PDF lacks ${result.lacks.slice(0, 12).join(' ')}${result.lacks.length > 12 ? ' …' : ''}, for which Lintel carries no glyph. HTML and Markdown show them.`)
    await saved(target)
  } catch (error) {
    void window.showErrorMessage(`The sheet was not saved: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function exists(uri: Uri): Thenable<boolean> {
  return workspace.fs.stat(uri).then(() => true, () => false)
}
