/** Rename: everywhere that the name is written, in all files of all designs that hold it, and only where the result still means the same. */
import type { Model, Problem, Target } from '../model/model.ts'
import type { Position, Range } from '../model/origin.ts'
import { vocabulary } from '../vocabulary/index.ts'
import { openDesign } from '../workspace.ts'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { Design } from './designs.ts'
import { mentionAt, mentionsOf } from './documents.ts'
import { declarationOf } from './declarations.ts'
import { keyOf } from './uris.ts'

export interface RenameEdit {
  /** As the model names it. */
  readonly uri: string
  readonly range: Range
  readonly newText: string
}

export type RenameAnswer = { readonly edits: readonly RenameEdit[] } | { readonly refused: string }

/** The part of the text that a rename would replace; unset where nothing can be renamed. */
export function renameRange(design: Design, uri: string, position: Position): { readonly range: Range; readonly placeholder: string } | undefined {
  const mention = mentionAt(design.model, uri, position)
  const text = design.texts.get(keyOf(uri))
  if (!mention || text === undefined || !declarationOf(design.model, mention.target)) return undefined
  const document = documentOf(uri, text)
  const range = nameIn(document, mention.origin.range)
  return { range, placeholder: document.getText(range) }
}

export async function rename(designs: readonly Design[], uri: string, position: Position, wanted: string): Promise<RenameAnswer> {
  const edits = new Map<string, RenameEdit>()
  for (const design of designs) {
    const mention = mentionAt(design.model, uri, position)
    const here = renameRange(design, uri, position)
    if (!mention || !here) continue
    const refused = unfit(design.model, mention.target, wanted)
    if (refused !== undefined) return { refused }
    const titled = TITLED.has(mention.target.kind)
    const own: RenameEdit[] = []
    for (const { origin } of mentionsOf(design.model, mention.target)) {
      const text = design.texts.get(keyOf(origin.file))
      if (text === undefined) continue
      const document = documentOf(origin.file, text)
      const range = nameIn(document, origin.range)
      const written = document.getText(range)
      const newText = titled ? JSON.stringify(wanted).slice(1, -1) : wanted
      // A name that stands for the thing under another spelling, as an old short form does, stays.
      if (written === here.placeholder) own.push({ uri: origin.file, range, newText })
    }
    const problem = await damage(design, own)
    if (problem !== undefined) return { refused: `“${wanted}” cannot be the new name: ${problem}` }
    for (const edit of own) edits.set(JSON.stringify([keyOf(edit.uri), edit.range]), edit)
  }
  return edits.size === 0 ? { refused: 'Nothing here can be renamed.' } : { edits: [...edits.values()] }
}

const TITLED = new Set<Target['kind']>(['flow', 'scenario', 'view'])
const NAME = /^[\p{L}_][\p{L}\p{N}_]*(?:-[\p{L}\p{N}_]+)*$/u

/** Words that would read as a statement of their own. */
const RESERVED = new Set(['import', 'design', 'let', 'data', 'flow', 'scenario', 'view', 'accept', 'kind', 'technology', 'expect', 'because', 'until', 'uses', 'extends', 'none', 'unknown', 'yes', 'no'])

function unfit(model: Model, target: Target, wanted: string): string | undefined {
  if (TITLED.has(target.kind)) {
    if (wanted.trim() === '') return 'A title cannot be empty.'
    const others = target.kind === 'flow' ? model.flows : target.kind === 'view' ? model.views : model.scenarios
    return others.some(({ id, title }) => title === wanted && id !== target.id) ? `There is another ${target.kind} “${wanted}” already.` : undefined
  }
  if (!NAME.test(wanted)) return `“${wanted}” is no name: a name starts with a letter and goes on with letters, digits and single hyphens, such as order-store.`
  if (RESERVED.has(wanted)) return `“${wanted}” is a word of the language and cannot be a name.`
  if (target.kind === 'own-kind' && vocabulary.kind(wanted)) return `“${wanted}” is a kind of the vocabulary already.`
  if (target.kind === 'own-technology' && vocabulary.technology(wanted)) return `“${wanted}” is a technology of the vocabulary already.`
  return undefined
}

/** The first thing that the design would say wrongly after the edits and does not say now. */
async function damage(design: Design, edits: readonly RenameEdit[]): Promise<string | undefined> {
  const changed = new Map(design.reads)
  for (const [key, text] of design.texts) {
    const own = edits.filter((edit) => keyOf(edit.uri) === key)
    if (own.length > 0) changed.set(key, { text: TextDocument.applyEdits(documentOf(key, text), [...own]) })
  }
  const after = await openDesign(design.root, { read: (uri) => changed.get(keyOf(uri)) ?? { error: 'missing' } })
  const before = counted(design.opened.problems)
  const now = counted(after.problems)
  const fresh = after.problems.find(({ code }) => now.get(code)! > (before.get(code) ?? 0))
  if (fresh) return fresh.message
  if (after.model.mentions.length !== design.model.mentions.length) return 'the name would mean something else in some places.'
  return undefined
}

function counted(problems: readonly Problem[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { code } of problems) counts.set(code, (counts.get(code) ?? 0) + 1)
  return counts
}

/** The name itself: the inside of a title's quotes. */
function nameIn(document: TextDocument, range: Range): Range {
  const text = document.getText(range)
  if (!text.startsWith('"')) return range
  const start = document.offsetAt(range.start)
  return { start: document.positionAt(start + 1), end: document.positionAt(start + text.length - (text.endsWith('"') ? 1 : 0)) }
}

function documentOf(uri: string, text: string): TextDocument {
  return TextDocument.create(uri, 'lintel', 0, text)
}
