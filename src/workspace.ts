/**
 * Opens a design: a root file and everything it imports, wherever the text comes from (disk, editor, test), lowered to one model.
 * Nothing here touches the disk: the caller brings a reader.
 */
import { lower } from './language/lowering/lower.ts'
import { parseFile, type Tree } from './language/tree.ts'
import type { Model, Problem } from './model/model.ts'
import type { Origin } from './model/origin.ts'

export { format, type Formatted } from './language/formatter/format.ts'

export type ReadOutcome = { readonly text: string } | { readonly error: 'missing' | 'folder' | 'unreadable' | 'too-large' | 'outside' }

export interface Reader {
  /** The text of a document by its URI, as it stands now (an editor's unsaved text before the disk's). */
  read(uri: string): ReadOutcome | Promise<ReadOutcome>
}

export interface Opened {
  readonly root: string
  readonly model: Model
  /** Of all files of the design, in order of file and place. */
  readonly problems: readonly Problem[]
}

/** What Lintel reads of one file, in UTF-16 units: far above any design that a person could look at. */
export const MAX_LENGTH = 2 * 1024 * 1024

/** One text on its own; its imports are reported as missing. Its URI is `test:/design.lintel` unless given. */
export function openText(text: string, uri = 'test:/design.lintel'): Opened {
  const root = tree(uri, text)
  return finish(uri, [root], importsOf(root).map(({ text: written, origin }) => importProblem('missing', written, origin)))
}

/** The root and everything it imports, directly or not. A root that cannot be read has an empty model and one problem. */
export async function openDesign(root: string, reader: Reader): Promise<Opened> {
  const trees = new Map<string, Tree>()
  const problems: Problem[] = []
  const first = await reader.read(root)
  if ('error' in first) {
    const origin = { file: root, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } }
    return { root, model: lower([tree(root, '')]).model, problems: [importProblem(first.error, root, origin)] }
  }
  trees.set(root, tree(root, first.text))
  for (const [uri, file] of trees) {
    for (const { text, origin } of importsOf(file)) {
      const target = resolveImport(uri, text)
      if (target === undefined) {
        problems.push(importProblem('missing', text, origin))
        continue
      }
      if (trees.has(target)) continue
      const outcome = await reader.read(target)
      if ('text' in outcome) trees.set(target, tree(target, outcome.text))
      else problems.push(importProblem(outcome.error, text, origin))
    }
  }
  return finish(root, [...trees.values()], problems)
}

export interface Workspace {
  /** The design with this root; the last answer where none of its files changed since. */
  open(root: string): Promise<Opened>
  /** Says that these documents have another text now, or exist no longer, or begin to exist. */
  changed(uris: Iterable<string>): void
}

/** Keeps what it has opened until a file of it changes: for a server, where most keystrokes change one file of one design. */
export function createWorkspace(reader: Reader): Workspace {
  const designs = new Map<string, { readonly opened: Promise<Opened>; readonly asked: Set<string> }>()
  return {
    open(root) {
      const known = designs.get(root)
      if (known) return known.opened
      const asked = new Set([root])
      const opened = openDesign(root, {
        read(uri) {
          asked.add(uri)
          return reader.read(uri)
        },
      })
      designs.set(root, { opened, asked })
      return opened
    },
    changed(uris) {
      const list = [...uris]
      for (const [root, { asked }] of designs) if (list.some((uri) => asked.has(uri))) designs.delete(root)
    },
  }
}

/** The URI that an import means, relative to the file that holds it; unset where it is no relative path. */
export function resolveImport(from: string, path: string): string | undefined {
  if (!/^\.{1,2}\//.test(path)) return undefined
  try {
    return new URL(path.replaceAll('%', '%25').replaceAll('#', '%23').replaceAll('?', '%3F'), from).href
  } catch {
    return undefined
  }
}

interface Import {
  readonly text: string
  readonly origin: Origin
}

const parsed = new Map<string, Tree>()

/** A file's tree, the last one of each file kept: another design that imports it, or an undo, finds it there. */
function tree(uri: string, text: string): Tree {
  const known = parsed.get(uri)
  if (known?.text === text) return known
  const made = text.length > MAX_LENGTH ? tooLong(uri, text) : parseFile(uri, text)
  if (parsed.size > 500) parsed.clear()
  parsed.set(uri, made)
  return made
}

function tooLong(uri: string, text: string): Tree {
  const empty = parseFile(uri, '')
  const problem = importProblem('too-large', uri, { file: uri, range: { start: { line: 0, character: 0 }, end: { line: 0, character: Math.min(text.length, 1) } } })
  return { ...empty, text, problems: [problem] }
}

function importsOf(file: Tree): readonly Import[] {
  return file.nodes.flatMap((node): Import[] => {
    const { statement } = node
    if (statement.type !== 'titled' || statement.keyword.text !== 'import') return []
    return [{ text: statement.title.text, origin: file.origin(node.base + statement.title.start, node.base + statement.title.end) }]
  })
}

type Refused = Extract<ReadOutcome, { error: string }>['error']

function importProblem(error: Refused, path: string, origin: Origin): Problem {
  const name = path.split('/').at(-1) || path
  const relative = /^\.{1,2}\//.test(path)
  const bare = !relative && !/^(?:[a-z][a-z0-9+.-]*:|[/\\~])/i.test(path)
  // A file that was never saved has no place that anything could be relative to.
  const placed = /^[a-z][a-z0-9+.-]*:\/\//i.test(origin.file) || origin.file.startsWith('test:/')
  const extended = error === 'missing' && relative && placed && !path.endsWith('.lintel') ? `${path}.lintel` : undefined
  const message = {
    missing: !placed ? 'Save this file first: an import is relative to it.' : relative ? `There is no file \`${path}\` beside this one.${extended === undefined ? '' : ` Did you mean \`${extended}\`?`}` : `An import names a file relative to this one: \`import "./${bare ? path : 'parts.lintel'}"\`.`,
    folder: `\`${path}\` is a folder: import a .lintel file in it.`,
    unreadable: `\`${path}\` cannot be read: check its permissions.`,
    'too-large': `\`${name}\` is larger than ${MAX_LENGTH / 1024 / 1024} MB, more than Lintel reads: split the design and import its parts.`,
    outside: `\`${path}\` lies outside of the workspace, from where nothing is imported.`,
  }[error]
  const fix = extended ?? (bare && placed && error === 'missing' ? `./${path}` : undefined)
  return {
    code: 'import',
    severity: 'error',
    message,
    origin,
    ...(fix !== undefined && { fixes: [{ title: `Change to \`${fix}\``, edits: [{ origin, newText: JSON.stringify(fix) }] }] }),
  }
}

function finish(root: string, trees: readonly Tree[], imports: readonly Problem[]): Opened {
  const { model, problems } = lower(trees)
  const order = new Map(model.files.map((file, index) => [file, index]))
  const all = [...problems, ...imports].sort(
    (a, b) =>
      (order.get(a.origin.file) ?? 0) - (order.get(b.origin.file) ?? 0) ||
      a.origin.range.start.line - b.origin.range.start.line ||
      a.origin.range.start.character - b.origin.range.start.character,
  )
  return { root, model, problems: limited(all) }
}

/** More than a person could read, and than an editor can show: the last one listed says how many there are. */
const MOST_PROBLEMS = 1000

function limited(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= MOST_PROBLEMS) return problems
  const kept = problems.slice(0, MOST_PROBLEMS)
  const { origin } = problems[MOST_PROBLEMS]!
  return [...kept, { code: 'too-many-problems', severity: 'error', message: `There are ${problems.length - MOST_PROBLEMS} more problems from here on; the first ${MOST_PROBLEMS} are listed.`, origin }]
}
