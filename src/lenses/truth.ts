/** The truth lens: where each kind of data is decided, where it is copied, and how old each copy may be. */
import type { Analysis } from '../analysis/analysis.ts'
import { copiesAtAck } from '../analysis/durable-copies.ts'
import type { CopyAge } from '../analysis/staleness.ts'
import type { Laid, LaidArrow, Overlay } from '../diagram/picture.ts'
import { time } from '../analysis/staleness.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Data, Model } from '../model/model.ts'
import type { LensEntry, LensGroup, Seen } from './lens.ts'

const KEY: Overlay['key'] = [
  { tone: 'lit', text: 'decides' },
  { tone: 'calm', text: 'copies' },
  { tone: 'warm', text: 'copies, and nothing says how old it gets' },
  { tone: 'quiet', text: 'passes on' },
]

const KEEPS: ReadonlySet<string> = new Set(['database', 'cache', 'object-store', 'search', 'coordinator', 'cdn'])
const CARRIES: ReadonlySet<string> = new Set(['queue', 'log', 'topic', 'cdc'])

/** @param wanted id of a kind of data; all where unset or unknown. */
export function truthLens(model: Model, analysis: Analysis, wanted?: string): Seen {
  const only = wanted === undefined ? undefined : lookup(model).data(wanted)
  const kinds = only ? [only] : model.data
  const found = kinds.map((data) => whereabouts(model, analysis, data))
  const things = new Map<string, Laid>()
  const say = (component: Component, laid: Laid): void => {
    const before = things.get(component.id)
    // One that decides some data and copies other is first of all one that decides.
    things.set(component.id, before ? { ...before, note: [...(before.note ?? []), ...(laid.note ?? [])] } : laid)
  }
  for (const { data, homes } of found) for (const home of homes) say(home, { tone: 'lit', ...(only && { words: ['decides'] }), note: [`decides ${data.name}`] })
  for (const { data, copies } of found) for (const { component, age } of copies) say(component, { tone: age.bounded ? 'calm' : 'warm', words: ageWords(age), note: [`copy of ${data.name}, ${ageText(age)}`] })
  for (const { data, carriers } of found) for (const component of carriers) say(component, { tone: 'quiet', note: [`passes on ${data.name}`] })
  const arrows = new Map<string, LaidArrow>()
  const shown = new Set(found.flatMap(({ arrows: ids }) => ids))
  for (const { id } of model.relations) arrows.set(id, shown.has(id) ? { tone: 'lit' } : { faint: true })
  if (only) for (const component of model.components) if (!things.has(component.id) && !touches(model, component, shown)) things.set(component.id, { faint: true })
  return {
    overlay: { title: only ? `Truth of ${only.name}` : 'Truth', things, arrows: found.length > 0 ? arrows : new Map(), key: KEY, truths: true },
    report: { type: 'truth', summary: summaryOf(model, found), groups: found.map(group), choices: model.data.map(({ id, name }) => ({ id, name })) },
  }
}

interface Whereabouts {
  readonly data: Data
  readonly homes: readonly Component[]
  readonly copies: readonly { readonly component: Component; readonly age: CopyAge }[]
  readonly carriers: readonly Component[]
  /** Relations over which it travels. */
  readonly arrows: readonly string[]
}

function whereabouts(model: Model, { truths, carried, staleness, fronts }: Analysis, data: Data): Whereabouts {
  const find = lookup(model)
  const homes = truths.of(data.id).flatMap((id) => find.component(id) ?? [])
  const home = new Set(homes)
  // A cache in front of its home that does not say what it stores may hold any of it.
  const before = new Set(fronts.all.flatMap(({ cache, origin }) => (home.has(origin) && carried.at(cache.id).length === 0 ? [cache] : [])))
  const holders = model.components.filter((component) => !home.has(component) && (before.has(component) || carried.at(component.id).includes(data.id)))
  return {
    data,
    homes,
    copies: holders.filter(({ kind }) => KEEPS.has(kind)).map((component) => ({ component, age: staleness.ageOf(component.id) })),
    carriers: holders.filter(({ kind }) => CARRIES.has(kind)),
    arrows: model.relations.flatMap(({ id }) => (carried.on(id).includes(data.id) ? [id] : [])),
  }
}

function touches(model: Model, { id }: Component, arrows: ReadonlySet<string>): boolean {
  const find = lookup(model)
  return [...find.relationsFrom(id), ...find.relationsTo(id)].some((relation) => arrows.has(relation.id))
}

function group({ data, homes, copies, carriers }: Whereabouts): LensGroup {
  return {
    title: data.name,
    entries: [
      ...(homes.length > 0 ? [] : [copies.length > 0 ? { mark: 'derived', tone: 'calm' as const, text: 'It is only kept as a copy, made from other data.', details: [], ids: [], at: data.origin } : { mark: 'nowhere', tone: 'over' as const, text: 'No store keeps it for good.', details: [], ids: [], at: data.origin }]),
      ...homes.map((home): LensEntry => {
        const copiesOf = copiesAtAck(home)
        return { mark: 'decides', tone: 'lit', text: `\`${home.name}\``, details: copiesOf ? [`A write is acknowledged on ${copiesOf.text}.`] : [], ids: [home.id], at: home.origin }
      }),
      ...copies.map(({ component, age }): LensEntry => ({ mark: 'copy', tone: age.bounded ? 'calm' : 'warm', text: `\`${component.name}\`: ${ageText(age)}`, details: age.layers.map(({ what }) => what), ids: [component.id], at: component.origin })),
      ...carriers.map((component): LensEntry => ({ mark: 'passes on', tone: 'quiet', text: `\`${component.name}\``, details: [], ids: [component.id], at: component.origin })),
    ],
  }
}

function ageWords({ seconds, bounded }: CopyAge): readonly string[] {
  if (!Number.isFinite(seconds)) return ['no limit']
  return bounded ? [seconds === 0 ? 'up to date' : `up to ${time(seconds)} old`, time(seconds)] : seconds > 0 ? [`${time(seconds)} old or more`, `${time(seconds)} +`] : ['age not stated', 'age open']
}

function ageText({ seconds, bounded }: CopyAge): string {
  if (!Number.isFinite(seconds)) return 'nothing ends an old entry'
  if (bounded) return seconds === 0 ? 'as new as what it copies' : `at most ${time(seconds)} old`
  return seconds > 0 ? `${time(seconds)} old or more; the rest is not stated` : 'how old it may get is not stated'
}

function summaryOf(model: Model, found: readonly Whereabouts[]): string {
  if (model.data.length === 0) return 'No data is declared: say `data Order`, and `stores: Order` on the store that decides it.'
  const lost = found.filter(({ homes, copies }) => homes.length === 0 && copies.length === 0).map(({ data }) => `\`${data.name}\``)
  const several = found.filter(({ homes }) => homes.length > 1).map(({ data }) => `\`${data.name}\``)
  if (lost.length > 0) return `${lost.join(', ')} ${lost.length === 1 ? 'has' : 'have'} no place where it is decided.`
  if (several.length > 0) return `${several.join(', ')} ${several.length === 1 ? 'is' : 'are'} decided in several places.`
  const [only] = found
  return found.length === 1 && only?.homes[0] ? `\`${only.data.name}\` is decided in \`${only.homes[0].name}\`${only.copies.length > 0 ? `, and copied ${only.copies.length === 1 ? 'once' : `${only.copies.length} times`}` : ''}.` : found.length === 1 ? `\`${only!.data.name}\` is derived from other data.` : 'Each kind of data is decided in one place, or derived.'
}
