/**
 * What of an analysis still holds after a change of its design. What a model has kept is the same object as before, so this needs no list of what
 * was changed: an arrow is judged by itself and its ends, a flow by all that it can reach in one step.
 */
import { lookup } from '../model/lookup.ts'
import type { Flow, Model, Relation } from '../model/model.ts'
import type { Analysis } from './analysis.ts'
import { copyingOf } from './copying.ts'
import type { FlowPaths } from './flows.ts'
import type { Edge } from './graph.ts'
import type { Load, Source } from './load.ts'

export interface Unchanged {
  /** The edge that was made of the relation, where the relation and both its ends are as before. */
  edge(relation: Relation): Edge | undefined
  /** Where neither the flow nor anything that it reaches, nor any arrow from or to that, is another. */
  paths(flow: Flow | { readonly id: string }): FlowPaths | undefined
  /** How often its runs travel what, and its rates. */
  source(paths: FlowPaths): Source | undefined
  /** That of the design before. */
  readonly load: Load
}

export function unchangedSince(before: Analysis, model: Model): Unchanged | undefined {
  const was = before.model
  if (was.data !== model.data || was.containers !== model.containers || was.design !== model.design) return undefined
  const find = lookup(model)
  const found = lookup(was)
  const same = (component: string): boolean => find.component(component) === found.component(component)
  let changed: ReadonlySet<string> | undefined
  let flows: ReadonlyMap<string, FlowPaths> | undefined
  let sources: ReadonlyMap<FlowPaths, Source> | undefined
  return {
    get load() { return before.load },
    edge(relation) {
      const edge = before.graph.edge(relation.id)
      return edge?.relation === relation && same(relation.from) && same(relation.to) ? edge : undefined
    },
    paths(flow) {
      flows ??= unreached(before, (changed ??= changedIn(was, model)))
      const paths = flows.get(flow.id)
      return paths !== undefined && (paths.flow === undefined || paths.flow === flow) ? paths : undefined
    },
    source(paths) {
      sources ??= new Map(before.load.sources.map((source) => [source.paths, source]))
      const source = sources.get(paths)
      // What stores copy to each other goes on beyond what the flow reaches.
      if (!source || !copyingOf(before.graph).any) return source
      changed ??= changedIn(was, model)
      return [...source.visits.values()].some(({ edge }) => touches(edge, changed!)) ? undefined : source
    },
  }
}

/** Components that are another or gone, and the ends of arrows that are. */
function changedIn(was: Model, model: Model): ReadonlySet<string> {
  const changed = new Set<string>()
  for (const [one, other] of [[was, model], [model, was]] as const) {
    const find = lookup(other)
    for (const component of one.components) if (find.component(component.id) !== component) changed.add(component.id)
    for (const relation of one.relations) if (find.relation(relation.id) !== relation) changed.add(relation.from).add(relation.to)
  }
  return changed
}

function unreached({ flows }: Analysis, changed: ReadonlySet<string>): ReadonlyMap<string, FlowPaths> {
  const touched = (edge: Edge): boolean => touches(edge, changed)
  return new Map(flows.filter(({ entries, waited, caused }) => !entries.some((entry) => changed.has(entry)) && !waited.some(touched) && !caused.some(touched)).map((paths) => [paths.id, paths]))
}

function touches({ relation }: Edge, changed: ReadonlySet<string>): boolean {
  return changed.has(relation.from) || changed.has(relation.to)
}
