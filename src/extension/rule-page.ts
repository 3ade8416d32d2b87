/**
 * A rule's page, which comes with the extension, in the editor's own Markdown preview.
 *
 * The pages have a scheme of their own, so that the code of a diagnostic can be a link to one: where a diagnostic is hovered or peeked at, the editor
 * follows links to documents but not to commands. `workbench.editorAssociations` in package.json says that this scheme is read, not edited.
 */
import {
  commands, Disposable, EventEmitter, type ExtensionContext, type FileChangeEvent, FileSystemError, type FileSystemProvider, FileType, Uri, window, workspace,
} from 'vscode'

export const RULE_SCHEME = 'lintel-rule'

/** Where a rule's page is found, with `{rule}` for its id. */
export const RULE_PAGES = `${RULE_SCHEME}:/{rule}.md`

/** As a file system, so that a page that was open when the window was closed is found again before anything else has started this extension. */
export function serveRulePages(context: ExtensionContext): Disposable {
  const never = new EventEmitter<FileChangeEvent[]>()
  const refuse = () => {
    throw FileSystemError.NoPermissions()
  }
  const bytes = async ({ path }: Uri): Promise<Uint8Array> => {
    const rule = path.slice(1).replace(/\.md$/, '')
    const page = pageOf(context, rule)
    const text = page && (await read(page))
    return new TextEncoder().encode(text ?? `# There is no such page\n\nNo rule of this version is called “${rule.replaceAll(/[^\w-]/g, '')}”.\n`)
  }
  const provider: FileSystemProvider = {
    onDidChangeFile: never.event,
    watch: () => ({ dispose() {} }),
    stat: async (uri) => ({ type: FileType.File, ctime: 0, mtime: 0, size: (await bytes(uri)).length }),
    readFile: bytes,
    readDirectory: () => [],
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  }
  return Disposable.from(never, workspace.registerFileSystemProvider(RULE_SCHEME, provider, { isReadonly: true, isCaseSensitive: true }))
}

/** @param rule The rule's id; unset to choose from the list. */
export async function showRule(context: ExtensionContext, rule: string | undefined): Promise<void> {
  const chosen = rule ?? (await choose(context))
  if (chosen === undefined) return
  const uri = Uri.from({ scheme: RULE_SCHEME, path: `/${chosen}.md` })
  try {
    await commands.executeCommand('vscode.openWith', uri, 'vscode.markdown.preview.editor')
  } catch {
    // The editor's Markdown support can be switched off.
    await window.showTextDocument(uri, { preview: true })
  }
}

/** The name comes from a link: it names a page of this folder (a rule's or the list of all) and nothing else. */
function pageOf(context: ExtensionContext, rule: string): Uri | undefined {
  return /^(README|[a-z][a-z0-9-]*)$/.test(rule) ? Uri.joinPath(context.extensionUri, 'docs', 'rules', `${rule}.md`) : undefined
}

async function choose(context: ExtensionContext): Promise<string | undefined> {
  const folder = Uri.joinPath(context.extensionUri, 'docs', 'rules')
  const entries = await workspace.fs.readDirectory(folder)
  const ids = entries.filter(([name, type]) => type === FileType.File && /^[a-z].*\.md$/.test(name)).map(([name]) => name.slice(0, -3))
  const items = await Promise.all(
    ids.map(async (label) => {
      const heading = /^#\s+(.+)$/m.exec((await read(pageOf(context, label)!)) ?? '')?.[1]?.replaceAll('`', '')
      return { label, detail: heading === label ? undefined : heading }
    }),
  )
  items.sort((a, b) => (a.label < b.label ? -1 : 1))
  const picked = await window.showQuickPick(items, { title: 'Show Rule', placeHolder: 'Which rule?', matchOnDetail: true })
  return picked?.label
}

async function read(uri: Uri): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await workspace.fs.readFile(uri))
  } catch (error) {
    if (error instanceof FileSystemError) return undefined
    throw error
  }
}
