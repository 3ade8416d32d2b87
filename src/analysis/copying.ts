/**
 * What stores copy to each other, for the load (NUMBERS M4): a copy costs its receiver all writes of the other side. Where copies go round, each store
 * applies what its peers were written, and nothing twice.
 */
import { group, type Edge, type Graph } from './graph.ts'
import { components } from './strongly-connected.ts'

export interface Copying {
  /** Whether any store copies to another. */
  readonly any: boolean
  from(store: string): readonly Edge[]
  /** The stores whose own writes an arrow carries, where copies go round; undefined where it carries all that its store gets. */
  carries(relation: string): readonly string[] | undefined
  /** Whether two stores copy to each other, over however many others. */
  together(a: string, b: string): boolean
}

/** Kept with the graph. */
export function copyingOf(graph: Graph): Copying {
  const before = copyings.get(graph)
  if (before) return before
  const fresh = computed(graph)
  copyings.set(graph, fresh)
  return fresh
}

const copyings = new WeakMap<Graph, Copying>()

function computed(graph: Graph): Copying {
  const arrows = graph.edges.filter(({ verb }) => verb.name === 'replicates')
  if (arrows.length === 0) return NONE
  const leaving = group(arrows, ({ relation }) => relation.from)
  const entering = group(arrows, ({ relation }) => relation.to)
  const stores = [...new Set(arrows.flatMap(({ relation }) => [relation.from, relation.to]))]
  const index = new Map(stores.map((store, at) => [store, at]))
  const ring = new Map<string, number>()
  components(stores.length, (at) => (leaving.get(stores[at]!) ?? []).map(({ relation }) => index.get(relation.to)!)).forEach((part, at) => part.length > 1 && part.forEach((store) => ring.set(stores[store]!, at)))
  const together = (a: string, b: string): boolean => ring.has(a) && ring.get(a) === ring.get(b)
  const carried = new Map<string, string[]>()
  // Each write comes to a store on a shortest way from where it was made: by the arrow on which that way ends.
  for (const store of ring.keys()) {
    const last = new Map<string, string>()
    const queue = [store]
    for (const at of queue) {
      for (const { relation } of entering.get(at) ?? []) {
        if (relation.from === store || last.has(relation.from) || !together(relation.from, store)) continue
        last.set(relation.from, at === store ? relation.id : last.get(at)!)
        queue.push(relation.from)
      }
    }
    for (const [origin, arrow] of last) carried.set(arrow, [...(carried.get(arrow) ?? []), origin])
  }
  return {
    any: true,
    from: (store) => leaving.get(store) ?? [],
    carries: (relation) => carried.get(relation),
    together,
  }
}

const NONE: Copying = { any: false, from: () => [], carries: () => undefined, together: () => false }
