/** What to state so that load, latency and availability become known where they are not: each once, in the order in which a reader meets it. */
import { flag } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Analysis } from './analysis.ts'
import { perReplica } from './capacity.ts'
import { everyLimitOf } from './limits.ts'

export function wantedBy(model: Model, analysis: Analysis): readonly string[] {
  const find = lookup(model)
  const of = (path: string, id: string): string => `\`${path}\` of \`${find.component(id)?.name ?? id}\``
  const missing = new Set<string>()
  for (const { average, peak, name } of analysis.load.sources) if (average === undefined && peak === undefined) missing.add(`\`rate\` of ${name}`)
  for (const { id } of model.components) for (const each of analysis.load.component(id).all.missing) missing.add(each)
  for (const component of model.components) if (lacksLimit(analysis, component)) missing.add(of(component.kind === 'external' ? 'quota' : perReplica(component, 'all') ? 'replicas' : 'capacity', component.id))
  for (const { id } of analysis.flows) for (const each of analysis.latency.of(id)?.missing ?? []) missing.add(each)
  for (const { missing: silent } of analysis.availability) for (const id of silent) missing.add(of('availability', id))
  return [...missing]
}

/** What grows with its provider, and what hardly ever is the bottleneck, need say nothing of it. */
function lacksLimit(analysis: Analysis, component: Component): boolean {
  return BOUNDED.has(component.kind) && flag(component.facts, 'managed') !== true && analysis.load.component(component.id).all.peak > 0 && everyLimitOf(analysis, component).length === 0
}

const BOUNDED: ReadonlySet<string> = new Set(['service', 'function', 'worker', 'stream-processor', 'gateway', 'database', 'cache', 'search', 'coordinator', 'external'])
