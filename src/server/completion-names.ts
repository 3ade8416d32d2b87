/** Names that the design declares, where one may stand. */
import { CompletionItemKind } from 'vscode-languageserver'
import { describeQuantity } from '../model/quantity.ts'
import { vocabulary } from '../vocabulary/index.ts'
import type { Offer, Place } from './completion.ts'
import { declarations, summary, type Declaration } from './declarations.ts'
import type { Ends } from './outline.ts'
import { verbDoc } from './vocabulary-docs.ts'

export interface NameOptions {
  readonly rank?: number
  readonly except?: string
  readonly taken?: readonly string[]
  /** Only components of these kinds. */
  readonly kinds?: readonly string[]
}

export function nameOffers({ model }: Place, kinds: readonly Declaration['kind'][], { rank, except, taken = [], kinds: only }: NameOptions = {}): readonly Offer[] {
  const all = declarations(model).filter(({ kind }) => kinds.includes(kind))
  const counts = new Map<string, number>()
  for (const { of } of all) counts.set(of.name, (counts.get(of.name) ?? 0) + 1)
  return all.flatMap((declaration): readonly Offer[] => {
    const { of } = declaration
    // A name that is not unique is only clear with what it stands in before it.
    const label = (counts.get(of.name) ?? 0) > 1 ? of.id : of.name
    if (label === except || taken.includes(label)) return []
    if (only !== undefined && only.length > 0 && declaration.kind === 'component' && !only.includes(declaration.of.kind)) return []
    return [{ label, kind: ITEM_KINDS[declaration.kind], detail: detailOf(declaration), rank }]
  })
}

/** What stands in a container, after its name and a dot. */
export function memberOffers(container: string, { model }: Place): readonly Offer[] {
  return declarations(model).flatMap((declaration): readonly Offer[] => {
    const { of } = declaration
    const parent = 'parent' in of ? of.parent : undefined
    return parent !== undefined && (parent === container || parent.endsWith(`.${container}`)) ? [{ label: of.name, kind: ITEM_KINDS[declaration.kind], detail: detailOf(declaration) }] : []
  })
}

/** Components at the other end of an arrow, those first that a verb can join with the left end. */
export function relationEndOffers(ends: Ends, place: Place): readonly Offer[] {
  const left = (ends.groups.at(-1) ?? []).flatMap((name) => kindOf(name, place))
  const taken = ends.groups.at(-1) ?? []
  return nameOffers(place, ['component'], { taken }).map((offer) => {
    const right = kindOf(offer.label, place)
    const joins = left.length === 0 || right.some((to) => left.some((from) => vocabulary.verbs.some((verb) => vocabulary.verbJoins(verb.name, from, to))))
    return { ...offer, rank: joins ? 2 : 6 }
  })
}

/** Verbs that may join the ends of a relation; those with its kind of arrow first. */
export function verbOffers({ groups, arrow }: Ends, place: Place): readonly Offer[] {
  const kinds = groups.map((names) => names.flatMap((name) => kindOf(name, place)))
  const pairs = kinds.slice(1).flatMap((right, index) => kinds[index]!.flatMap((from) => right.map((to) => ({ from, to }))))
  return vocabulary.verbs.flatMap((verb) => {
    const spellings = [{ name: verb.name, reversed: false }, ...verb.aliases]
    return spellings.flatMap(({ name, reversed }): readonly Offer[] => {
      const fits = pairs.length === 0 || pairs.some(({ from, to }) => (reversed ? vocabulary.verbJoins(verb.name, to, from) : vocabulary.verbJoins(verb.name, from, to)))
      if (!fits) return []
      const drawn = (verb.arrow === 'message' && !reversed ? '~>' : '->') === arrow
      return [{ label: name, kind: CompletionItemKind.Function, detail: reversed ? `${verb.name}, from the other end` : undefined, documentation: verbDoc(verb, name), rank: drawn ? 2 : 4 }]
    })
  })
}

/** Titles, in quotes. */
export function titleOffers(kind: 'flow' | 'view' | 'scenario', { model, document, context }: Place): readonly Offer[] {
  const titles = kind === 'flow' ? model.flows : kind === 'view' ? model.views : model.scenarios
  const colon = kind === 'flow' && !document.getText().slice(context.typed.end).match(/^\s*:/) && context.expected.some(({ at }) => at === 'flow-title')
  return titles.map(({ title }) => ({ label: JSON.stringify(title), kind: CompletionItemKind.Event, detail: kind, insert: JSON.stringify(title) + (colon ? ': ' : ''), then: colon }))
}

function kindOf(name: string, { model }: Place): readonly string[] {
  return model.components.flatMap((component) => (component.name === name || component.id === name || component.id.endsWith(`.${name}`) ? [component.kind] : []))
}

function detailOf(declaration: Declaration): string {
  return declaration.kind === 'let' ? (declaration.of.value ? `= ${describeQuantity(declaration.of.value)}` : 'named number') : summary(declaration)
}

const ITEM_KINDS: Readonly<Record<Declaration['kind'], CompletionItemKind>> = {
  component: CompletionItemKind.Variable,
  container: CompletionItemKind.Module,
  part: CompletionItemKind.Unit,
  data: CompletionItemKind.Struct,
  flow: CompletionItemKind.Event,
  scenario: CompletionItemKind.Event,
  view: CompletionItemKind.File,
  let: CompletionItemKind.Constant,
  'own-kind': CompletionItemKind.Class,
  'own-technology': CompletionItemKind.Class,
}
