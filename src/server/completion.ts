/** Completion: for each thing that could stand at the cursor, what the vocabulary and the design have to offer there. */
import { CompletionItemKind, InsertTextFormat, MarkupKind, type CompletionItem, type TextEdit } from 'vscode-languageserver'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import type { Model } from '../model/model.ts'
import { contextAt, type Context } from './context.ts'
import { nameOffers, memberOffers, relationEndOffers, titleOffers, verbOffers } from './completion-names.ts'
import { statementOffers } from './completion-statements.ts'
import { unitOffers, valueOffers } from './completion-values.ts'
import { extendsOffers, importOffers, outcomeOffers, ruleOffers, technologyOffers, untilOffers, versionOffers } from './completion-words.ts'
import type { Expected } from './outline.ts'

/** One thing to write. What it stands for is Markdown; `snippet` has tab stops where `insert` has none. */
export interface Offer {
  readonly label: string
  readonly kind: CompletionItemKind
  /** Beside the label. */
  readonly detail?: string
  readonly documentation?: string
  readonly insert?: string
  readonly snippet?: string
  /** Lower comes first; 5 where unsaid. */
  readonly rank?: number
  /** Another list is wanted right after it. */
  readonly then?: boolean
  /** Offsets of what it replaces, where that is not the word under way. */
  readonly replaces?: { readonly start: number; readonly end: number }
}

export interface CompletionQuestion {
  readonly document: TextDocument
  readonly offset: number
  readonly model: Model
  /** Designs of the workspace, for imports. */
  readonly files: readonly string[]
  readonly rules: () => readonly { readonly id: string; readonly title: string; readonly documentation: string; /** In this design. */ readonly found: boolean }[]
  /** `2026-11-21` */
  readonly today: string
  readonly snippets: boolean
  /** The client's command that opens the list again, if it has one. */
  readonly suggest?: string
  /** The character that was typed, where that is why we are asked. */
  readonly trigger?: string
}

export interface Place extends CompletionQuestion {
  readonly context: Context
}

export function complete(question: CompletionQuestion): CompletionItem[] {
  const { document, offset } = question
  const context = contextAt(document.getText(), offset)
  const place: Place = { ...question, context }
  // A blank opens the list only where one particular kind of word is wanted, never at every word of a sentence.
  const eager = question.trigger === ' ' || question.trigger === ','
  const expected = likely(context).filter(({ at }) => !eager || EAGER.has(at))
  const offers = expected.flatMap((one) => offersFor(one, place))
  const seen = new Set<string>()
  return offers.filter(({ label, kind }) => !seen.has(`${kind} ${label}`) && seen.add(`${kind} ${label}`)).map((offer, index) => toItem(offer, index, place))
}

const EAGER = new Set<Expected['at']>(['technology', 'relation-end', 'verb', 'value', 'rule', 'outcome', 'flow-title', 'base', 'extends', 'because', 'import'])

/** What goes on with a statement is wanted in its own line, and there nothing else; several steps may share a line, and properties. */
function likely({ expected, continues, frames }: Context): readonly Expected[] {
  const tails = expected.filter(({ at }) => TAILS.has(at))
  if (tails.length === 0) return expected
  if (!continues) return expected.filter(({ at }) => !TAILS.has(at))
  return ['flow', 'steps'].includes(frames.at(-1)!.type) && tails.some(({ at }) => at === 'relation-tail') ? expected : expected.filter(({ at }) => at !== 'statement')
}

const TAILS = new Set<Expected['at']>(['component-head', 'relation-tail', 'until', 'within', 'share', 'count'])

function offersFor(expected: Expected, place: Place): readonly Offer[] {
  const { context } = place
  if (context.typed.type === 'string' && !['import', 'flow-title', 'value'].includes(expected.at)) return []
  if (context.typed.type === 'number' && !['value', 'expression', 'until', 'date', 'within', 'share'].includes(expected.at)) return []
  switch (expected.at) {
    case 'statement':
      return statementOffers(place)
    case 'component-head':
      return expected.technology ? [] : [{ label: 'uses', kind: CompletionItemKind.Keyword, insert: 'uses ', then: true, documentation: 'The technology; with it come the facts that are known of it.' }]
    case 'technology':
      return technologyOffers(expected.kind, place)
    case 'version':
      return versionOffers(expected.technology)
    case 'relation-end':
      return relationEndOffers(expected.ends, place)
    case 'member':
      return memberOffers(expected.of, place)
    case 'verb':
      return verbOffers(expected.ends, place)
    case 'value':
      return valueOffers(expected, place)
    case 'expression':
      return [...unitOffers(undefined, place), ...nameOffers(place, ['let'], { except: expected.let })]
    case 'import':
      return importOffers(place)
    case 'rule':
      return ruleOffers(place)
    case 'because':
      return [{ label: 'because', kind: CompletionItemKind.Keyword, snippet: 'because "${1:why}"', insert: 'because "', documentation: 'The reason, for whoever asks later.' }]
    case 'until':
    case 'date':
      return untilOffers(expected.at, place)
    case 'extends':
      return [{ label: 'extends', kind: CompletionItemKind.Keyword, insert: 'extends ', then: true }]
    case 'base':
      return extendsOffers(expected.of, place)
    case 'flow-title':
      return titleOffers('flow', place)
    case 'outcome':
      return outcomeOffers()
    case 'within':
      return context.typed.type === 'number' ? unitOffers('duration', place) : [{ label: 'within', kind: CompletionItemKind.Keyword, snippet: 'within ${1:30s}', insert: 'within ', documentation: 'How soon the outcome is reached.' }]
    case 'share':
      return context.typed.type === 'number' ? unitOffers('ratio', place) : []
    default:
      return []
  }
}

function toItem(offer: Offer, index: number, { document, context, snippets, suggest }: Place): CompletionItem {
  const { start, end } = offer.replaces ?? context.typed
  const asSnippet = snippets && offer.snippet !== undefined
  const newText = asSnippet ? offer.snippet! : (offer.insert ?? offer.label)
  const textEdit: TextEdit = { range: { start: document.positionAt(start), end: document.positionAt(end) }, newText }
  return {
    label: offer.label,
    kind: offer.kind,
    ...(offer.detail === undefined ? {} : { labelDetails: { description: offer.detail }, detail: offer.detail }),
    ...(offer.documentation === undefined ? {} : { documentation: { kind: MarkupKind.Markdown, value: offer.documentation } }),
    sortText: `${offer.rank ?? 5}${String(index).padStart(4, '0')}`,
    filterText: context.typed.type === 'string' || context.typed.type === 'number' ? newText : offer.label,
    textEdit,
    ...(asSnippet ? { insertTextFormat: InsertTextFormat.Snippet } : {}),
    ...(offer.then && suggest !== undefined ? { command: { title: 'Suggest', command: suggest } } : {}),
  }
}
