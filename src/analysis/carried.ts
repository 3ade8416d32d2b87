/**
 * Which declared data a relation carries and a component holds. Stated on the relation it is certain; otherwise it is what the store
 * says that it stores, what was put into the broker, or, for the effects of a consumer, what the message brought.
 */
import { known, references, saysUnknown } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Edge, Graph } from './graph.ts'

export interface Carried {
  /** Ids of data, in the order of the text; empty where nothing is known. */
  on(relation: string): readonly string[]
  /** What the component stores, or what reaches it by messages. */
  at(component: string): readonly string[]
}

export function carriedOf(model: Model, graph: Graph): Carried {
  const find = lookup(model)
  const order = new Map(model.data.map(({ id }, index) => [id, index]))
  const carried = new Map<string, readonly string[]>()

  function on(relation: string): readonly string[] {
    return carried.get(relation) ?? []
  }

  function at(component: string): readonly string[] {
    const declared = find.component(component)
    const stored = declared && storedIn(declared)
    return stored ?? inOrder(graph.dataSources(component).filter(brings).flatMap(({ edge }) => on(edge.relation.id)))
  }

  function carriedBy(edge: Edge): readonly string[] {
    if (saysUnknown(edge.relation.facts, 'data')) return []
    const stated = dataTargets(edge.relation.facts)
    if (stated.length > 0) return inOrder(stated)
    const { from, to } = edge.relation
    switch (edge.verb.name) {
      case 'reads':
      case 'writes':
      case 'invalidates':
        return stores(to) ?? messages(from)
      case 'publishes':
      case 'calls':
        return messages(from)
      case 'captures':
      case 'replicates':
      case 'backs-up':
      case 'delivers':
      case 'dead-letters':
        return at(from)
      case 'caches':
        return stores(to) ?? []
      default:
        return []
    }
  }

  /** What messages bring to a component that stores nothing: the reason of the effects it then has. */
  function messages(component: string): readonly string[] {
    return inOrder(graph.dataSources(component).filter(({ edge }) => edge.verb.name === 'delivers').flatMap(({ edge }) => on(edge.relation.id)))
  }

  function stores(component: string): readonly string[] | undefined {
    const declared = find.component(component)
    return declared && storedIn(declared)
  }

  /** Each once, in the order of the text, whatever order the arrows have. */
  function inOrder(ids: readonly string[]): readonly string[] {
    return ids.length < 2 ? ids : unique(ids).toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
  }

  // What a relation carries only ever grows, so a ring of messages settles.
  const leaving = new Map<string, Edge[]>()
  for (const edge of graph.edges) {
    const list = leaving.get(edge.relation.from)
    if (list) list.push(edge)
    else leaving.set(edge.relation.from, [edge])
  }
  const waiting = new Set(graph.edges)
  for (const edge of waiting) {
    waiting.delete(edge)
    const found = carriedBy(edge)
    if (found.length === on(edge.relation.id).length) continue
    carried.set(edge.relation.id, found)
    for (const next of leaving.get(edge.relation.to) ?? []) waiting.add(next)
  }
  return { on, at }
}

/** What a store says that it keeps: empty where that is said to be unknown, unset where nothing is said. */
function storedIn(component: Component): readonly string[] | undefined {
  if (saysUnknown(component.facts, 'stores')) return []
  const stored = dataOf(component)
  return stored.length > 0 ? stored : undefined
}

/** What travels for certain: what the relation itself says, or the one kind of data that it can be. Of several kinds that a store keeps, nobody knows which. */
export function certainlyOn(carried: Carried, relation: Relation): readonly string[] {
  const on = carried.on(relation.id)
  return on.length === 1 || known(relation.facts, 'data') ? on : []
}

/** True where the design says that it is unknown what travels. */
export function dataWithheld(model: Model, relation: Relation): boolean {
  const find = lookup(model)
  return saysUnknown(relation.facts, 'data') || [relation.from, relation.to].some((end) => saysUnknown(find.component(end)?.facts ?? {}, 'stores'))
}

/** The data a component says it stores. Kept with the component: many ask. */
export function dataOf(component: Component): readonly string[] {
  let data = stored.get(component)
  if (!data) stored.set(component, (data = unique(['stores', 'truth', 'data'].flatMap((property) => dataTargets(component.facts, property)))))
  return data
}

const stored = new WeakMap<Component, readonly string[]>()

function dataTargets(facts: Component['facts'], property = 'data'): readonly string[] {
  return references(facts, property).flatMap((target) => (target.kind === 'data' ? [target.id] : []))
}

/** Edges that put data where it stays; reading and calling does not. */
function brings({ edge }: { readonly edge: Edge }): boolean {
  return BRINGING.has(edge.verb.name)
}

const BRINGING: ReadonlySet<string> = new Set(['writes', 'publishes', 'delivers', 'captures', 'replicates', 'backs-up', 'dead-letters'])

function unique(ids: readonly string[]): readonly string[] {
  return ids.length < 2 ? ids : [...new Set(ids)]
}
