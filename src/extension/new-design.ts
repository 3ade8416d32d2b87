/** A new design, empty or from one of the examples that come with the extension. */
import { type ExtensionContext, FileType, type QuickPickItem, Uri, window, workspace } from 'vscode'

interface Choice extends QuickPickItem {
  readonly source?: Uri
}

const EMPTY = `design "My system" { goal: "What it must do, in one sentence" }

client user "User"
service api "API" { replicas: 3, zones: 3 }
database store uses postgres

user -> api -> store
`

export async function newDesign(context: ExtensionContext): Promise<void> {
  const examples = await findExamples(Uri.joinPath(context.extensionUri, 'examples'))
  const choices: Choice[] = [{ label: 'Empty', detail: 'A client, a service and a database' }, ...examples]
  const choice = await window.showQuickPick(choices, { title: 'New Design from an Example', placeHolder: 'Start from', matchOnDetail: true })
  if (!choice) return
  const content = choice.source ? await read(choice.source) : EMPTY
  await window.showTextDocument(await workspace.openTextDocument({ language: 'lintel', content }))
}

async function findExamples(folder: Uri): Promise<Choice[]> {
  const entries = await workspace.fs.readDirectory(folder).then(undefined, () => [])
  const found = await Promise.all(
    entries.map(async ([name, type]): Promise<Choice | undefined> => {
      const source = type & FileType.Directory ? Uri.joinPath(folder, name, `${name}.lintel`) : Uri.joinPath(folder, name)
      if (!source.path.endsWith('.lintel')) return undefined
      const text = await read(source).then(undefined, () => undefined)
      // A new document stands nowhere, so what imports its neighbours would lose them.
      if (text === undefined || /^\s*import\b/m.test(text)) return undefined
      return { label: /^\s*design\s+"([^"]+)"/m.exec(text)?.[1] ?? name, detail: /^\/\/ (.+)/.exec(text)?.[1] ?? /\bgoal:\s*"([^"]+)"/.exec(text)?.[1], source }
    }),
  )
  return found.filter((choice) => choice !== undefined).sort((a, b) => (a.label < b.label ? -1 : 1))
}

async function read(uri: Uri): Promise<string> {
  return new TextDecoder().decode(await workspace.fs.readFile(uri))
}
