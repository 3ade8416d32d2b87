/** Finding things in a model by id and walking one step from them. Made once a model. */
import type { Component, Container, Data, Flow, Model, Part, Relation } from './model.ts'

export interface Lookup {
  component(id: string): Component | undefined
  container(id: string): Container | undefined
  relation(id: string): Relation | undefined
  data(id: string): Data | undefined
  flow(id: string): Flow | undefined
  part(id: string): Part | undefined
  /** Relations whose arrow leaves the component, in the order of the text. */
  relationsFrom(id: string): readonly Relation[]
  /** Relations whose arrow enters the component, in the order of the text. */
  relationsTo(id: string): readonly Relation[]
  /** What it stands in, the nearest first: containers, and components that hold components. */
  ancestors(id: string): readonly (Container | Component)[]
  /** What stands directly in it, in the order of the text: containers first. */
  childrenOf(id: string): readonly (Container | Component)[]
}

export function lookup(model: Model): Lookup {
  const made = lookups.get(model)
  if (made) return made
  const fresh = makeLookup(model)
  lookups.set(model, fresh)
  return fresh
}

/** True for a container, false for a component: both stand in containers. */
export function isContainer(declared: Container | Component): declared is Container {
  return !('parts' in declared)
}

const lookups = new WeakMap<Model, Lookup>()

function makeLookup(model: Model): Lookup {
  const components = byId(model.components)
  const containers = byId(model.containers)
  const relations = byId(model.relations)
  const data = byId(model.data)
  const flows = byId(model.flows)
  const parts = byId(model.components.flatMap((component) => component.parts))
  const from = groupBy(model.relations, (relation) => relation.from)
  const to = groupBy(model.relations, (relation) => relation.to)
  const ancestors = new Map<string, readonly (Container | Component)[]>()
  const children = groupBy<Container | Component>([...model.containers, ...model.components], (child) => child.parent)

  return {
    component: (id) => components.get(id),
    container: (id) => containers.get(id),
    relation: (id) => relations.get(id),
    data: (id) => data.get(id),
    flow: (id) => flows.get(id),
    part: (id) => parts.get(id),
    relationsFrom: (id) => from.get(id) ?? [],
    relationsTo: (id) => to.get(id) ?? [],
    childrenOf: (id) => children.get(id) ?? [],
    ancestors(id) {
      let found = ancestors.get(id)
      if (!found) ancestors.set(id, (found = climbed(id)))
      return found
    },
  }

  function climbed(id: string): readonly (Container | Component)[] {
    const found: (Container | Component)[] = []
    const seen = new Set([id])
    let parent = (containers.get(id) ?? components.get(id))?.parent
    while (parent !== undefined && !seen.has(parent)) {
      seen.add(parent)
      const declared = containers.get(parent) ?? components.get(parent)
      if (!declared) break
      found.push(declared)
      parent = declared.parent
    }
    return found
  }
}

function byId<T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.id, item]))
}

function groupBy<T>(items: readonly T[], key: (item: T) => string | undefined): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const name = key(item)
    if (name === undefined) continue
    const group = groups.get(name)
    if (group) group.push(item)
    else groups.set(name, [item])
  }
  return groups
}
