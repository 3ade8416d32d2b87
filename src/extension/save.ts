/** Saving what the server made: where to, and the whole file or none. */
import { commands, Uri, window, workspace } from 'vscode'

/** `orders.lintel` → `orders.svg` beside it; `orders-write-path.svg` for a part of it. */
export function beside(uri: Uri, extension: string, part?: string): Uri {
  const name = uri.path.split('/').at(-1)!.replace(/\.lintel$/, '')
  const suffix = part ? `-${part.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '')}` : ''
  const file = `${name}${suffix}.${extension}`
  if (uri.scheme !== 'untitled') return Uri.joinPath(uri, '..', file)
  const folder = workspace.workspaceFolders?.[0]?.uri
  return folder ? Uri.joinPath(folder, file) : Uri.file(file)
}

/** Through a file of another name, so that a full disk or a lost connection does not leave half a file where a good one was. */
export async function writeWhole(target: Uri, bytes: Uint8Array): Promise<void> {
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

/** Says that it is done, and offers to open it. */
export async function saved(target: Uri): Promise<void> {
  const choice = await window.showInformationMessage(`Saved ${workspace.asRelativePath(target)}`, 'Open')
  if (choice === 'Open') await commands.executeCommand('vscode.open', target)
}
