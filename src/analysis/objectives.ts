/**
 * Recovery objectives and what they are about: `rpo` and `rto` may stand on a component, on data, where they bind the stores that hold its
 * truth, and on a flow, where they bind what it writes (RPO) or cannot do without (RTO).
 */
import { known, limit, saysUnknown } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Body, Model } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import type { Fact, Facts } from '../model/value.ts'
import type { Analysis } from './analysis.ts'
import { STORES } from './multiplicity.ts'
import type { SuccessGraph } from './success.ts'

export interface Objective {
  /** As a message says it: `` `Order` ``, `"Buy"`. */
  readonly who: string
  /** What states it: where an edit changes it. */
  readonly stating: { readonly extent: Origin; readonly body?: Body; readonly facts: Facts }
  readonly subject: { readonly component?: string; readonly flow?: string; readonly data?: string }
  /** Set where a flow states it. */
  readonly graph?: SuccessGraph
  /** Finite. */
  readonly seconds: number
  readonly fact: Fact
  /** Ids, in the order of the text. */
  readonly components: readonly string[]
}

export function objectivesOf(model: Model, analysis: Analysis, path: 'rpo' | 'rto'): readonly Objective[] {
  const read = (facts: Facts): { readonly seconds: number; readonly fact: Fact } | undefined => {
    const seconds = saysUnknown(facts, path) ? undefined : limit(facts, path)
    return seconds === undefined || !Number.isFinite(seconds) ? undefined : { seconds, fact: known(facts, path)!.fact }
  }
  const found: Objective[] = []
  for (const component of model.components) {
    const said = read(component.facts)
    if (said) found.push({ ...said, who: `\`${component.name}\``, stating: component, subject: { component: component.id }, components: [component.id] })
  }
  for (const data of model.data) {
    const said = read(data.facts)
    if (said) found.push({ ...said, who: `\`${data.name}\``, stating: data, subject: { data: data.id }, components: analysis.truths.of(data.id) })
  }
  for (const graph of analysis.success) {
    const flow = graph.flow.flow
    const said = flow && read(flow.facts)
    if (!said) continue
    const components = path === 'rpo' ? writtenBy(model, analysis, graph) : [...graph.components].filter((id) => !graph.flow.entries.includes(id))
    found.push({ ...said, who: graph.flow.name, stating: flow, subject: { flow: flow.id }, graph, components })
  }
  return found
}

/** The stores and brokers that the flow puts something into that must stay: not those that are only filled from elsewhere. */
function writtenBy(model: Model, analysis: Analysis, { flow }: SuccessGraph): readonly string[] {
  const find = lookup(model)
  const written = flow.waited.filter(({ verb }) => verb.name === 'writes' || verb.name === 'publishes').map(({ relation }) => relation.to)
  return [...new Set(written)].filter((id) => {
    const component = find.component(id)
    return component !== undefined && (!STORES.has(component.kind) || (component.kind !== 'cache' && !analysis.truths.derived(id)))
  })
}
