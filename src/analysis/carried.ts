/**
 * Which declared data a relation carries and a component holds. Stated on the relation it is certain; otherwise it is what the store
 * says that it stores, what was put into the broker, or, for the effects of a consumer, what the message brought.
 */
import { references, saysUnknown } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Edge, Graph } from './graph.ts'

export interface Carried {
  /** Ids of data, in the order of the text; empty where nothing is known. */
  on(relation: string): readonly string[]
  /** What the component stores, or what reaches it by messages. */
  at(component: string): readonly string[]
}

export function carriedOf(model: Model, graph: Graph): Carried {
  const find = lookup(model)
  const relations = new Map<string, readonly string[]>()
  const components = new Map<string, readonly string[]>()

  function on(relation: string): readonly string[] {
    const made = relations.get(relation)
    if (made) return made
    // While it is being computed it carries nothing: a ring of messages brings no data of its own.
    relations.set(relation, [])
    const edge = graph.edge(relation)
    const found = edge ? carriedBy(edge) : []
    relations.set(relation, found)
    return found
  }

  function at(component: string): readonly string[] {
    const made = components.get(component)
    if (made) return made
    components.set(component, [])
    const declared = find.component(component)
    const stored = declared ? dataOf(declared) : []
    const found = stored.length > 0 ? stored : unique(graph.dataSources(component).filter(brings).flatMap(({ edge }) => on(edge.relation.id)))
    components.set(component, found)
    return found
  }

  function carriedBy(edge: Edge): readonly string[] {
    if (saysUnknown(edge.relation.facts, 'data')) return []
    const stated = dataTargets(edge.relation.facts)
    if (stated.length > 0) return stated
    const { from, to } = edge.relation
    switch (edge.verb.name) {
      case 'reads':
      case 'writes':
      case 'invalidates': {
        const held = stores(to)
        return held.length > 0 ? held : messages(from)
      }
      case 'publishes':
        return messages(from)
      case 'captures':
      case 'replicates':
      case 'backs-up':
      case 'delivers':
      case 'dead-letters':
        return at(from)
      case 'caches':
        return stores(to)
      case 'calls':
        return messages(from)
      default:
        return []
    }
  }

  /** What messages bring to a component that stores nothing: the reason of the effects it then has. */
  function messages(component: string): readonly string[] {
    return unique(graph.dataSources(component).filter(({ edge }) => edge.verb.name === 'delivers').flatMap(({ edge }) => on(edge.relation.id)))
  }

  function stores(component: string): readonly string[] {
    const declared = find.component(component)
    return declared ? dataOf(declared) : []
  }

  return { on, at }
}

/** The data a component says it stores. */
export function dataOf(component: Component): readonly string[] {
  return unique(['stores', 'truth', 'data'].flatMap((property) => dataTargets(component.facts, property)))
}

function dataTargets(facts: Component['facts'], property = 'data'): readonly string[] {
  return references(facts, property).flatMap((target) => (target.kind === 'data' ? [target.id] : []))
}

/** Edges that put data where it stays; reading and calling does not. */
function brings({ edge }: { readonly edge: Edge }): boolean {
  return ['writes', 'publishes', 'delivers', 'captures', 'replicates', 'backs-up', 'dead-letters'].includes(edge.verb.name)
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)]
}
