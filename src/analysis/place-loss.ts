/**
 * The design as it goes on when a place has fallen: what stood there is gone, and what asked it asks those that take over. The load on the
 * others is then computed as it is for any design, so that what is spread, cached or retried counts as it always does.
 */
import { number } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model, Relation, Step } from '../model/model.ts'
import { quantity } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { analyseAfter, type Analysis } from './analysis.ts'
import { namesAny } from './flows.ts'
import type { Load } from './load.ts'
import type { Unit } from './units.ts'

/** The load on what is left when everything that falls with the unit is gone. */
export function loadWithout(analysis: Analysis, unit: Unit): Load {
  return analyseAfter(withoutUnit(analysis, unit), analysis).load
}

export function withoutUnit({ model, graph }: Analysis, unit: Unit): Model {
  const gone = new Set([...unit.losses].flatMap(([component, loss]) => (loss.of === 'all' ? [component] : [])))
  const find = lookup(model)

  /** What stands in for it, and for that in turn, until one is left. */
  function standIn(component: string): string | undefined {
    const asked = new Set([component])
    for (const at of asked) {
      if (!gone.has(at)) return at
      for (const { verb, to } of find.relationsFrom(at)) if (verb === 'fails-over-to') asked.add(to)
    }
    return undefined
  }

  const kept = model.relations.flatMap((relation): Relation | [] => {
    if (gone.has(relation.from) || relation.verb === 'fails-over-to') return []
    if (!gone.has(relation.to)) return relation
    const fallback = graph.edge(relation.id)?.fallback
    const to = standIn(relation.to) ?? (fallback && 'component' in fallback && !gone.has(fallback.component) ? fallback.component : undefined)
    return to === undefined ? [] : { ...relation, to }
  })
  const left = new Set(kept.map(({ id }) => id))
  const relations = kept.map((relation) => withShare(relation, find.relationsFrom(relation.from), left))
  const steps = (list: readonly Step[]): readonly Step[] =>
    list.flatMap((step): Step | [] => {
      if (step.type !== 'relation') return { ...step, steps: steps(step.steps) }
      const some = step.relations.filter((id) => left.has(id))
      return some.length === 0 ? [] : { ...step, relations: some }
    })
  return {
    ...model,
    components: model.components.filter(({ id }) => !gone.has(id)),
    relations,
    flows: model.flows.map((flow) => (namesAny(flow.steps, (relation) => !left.has(relation)) ? { ...flow, steps: steps(flow.steps) } : flow)),
  }
}

/** Among the targets of a router, those that are left share what the lost ones had. */
function withShare(relation: Relation, siblings: readonly Relation[], left: ReadonlySet<string>): Relation {
  const own = number(relation.facts, 'share')
  if (own === undefined || relation.verb !== 'routes') return relation
  const lost = siblings.filter(({ id, verb }) => verb === 'routes' && !left.has(id)).reduce((sum, { facts }) => sum + (number(facts, 'share') ?? 0), 0)
  if (lost <= 0 || lost >= 1) return relation
  const share: Fact = { ...relation.facts['share']!, value: quantity(Math.min(1, own / (1 - lost))) }
  return { ...relation, facts: { ...relation.facts, share } }
}
