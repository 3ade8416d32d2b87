/** The truth lens: where each kind of data is decided, where it is copied, and how old each copy may be. */
import { acknowledged } from '../analysis/acknowledged.ts'
import type { Analysis } from '../analysis/analysis.ts'
import { time, type CopyAge } from '../analysis/staleness.ts'
import type { Laid, LaidArrow, Overlay, Tone } from '../diagram/picture.ts'
import { number } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Data, Model } from '../model/model.ts'
import type { LensEntry, LensGroup, Seen } from './lens.ts'

const KEY: Overlay['key'] = [
  { tone: 'lit', text: 'decides' },
  { tone: 'calm', text: 'copies' },
  { tone: 'warm', text: 'copies, and nothing says how old it gets, or holds the only one' },
  { tone: 'quiet', text: 'passes on, or backs up' },
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
  for (const { data, only: stores } of found) for (const store of stores) say(store, { tone: 'warm', words: ['only here'], note: [`${data.name} is only here`] })
  for (const { data, backups } of found) for (const { component } of backups) say(component, { tone: 'quiet', words: ['backup'], note: [`backup of ${data.name}`] })
  for (const { data, carriers } of found) for (const component of carriers) say(component, { tone: 'quiet', note: [`passes on ${data.name}`] })
  const arrows = new Map<string, LaidArrow>()
  const shown = new Set(found.flatMap(({ arrows: ids }) => ids))
  for (const { id } of model.relations) arrows.set(id, shown.has(id) ? { tone: 'lit' } : { faint: true })
  if (only) for (const component of model.components) if (!things.has(component.id) && !touches(model, component, shown)) things.set(component.id, { faint: true })
  return {
    overlay: { title: only ? `Truth of ${only.name}` : 'Truth', things, arrows: found.length > 0 ? arrows : new Map(), key: KEY, truths: true },
    report: { type: 'truth', summary: summaryOf(model, found), groups: found.map(group(model, analysis)), choices: model.data.map(({ id, name }) => ({ id, name })) },
  }
}

interface Whereabouts {
  readonly data: Data
  readonly homes: readonly Component[]
  /** Where nothing decides it: stores that have it from nowhere else, and may forget it. */
  readonly only: readonly Component[]
  readonly copies: readonly { readonly component: Component; readonly age: CopyAge }[]
  /** With the seconds between two of them, where that is stated. */
  readonly backups: readonly { readonly component: Component; readonly interval?: number }[]
  readonly carriers: readonly Component[]
  /** Relations over which it travels. */
  readonly arrows: readonly string[]
}

function whereabouts(model: Model, { homes, carried, staleness, fronts }: Analysis, data: Data): Whereabouts {
  const find = lookup(model)
  const decided = homes.of(data.id)
  const { kept } = decided.length > 0 ? { kept: [] } : homes.elsewhere(data.id)
  const placed = new Set([...decided, ...kept])
  // A cache in front of its home that does not say what it stores may hold any of it.
  const before = new Set(fronts.all.flatMap(({ cache, origin }) => (placed.has(origin) && carried.at(cache.id).length === 0 ? [cache] : [])))
  const others = model.components.filter((component) => !placed.has(component) && (before.has(component) || carried.at(component.id).includes(data.id)))
  const backups = others.flatMap((component) => {
    const entering = find.relationsTo(component.id)
    const backing = entering.filter(({ verb }) => verb === 'backs-up')
    if (backing.length === 0 || backing.length < entering.length) return []
    const intervals = backing.map(({ facts }) => number(facts, 'interval'))
    const known = intervals.filter((each) => each !== undefined)
    return [{ component, ...(known.length > 0 && known.length === intervals.length && { interval: Math.max(...known) }) }]
  })
  const behind = new Set(backups.map(({ component }) => component))
  return {
    data,
    homes: decided,
    only: kept,
    copies: others.filter((component) => KEEPS.has(component.kind) && !behind.has(component)).map((component) => ({ component, age: staleness.ageOf(component.id) })),
    backups,
    carriers: others.filter(({ kind }) => CARRIES.has(kind)),
    arrows: model.relations.flatMap(({ id }) => (carried.on(id).includes(data.id) ? [id] : [])),
  }
}

function touches(model: Model, { id }: Component, arrows: ReadonlySet<string>): boolean {
  const find = lookup(model)
  return [...find.relationsFrom(id), ...find.relationsTo(id)].some((relation) => arrows.has(relation.id))
}

function group(model: Model, analysis: Analysis): (found: Whereabouts) => LensGroup {
  const about = (mark: string, tone: Tone, { id, name, origin }: Component, more = '', details: readonly string[] = []): LensEntry => ({ mark, tone, text: `\`${name}\`${more}`, details, ids: [id], at: origin })
  return ({ data, homes, only, copies, backups, carriers }) => ({
    title: data.name,
    entries: [
      ...(homes.length + only.length > 0 ? [] : [copies.length > 0 ? { mark: 'derived', tone: 'calm' as const, text: 'It is only kept as a copy, made from other data.', details: [], ids: [], at: data.origin } : { mark: 'nowhere', tone: 'over' as const, text: 'No store keeps it.', details: [], ids: [], at: data.origin }]),
      ...homes.map((home) => {
        const copiesOf = acknowledged(model, analysis, home)
        return about('decides', 'lit', home, '', copiesOf ? [`A write is acknowledged on ${copiesOf.text}.`] : [])
      }),
      ...only.map((store) => about('only here', 'warm', store, analysis.truths.forgets(store.id).certain === 'yes' ? ', which may forget it' : '')),
      ...copies.map(({ component, age }) => about('copy', age.bounded ? 'calm' : 'warm', component, `: ${ageText(age)}`, age.layers.map(({ what }) => what))),
      ...backups.map(({ component, interval }) => about('backup', 'quiet', component, interval === undefined ? '' : `: every ${time(interval)}`)),
      ...carriers.map((component) => about('passes on', 'quiet', component)),
    ],
  })
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
  const named = (all: readonly Whereabouts[]): string => all.map(({ data }) => `\`${data.name}\``).join(', ')
  const undecided = found.filter(({ homes }) => homes.length === 0)
  const lost = undecided.filter(({ only, copies }) => only.length > 0 || copies.length === 0)
  const several = found.filter(({ homes }) => homes.length > 1)
  if (lost.length > 0) return `${named(lost)} ${lost.length === 1 ? 'has' : 'have'} no durable home.`
  if (several.length > 0) return `${named(several)} ${several.length === 1 ? 'is' : 'are'} decided in several places.`
  const [only] = found
  if (found.length > 1 || only === undefined) return undecided.length > 0 ? 'Each kind of data is decided in one place, or derived.' : 'Each kind of data is decided in one place.'
  const [home] = only.homes
  if (!home) return `\`${only.data.name}\` is derived from other data.`
  return `\`${only.data.name}\` is decided in \`${home.name}\`${only.copies.length > 0 ? `, and copied ${only.copies.length === 1 ? 'once' : `${only.copies.length} times`}` : ''}.`
}
