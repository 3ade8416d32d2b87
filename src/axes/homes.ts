/** Where each kind of data lives: the stores that decide what it is, those that only copy it, and what is left where neither is known. */
import type { Analysis } from '../analysis/analysis.ts'
import { copiesAtAck, sizeOf } from '../analysis/durable-copies.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import { flag, known, references } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { levelName } from './offered.ts'

export const KEEPS: ReadonlySet<string> = new Set(['database', 'cache', 'object-store', 'search', 'coordinator', 'queue', 'log', 'topic'])
export const BROKERS: ReadonlySet<string> = new Set(['queue', 'log', 'topic'])

export interface Homes {
  /** Stores that hold the truth of the data. */
  of(data: string): readonly Component[]
  /** Names of the data whose truth the component holds. */
  heldBy(component: string): readonly string[]
  /** Where nothing holds the truth: those that have it all the same, and may forget it or copy it, and the brokers that it passes. */
  elsewhere(data: string): { readonly kept: readonly Component[]; readonly copied: readonly Component[]; readonly passing: readonly Component[] }
}

export function homesOf(model: Model, analysis: Analysis): Homes {
  const find = lookup(model)
  const homes = new Map<string, readonly Component[]>()
  const held = new Map<string, string[]>()
  const holding = holdersOf(model, analysis)
  for (const { id, name } of model.data) {
    const truths = analysis.truths.of(id).flatMap((store) => find.component(store) ?? [])
    // What arrives over messages and is kept for good is at home where it arrives, unless that says that it only copies.
    const found = truths.length > 0 ? truths : (holding.get(id)?.stores ?? []).filter((store) => store.kind !== 'cache' && !saysCopy(store) && analysis.truths.forgets(store.id).certain !== 'yes')
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
    elsewhere(data) {
      const { stores = [], brokers = [] } = holding.get(data) ?? {}
      const copies = (store: Component): boolean => sourcesOf(model, analysis, store).length > 0
      return { kept: stores.filter((store) => !copies(store)), copied: stores.filter(copies), passing: brokers }
    },
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
function holdersOf(model: Model, analysis: Analysis): ReadonlyMap<string, Holders> {
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

/** Whether it only copies: a cache, or what is filled from elsewhere and is nobody's home. */
export function isCopy(analysis: Analysis, homes: Homes, component: Component): boolean {
  return homes.heldBy(component.id).length === 0 && (component.kind === 'cache' || analysis.truths.derived(component.id))
}

/** What a copy is filled from. */
export function sourcesOf(model: Model, analysis: Analysis, component: Component): readonly Component[] {
  const find = lookup(model)
  const of = (ids: readonly string[]): readonly Component[] => [...new Set(ids)].flatMap((id) => find.component(id) ?? [])
  const said = references(component.facts, 'rebuild-from').map(({ id }) => id)
  if (said.length > 0) return of(said)
  const filled = find.relationsFrom(component.id).flatMap((relation) => (relation.verb === 'caches' ? [relation.to] : []))
  if (filled.length > 0) return of(filled)
  const brought = of(
    analysis.graph
      .dataSources(component.id)
      .filter(({ edge }) => ['captures', 'replicates', 'delivers'].includes(edge.verb.name))
      .map(({ to }) => to),
  )
  if (brought.length > 0 || component.kind !== 'cache') return brought
  // A cache is filled from what its readers ask when it misses.
  return of(analysis.fronts.all.flatMap((front) => (front.cache.id === component.id ? [front.origin.id] : [])))
}

/** On how many copies a write is when it is acknowledged, at the levels that the design's writes ask for. */
export function acknowledged(model: Model, analysis: Analysis, component: Component): { readonly text: string; readonly least?: number; readonly facts: readonly Fact[] } | undefined {
  const own = copiesAtAck(component)
  const copies = analysis.quorums.copies(component.id)
  const levels = copies === undefined ? [] : lookup(model).relationsTo(component.id).flatMap((relation) => (relation.verb === 'writes' ? (analysis.quorums.level(relation) ?? []) : []))
  if (copies === undefined || levels.length === 0 || own?.count === 0) return own && { text: own.text, ...(own.count !== undefined && { least: own.count }), facts: own.facts }
  const least = levels.reduce((weakest, level) => (level.answering.count < weakest.answering.count ? level : weakest))
  const of = sizeOf(component)?.count ?? copies.n
  const { where, count } = least.answering
  const total = where === 'anywhere' ? copies.n * copies.regions : of
  const text = `${count === total ? `${count}` : `${count} of ${total}`} copies${where === 'each' ? ' in each region' : where === 'local' && copies.regions > 1 ? ' in the writer’s region' : ''}`
  const name = least.name.includes('=') ? '' : ` at ${levelName(least)}`
  return { text: `${count === 1 && total === 1 ? '1 copy' : text}${name}`, least: count, facts: uniqueFacts([...least.facts, ...copies.facts]) }
}
