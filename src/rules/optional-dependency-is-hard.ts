import type { Analysis } from '../analysis/analysis.ts'
import { targetOf } from '../analysis/exposure.ts'
import { group, walk, type Edge } from '../analysis/graph.ts'
import type { SuccessGraph } from '../analysis/success.ts'
import { isAbsent, isUnlimited, known, limit, number, references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, counted, joined, nameOf, pathOf, percent, sentence } from './words.ts'

export const optionalDependencyIsHard: Rule = {
  id: 'optional-dependency-is-hard',
  code: 'A4',
  severity: 'warning',
  title: 'Something that the flow could live without can stop it',
  why: 'Suggestions, counters, notices and flags are worth having, and nobody came for them. Where the flow waits for one of them and has no answer without it, the least important part decides how available the most important one is.',
  sources: [
    { title: 'Beyer et al., Site Reliability Engineering (2016), ch. 22, Graceful Degradation', url: 'https://sre.google/sre-book/addressing-cascading-failures/' },
    { title: 'Netflix Technology Blog, Fault Tolerance in a High Volume, Distributed System (2012)' },
    { title: 'AWS Well-Architected Framework, Reliability Pillar: implement graceful degradation to transform applicable hard dependencies into soft dependencies', url: 'https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_mitigate_interaction_failure_graceful_degradation.html' },
  ],
  needs: ['criticality', 'role', 'fallback', 'needs', 'compliance', 'class'],
  fixable: true,
  *check(model, analysis) {
    const causes = new Map<string, [Hit, ...Hit[]]>()
    const edges = new Set<string>()
    for (const graph of analysis.success) {
      const about = aboutOf(graph)
      for (const need of graph.needs) {
        const [only] = need.alternatives
        if (need.hard !== 'yes' || need.alternatives.length !== 1 || only!.edge.waits !== 'yes') continue
        const optional = optionalOf(model, analysis, graph, only!.edge)
        if (!optional || about(only!.component)) continue
        edges.add(only!.edge.relation.id)
        if (tolerated(analysis, graph, only!.edge)) continue
        const outcome = graph.fails(new Map([[only!.component, { of: 'all', because: 'alone', facts: [] }]]))
        if (outcome.state !== 'unavailable' || outcome.choice) continue
        const hit: Hit = { graph, edge: only!.edge, optional, path: outcome.witness }
        const cause = causes.get(only!.edge.relation.id)
        if (cause) cause.push(hit)
        else causes.set(only!.edge.relation.id, [hit])
      }
    }
    // Behind something that is optional itself, what that needs is no news.
    for (const cause of causes.values()) {
      const news = cause.filter(({ path, edge }) => !path.some((step) => step.relation.id !== edge.relation.id && edges.has(step.relation.id)))
      if (news.length > 0) yield report(model, news as [Hit, ...Hit[]])
    }
  },
}

interface Hit {
  readonly graph: SuccessGraph
  readonly edge: Edge
  readonly optional: Optional
  readonly path: readonly Edge[]
}

interface Optional {
  /** Behind its name: `which is marked optional`. */
  readonly because: string
  readonly facts: readonly Fact[]
}

/** Roles without which a flow that is about something else still does what people came for. */
const OPTIONAL: ReadonlySet<string> = new Set(['recommendation', 'ads', 'analytics', 'personalisation', 'notification', 'feature-flags', 'search-suggestion'])
/** What is counted on the way. */
const COUNTED: ReadonlySet<string> = new Set(['telemetry', 'metric', 'view-count', 'recommendation'])
/** What people come for: losing it is what they would notice. */
const WANTED: ReadonlySet<string> = new Set(['money', 'inventory', 'entitlement', 'identity', 'order', 'user-content', 'message', 'file'])

function optionalOf(model: Model, analysis: Analysis, graph: SuccessGraph, edge: Edge): Optional | undefined {
  const needed = lookup(model).component(edge.needed)
  if (!needed || saysUnknown(needed.facts, 'criticality') || word(needed.facts, 'criticality') === 'critical') return undefined
  if (word(needed.facts, 'criticality') === 'optional') return { because: 'which is marked optional', facts: [known(needed.facts, 'criticality')!.fact] }
  // From here on it is a guess from what the thing is for: whoever says that the arrow is hard, or has no flows, knows better.
  const flow = graph.flow.flow
  if (!flow || ['hard', 'critical'].includes(word(edge.relation.facts, 'criticality') ?? '') || saysUnknown(needed.facts, 'role')) return undefined
  const role = word(needed.facts, 'role')
  if (role !== undefined && OPTIONAL.has(role)) return { because: `whose role is ${role}`, facts: [known(needed.facts, 'role')!.fact] }
  if (role === 'audit') return auditLater(lookup(model).component(edge.needer), needed)
  if (needed.kind === 'monitor') return { because: 'which only watches', facts: [] }
  if (role !== undefined) return undefined
  const classes = analysis.carried.on(edge.relation.id).map((data) => ({ data, class: analysis.intents.classOf(data) }))
  // What is counted is counted on the way; who reads it has come for something that is made of it.
  const reads = edge.verb.name === 'reads' || edge.verb.name === 'caches' || word(edge.relation.facts, 'op') === 'read'
  if (classes.length === 0 || !classes.every((one) => one.class !== undefined && (reads ? one.class === 'recommendation' : COUNTED.has(one.class)))) return undefined
  const wanted = graph.flow.waited.some((other) => analysis.carried.on(other.relation.id).some((data) => WANTED.has(analysis.intents.classOf(data) ?? '')))
  if (!wanted) return undefined
  const find = lookup(model)
  return {
    because: `where only ${joined(classes.map((one) => `\`${find.data(one.data)?.name ?? one.data}\` (class ${one.class})`))} goes`,
    facts: classes.flatMap((one) => known(find.data(one.data)?.facts ?? {}, 'class')?.fact ?? []),
  }
}

/** A record of who did what may have to exist before the deed; only one that says that it may follow can wait. */
function auditLater(needer: Component | undefined, audit: Component): Optional | undefined {
  if ([needer, audit].some((each) => each && saysUnknown(each.facts, 'compliance'))) return undefined
  const stating = [audit, needer].find((each) => each && !isAbsent(each.facts, 'compliance'))
  if (!stating || word(stating.facts, 'compliance') !== 'async') return undefined
  return { because: 'a record that may follow later', facts: [known(stating.facts, 'compliance')!.fact] }
}

/** Whether the flow is there for this component: it says so, starts there, or does nothing that matters beside the way to it and what is behind it. */
function aboutOf(graph: SuccessGraph): (component: string) => boolean {
  const { flow } = graph
  const facts = flow.flow?.facts ?? {}
  const named = new Set(references(facts, 'needs').map(({ id }) => id))
  const next = group(flow.waited, (edge) => edge.needer)
  const before = group(flow.waited, (edge) => edge.needed)
  return (component) => {
    if (named.has(component) || saysUnknown(facts, 'needs') || flow.entries.includes(component)) return true
    const leading = walk([component], (id) => (before.get(id) ?? []).map((edge) => ({ edge, to: edge.needer })))
    const beside = walk(flow.entries, (id) => (id === component ? [] : (next.get(id) ?? []).map((edge) => ({ edge, to: edge.needed }))))
    return [...beside.components.keys()].every((id) => leading.has(id))
  }
}

function tolerated(analysis: Analysis, graph: SuccessGraph, edge: Edge): boolean {
  const flow = graph.flow.flow
  const intent = analysis.intents.at({ relation: edge.relation.id, component: edge.needed, ...(flow && { flow: flow.id }) }, 'unavailability')
  return intent.stance === 'tolerates' || intent.withheld === true
}

function report(model: Model, hits: readonly [Hit, ...Hit[]]): Finding {
  const first = hits.reduce((best, hit) => (hit.path.length < best.path.length ? hit : best))
  const { edge, optional, path, graph } = first
  const name = `\`${nameOf(model, edge.needed)}\``
  const flows = joined(hits.map((hit) => hit.graph.flow.name))
  const waits = hits.length > 1 || !graph.flow.flow ? 'wait' : 'waits'
  const only = hits.length === 1 ? graph.flow.flow?.id : undefined
  const own = number(lookup(model).component(edge.needed)?.facts ?? {}, 'availability')
  const promised = hits.map((hit) => targetOf(hit.graph)).find((target) => target !== undefined && own !== undefined && own < target)
  const less = promised === undefined ? '' : `, and ${name} is there ${percent(own!)} of the time where ${percent(promised)} is promised`
  const all = hits.length > 1 ? `all of these ${counted(hits.length, 'flow')} fail` : graph.flow.flow ? 'all of it fails' : 'all of them fail'
  const declared = graph.flow.flow ? ` If people come for it, say so in the flow: \`needs: ${nameOf(model, edge.needed)}\`.` : ''
  return {
    at: edge.relation.origin,
    subject: { relation: edge.relation.id, component: edge.needed, ...(only !== undefined && { flow: only }) },
    message: `${sentence(flows)} ${waits} for ${name}, ${optional.because}, and nothing stands in for it (${pathOf(model, path)}): while it is down, ${all}${less}.`,
    help: `Let \`${nameOf(model, edge.needer)}\` go on without it after a short time-out: ${joined(remedies(edge).map((each) => `\`${each}\``))}.${declared}`,
    related: [...alongPath(model, path), ...hits.filter((hit) => hit !== first).slice(0, 10).map((hit) => ({ at: hit.graph.flow.at, message: `${hit.graph.flow.name} waits for it too` }))],
    facts: optional.facts,
    fixes: fixesFor(model, edge),
  }
}

/** Seconds. */
const SHORT = 0.05

/** An empty answer can stand in for a read; what changes something is only not waited for. */
function properties(edge: Edge): Readonly<Record<string, string>> {
  const { facts } = edge.relation
  const changes = edge.verb.name === 'writes' || edge.verb.name === 'locks' || (word(facts, 'op') ?? 'read') !== 'read'
  return {
    criticality: 'soft',
    ...(isAbsent(facts, 'timeout') && edge.verb.name !== 'configures' && { timeout: `${SHORT * 1000}ms` }),
    ...(!changes && isAbsent(facts, 'fallback') && { fallback: 'empty' }),
  }
}

function remedies(edge: Edge): readonly string[] {
  return Object.entries(properties(edge)).map(([property, value]) => `${property}: ${value}`)
}

function fixesFor(model: Model, edge: Edge): readonly Fix[] {
  if (edge.verb.name === 'configures') return []
  // So short a limit would give up on what waits longer itself.
  if ('timeout' in properties(edge) && lookup(model).relationsFrom(edge.needed).some(({ facts }) => (number(facts, 'timeout') ?? number(facts, 'deadline') ?? 0) > SHORT)) return []
  // All its tries together, with what else is waited for, may be longer than somebody before it waits.
  const tries = 1 + (isUnlimited(edge.relation.facts, 'retries') ? Infinity : (number(edge.relation.facts, 'retries') ?? 0))
  const others = lookup(model).relationsFrom(edge.needer).filter((other) => other !== edge.relation)
  const besides = others.reduce((sum, { facts }) => sum + (number(facts, 'deadline') ?? (number(facts, 'timeout') ?? 0) * (1 + (limit(facts, 'retries') ?? 0))), 0)
  const longest = SHORT * tries + besides
  if ('timeout' in properties(edge) && lookup(model).relationsTo(edge.needer).some(({ facts }) => word(facts, 'deadline') !== 'propagate' && (number(facts, 'timeout') ?? number(facts, 'deadline') ?? Infinity) < longest)) return []
  const edits = setOnRelation(model, edge.relation, properties(edge))
  return edits ? [{ title: `Go on without it: ${joined(remedies(edge).map((each) => `\`${each}\``))}`, edits }] : []
}
