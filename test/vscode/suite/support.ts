/** What the in-host tests share: waiting for what the editor says, and the design that they open. */
import { type Diagnostic, DiagnosticSeverity, Disposable, type Event, languages, type TextDocument, type TextEditor, Uri, window, workspace } from 'vscode'

/** Resolves once a check answers something, asked now and at each event. */
export function when<Result>(what: string, events: readonly Event<unknown>[], check: () => Result | undefined | false, limit = 30_000): Promise<Result> {
  return new Promise((resolve, reject) => {
    const end = (finish: () => void) => {
      clearTimeout(timer)
      Disposable.from(...subscriptions).dispose()
      finish()
    }
    const timer = setTimeout(() => end(() => reject(new Error(`${what}: not within ${limit / 1000} s`))), limit)
    const ask = () => {
      const answer = check()
      if (answer !== undefined && answer !== false) end(() => resolve(answer as Result))
    }
    const subscriptions = events.map((event) => event(ask))
    ask()
  })
}

export async function openDesign(name: string): Promise<TextEditor> {
  const folder = workspace.workspaceFolders![0]!.uri
  return window.showTextDocument(await workspace.openTextDocument(Uri.joinPath(folder, name)))
}

/** The rules of the findings at error, by line, one-based. */
export function errors(document: TextDocument): Readonly<Record<number, string>> {
  return Object.fromEntries(
    languages
      .getDiagnostics(document.uri)
      .filter(({ severity }) => severity === DiagnosticSeverity.Error)
      .map((one) => [one.range.start.line + 1, codeOf(one)]),
  )
}

export function codeOf({ code }: Diagnostic): string {
  return typeof code === 'object' ? String(code.value) : String(code)
}

export function whenErrors(document: TextDocument, expected: Readonly<Record<number, string>>): Promise<unknown> {
  const wanted = JSON.stringify(expected)
  return when(`errors ${wanted}, have ${JSON.stringify(errors(document))}`, [languages.onDidChangeDiagnostics], () => JSON.stringify(errors(document)) === wanted)
}

/** Line of the text, zero-based, that holds a part. */
export function lineOf(document: TextDocument, part: string): number {
  const line = document.getText().split('\n').findIndex((text) => text.includes(part))
  if (line < 0) throw new Error(`no line with “${part}”`)
  return line
}
