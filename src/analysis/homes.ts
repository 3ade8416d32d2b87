/** Where each kind of data lives: the stores that decide what it is, those that only copy it, and what is left where neither is known. */
import { flag, known, references } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Analysis } from './analysis.ts'

export const KEEPS: ReadonlySet<string> = new Set(['database', 'cache', 'object-store', 'search', 'coordinator', 'queue', 'log', 'topic'])
export const BROKERS: ReadonlySet<string> = new Set(['queue', 'log', 'topic'])

export interface Homes {
  /** Stores that hold the truth of the data. */
  of(data: string): readonly Component[]
  /** Names of the data whose truth the component holds. */
  heldBy(component: string): readonly string[]
  /** Where nothing holds the truth: those that have it all the same, and may forget it or copy it, and the brokers that it passes. */
  elsewhere(data: string): { readonly kept: readonly Component[]; readonly copied: readonly Component[]; readonly passing: readonly Component[] }
  /** Names of the data without a home that the component has, and may forget. */
  onlyIn(component: string): readonly string[]
  /** Whether it only copies: a cache, an index, what says so, and what is nobody's home and filled from another store. */
  copies(component: Component): boolean
  /** What a copy is filled from. */
  sources(component: Component): readonly Component[]
}

export function homesOf(model: Model, analysis: Pick<Analysis, 'truths' | 'carried' | 'fronts'>): Homes {
  const find = lookup(model)
  const homes = new Map<string, readonly Component[]>()
  const held = new Map<string, string[]>()
  let only: Map<string, readonly string[]> | undefined
  const filledFrom = new Map<string, readonly Component[]>()
  let holders: ReadonlyMap<string, Holders> | undefined
  const holding = (data: string): Holders | undefined => (holders ??= holdersOf(model, analysis)).get(data)
  for (const { id, name } of model.data) {
    const truths = analysis.truths.of(id).flatMap((store) => find.component(store) ?? [])
    // What arrives over messages and is kept for good is at home where it arrives, unless that says that it only copies.
    const found = truths.length > 0 ? truths : (holding(id)?.stores ?? []).filter((store) => store.kind !== 'cache' && !saysCopy(store) && analysis.truths.forgets(store.id).certain !== 'yes')
    homes.set(id, found)
    for (const { id: home } of found) {
      const names = held.get(home)
      if (names) names.push(name)
      else held.set(home, [name])
    }
  }
  return {
    of: (data) => homes.get(data) ?? [],
    heldBy: (component) => held.get(component) ?? [],
    elsewhere,
    onlyIn(component) {
      if (!only) {
        only = new Map()
        for (const { id, name } of model.data) {
          if (homes.get(id)!.length > 0) continue
          for (const { id: holder } of elsewhere(id).kept) only.set(holder, [...(only.get(holder) ?? []), name])
        }
      }
      return only.get(component) ?? []
    },
    copies,
    sources,
  }

  function elsewhere(data: string): ReturnType<Homes['elsewhere']> {
    const { stores = [], brokers = [] } = holding(data) ?? {}
    const filled = (store: Component): boolean => sources(store).length > 0
    return { kept: stores.filter((store) => !filled(store)), copied: stores.filter(filled), passing: brokers }
  }

  function sources(component: Component): readonly Component[] {
    let found = filledFrom.get(component.id)
    if (!found) filledFrom.set(component.id, (found = sourcesOf(model, analysis, component)))
    return found
  }

  function copies(component: Component): boolean {
    if (held.has(component.id) || flag(component.facts, 'truth') === true) return false
    return component.kind === 'cache' || component.kind === 'search' || saysCopy(component) || sources(component).length > 0
  }
}

function saysCopy({ facts }: Component): boolean {
  return flag(facts, 'derived') === true || known(facts, 'rebuild-from') !== undefined
}

interface Holders {
  readonly stores: Component[]
  readonly brokers: Component[]
}

/** By data, what says that it stores it, or gets it written, and the brokers into which it is put. */
function holdersOf(model: Model, analysis: Pick<Analysis, 'carried'>): ReadonlyMap<string, Holders> {
  const find = lookup(model)
  const found = new Map<string, Holders>()
  for (const component of model.components) {
    if (!KEEPS.has(component.kind)) continue
    const said = references(component.facts, 'stores').flatMap((target) => (target.kind === 'data' ? [target.id] : []))
    const put = find.relationsTo(component.id).flatMap((relation) => (relation.verb === 'writes' || relation.verb === 'publishes' || relation.verb === 'captures' ? analysis.carried.on(relation.id) : []))
    for (const data of new Set([...said, ...put])) {
      if (!found.has(data)) found.set(data, { stores: [], brokers: [] })
      found.get(data)![BROKERS.has(component.kind) ? 'brokers' : 'stores'].push(component)
    }
  }
  return found
}

function sourcesOf(model: Model, analysis: Pick<Analysis, 'fronts'>, component: Component): readonly Component[] {
  const find = lookup(model)
  const of = (ids: readonly string[]): readonly Component[] => [...new Set(ids)].flatMap((id) => find.component(id) ?? [])
  const said = references(component.facts, 'rebuild-from').map(({ id }) => id)
  if (said.length > 0) return of(said)
  const filled = find.relationsFrom(component.id).flatMap((relation) => (relation.verb === 'caches' ? [relation.to] : []))
  if (filled.length > 0) return of(filled)
  const entering = find.relationsTo(component.id)
  const brought = entering.flatMap(({ verb, from }) => (BRINGING.has(verb) ? [from] : []))
  if (brought.length > 0) return of(brought)
  const writes = entering.filter(({ verb }) => verb === 'writes')
  const upstream = writes.length > 0 && writes.every(({ from }) => onlyActsOnMessages(model, from)) ? storesUpstream(model, component.id) : []
  if (upstream.length > 0 || component.kind !== 'cache') return of(upstream)
  // A cache is filled from what its readers ask when it misses.
  return of(analysis.fronts.all.flatMap((front) => (front.cache.id === component.id ? [front.origin.id] : [])))
}

const BRINGING: ReadonlySet<string> = new Set(['captures', 'replicates', 'delivers'])

function onlyActsOnMessages(model: Model, component: string): boolean {
  const entering = lookup(model).relationsTo(component)
  return entering.length > 0 && entering.every(({ verb }) => verb === 'delivers' || verb === 'captures')
}

/** The stores whose changes its writers act on: back over what delivers and captures, to the first store on each way. */
function storesUpstream(model: Model, component: string): readonly string[] {
  const find = lookup(model)
  const found = new Set<string>()
  const seen = new Set([component])
  for (const at of seen) {
    for (const { verb, from } of find.relationsTo(at)) {
      if (seen.has(from) || !(at === component ? verb === 'writes' : verb === 'delivers' || verb === 'captures')) continue
      const kind = find.component(from)?.kind ?? ''
      if (at !== component && KEEPS.has(kind) && !BROKERS.has(kind)) found.add(from)
      else seen.add(from)
    }
  }
  return [...found]
}
