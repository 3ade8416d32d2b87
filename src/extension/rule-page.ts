/** A rule's page, which comes with the extension, in the editor's own Markdown preview. */
import { commands, type ExtensionContext, Uri, window, workspace } from 'vscode'

/** @param rule The rule's id; unset to choose from the list. */
export async function showRule(context: ExtensionContext, rule: string | undefined): Promise<void> {
  const folder = Uri.joinPath(context.extensionUri, 'docs', 'rules')
  const chosen = rule ?? (await choose(folder))
  if (chosen === undefined) return
  // The id comes from a link: it names a page of this folder and nothing else.
  if (!/^[a-z][a-z0-9-]*$/.test(chosen)) return
  const page = Uri.joinPath(folder, `${chosen}.md`)
  try {
    await workspace.fs.stat(page)
  } catch {
    void window.showInformationMessage(`There is no page about “${chosen}”.`)
    return
  }
  try {
    await commands.executeCommand('markdown.showPreview', page)
  } catch {
    // The editor's Markdown support can be switched off.
    await window.showTextDocument(page, { preview: true })
  }
}

async function choose(folder: Uri): Promise<string | undefined> {
  const entries = await workspace.fs.readDirectory(folder)
  const ids = entries.map(([name]) => name).filter((name) => name.endsWith('.md') && !/^(README|index)\.md$/i.test(name))
  const items = await Promise.all(
    ids.map(async (name) => {
      const text = new TextDecoder().decode(await workspace.fs.readFile(Uri.joinPath(folder, name)))
      const id = name.slice(0, -3)
      const heading = /^#\s+(.+)$/m.exec(text)?.[1]?.replaceAll('`', '')
      return { label: id, detail: heading && heading !== id ? heading : undefined }
    }),
  )
  items.sort((a, b) => (a.label < b.label ? -1 : 1))
  const picked = await window.showQuickPick(items, { title: 'Show Rule', placeHolder: 'Which rule?', matchOnDetail: true })
  return picked?.label
}
