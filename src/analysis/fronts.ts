/**
 * Which caches stand in front of which origins, who asks them, and over which relations a miss is fetched. Only what the design says counts:
 * the cache's own `caches`, `rebuild-from`, a `fallback` on the read, or, for readers who read one other store only, `cache-aside` or a flow that reads
 * the cache and only sometimes that store.
 */
import { references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import { dataOf, type Carried } from './carried.ts'
import type { FlowPaths } from './flows.ts'
import type { Graph } from './graph.ts'
import { BROKERS } from './multiplicity.ts'

export interface Front {
  readonly cache: Component
  readonly origin: Component
  /** Reads that ask the cache. */
  readonly reads: readonly Relation[]
  /** Over what a miss is fetched. Empty where the origin is only named, by `rebuild-from` or a fallback. */
  readonly fills: readonly Relation[]
}

export interface Fronts {
  /** In the order of the text. */
  readonly all: readonly Front[]
  /** Ids of the data that the cache is known to hold; empty where nobody says. */
  held(cache: string): readonly string[]
}

export function frontsOf(model: Model, graph: Graph, flows: readonly FlowPaths[], carried: Carried): Fronts {
  const find = lookup(model)

  function held(cache: string): readonly string[] {
    const declared = find.component(cache)
    if (!declared || saysUnknown(declared.facts, 'stores')) return []
    const stored = dataOf(declared)
    if (stored.length > 0) return stored
    return [...new Set(find.relationsTo(cache).flatMap((relation) => (relation.verb === 'reads' ? carried.on(relation.id) : [])))]
  }

  function* of(cache: Component): Iterable<Front> {
    const reads = find.relationsTo(cache.id).filter((relation) => relation.verb === 'reads' || relation.verb === 'caches')
    const readers = new Set(reads.map((relation) => relation.from))
    const data = held(cache.id)
    const own = find.relationsFrom(cache.id).filter((relation) => relation.verb === 'caches')
    const others = [...readers].flatMap((reader) => find.relationsFrom(reader).filter((relation) => fetches(relation, data)))
    for (const origin of origins(cache, reads, own, others)) {
      const fills = [...own, ...others].filter((relation) => relation.to === origin)
      yield { cache, origin: find.component(origin)!, reads, fills }
    }
  }

  /** A read of another store by somebody who also asks the cache, not known to be of other data. */
  function fetches(relation: Relation, data: readonly string[]): boolean {
    const target = find.component(relation.to)
    if (relation.verb !== 'reads' || !target || target.kind === 'cache' || target.kind === 'coordinator') return false
    const on = carried.on(relation.id)
    return data.length === 0 || on.length === 0 || on.some((id) => data.includes(id))
  }

  function origins(cache: Component, reads: readonly Relation[], own: readonly Relation[], others: readonly Relation[]): readonly string[] {
    if (saysUnknown(cache.facts, 'rebuild-from') || reads.some((relation) => saysUnknown(relation.facts, 'fallback'))) return []
    const named = [
      ...own.map((relation) => relation.to),
      ...references(cache.facts, 'rebuild-from').flatMap((target) => (target.kind === 'component' ? [target.id] : [])),
      ...reads.flatMap((relation) => {
        const fallback = graph.edge(relation.id)?.fallback
        return fallback && 'component' in fallback ? [fallback.component] : []
      }),
    ].filter((id) => id !== cache.id && isOrigin(find.component(id)))
    if (named.length > 0) return [...new Set(named)]
    const asked = new Set(others.map((relation) => relation.to))
    if (asked.size !== 1 || saysUnknown(cache.facts, 'pattern')) return []
    const pattern = word(cache.facts, 'pattern')
    return pattern === 'cache-aside' || (pattern === undefined && readsOnMiss(reads, others)) ? [...asked] : []
  }

  /** A flow asks the cache, and the store behind it in some cases only. */
  function readsOnMiss(reads: readonly Relation[], others: readonly Relation[]): boolean {
    return flows.some(({ conditional, names }) => reads.some(({ id }) => names(id) && !conditional.has(id)) && others.some(({ id }) => conditional.has(id)))
  }

  return { all: model.components.flatMap((component) => (component.kind === 'cache' ? [...of(component)] : [])), held }
}

/** Somebody who can be asked for one record. A log is read from its beginning: it fills a view, not a miss. */
function isOrigin(component: Component | undefined): boolean {
  return component !== undefined && component.kind !== 'cache' && !BROKERS.has(component.kind)
}
