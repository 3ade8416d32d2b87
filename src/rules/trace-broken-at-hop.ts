import type { Analysis } from '../analysis/analysis.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import type { Edge } from '../analysis/graph.ts'
import { known, list, protection, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, TextEdit } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { alone, setOnRelation, setProperties, setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { arrows, joined, listed, nameOf } from './words.ts'

export const traceBrokenAtHop: Rule = {
  id: 'trace-broken-at-hop',
  code: 'O4',
  severity: 'warning',
  title: 'Past one hop nobody can tell what became of a request',
  why: 'A trace is worth as much as its longest unbroken piece. It usually ends where a message is put into a queue, because headers are not passed on by themselves, and from there on "what happened to this order" is answered by searching logs for a time and a guess.',
  sources: [
    { title: 'W3C Recommendation, Trace Context', url: 'https://www.w3.org/TR/trace-context/' },
    { title: 'OpenTelemetry, Semantic conventions for messaging systems', url: 'https://opentelemetry.io/docs/specs/semconv/messaging/' },
    { title: 'Beyer et al., Site Reliability Engineering (2016), ch. 6, Monitoring Distributed Systems', url: 'https://sre.google/sre-book/monitoring-distributed-systems/' },
  ],
  needs: ['trace', 'carries', 'observability', 'monitored-by', 'alarm', 'availability', 'p99'],
  fixable: true,
  *check(model, analysis) {
    const told = new Set<string>()
    for (const flow of analysis.flows) {
      const broken = breaksOf(model, flow).filter(({ edge }) => !told.has(edge.relation.id))
      for (const { edge } of broken) told.add(edge.relation.id)
      if (broken.length > 0) yield ended(model, flow, broken as [Break, ...Break[]])
    }
    yield* unwatched(model, analysis)
    yield* unheard(model)
  },
}

/** A hop that does not pass on the trace that came in. */
interface Break {
  readonly edge: Edge
  /** One that does, right before it or beside it. */
  readonly traced: Edge
  readonly fact: Fact
}

const SERVICES: ReadonlySet<string> = new Set(['service', 'function', 'worker', 'stream-processor'])
const BROKERS: ReadonlySet<string> = new Set(['queue', 'log', 'topic'])
/** What can take a trace up or hand it on. A database and a third party end it anyway. */
const OURS: ReadonlySet<string> = new Set([...SERVICES, ...BROKERS, 'gateway', 'workflow', 'batch'])
const HOPS: ReadonlySet<string> = new Set(['calls', 'routes', 'publishes', 'delivers', 'triggers'])
/** Where it is worth speaking of a trace at all. */
const FEW = 3

function breaksOf(model: Model, flow: FlowPaths): readonly Break[] {
  const find = lookup(model)
  const edges = [...flow.waited, ...flow.caused]
  const services = new Set(edges.flatMap(({ relation }) => [relation.from, relation.to]).filter((id) => SERVICES.has(find.component(id)?.kind ?? '')))
  if (services.size < FEW) return []
  const into = new Map<string, Edge>()
  const outOf = new Map<string, Edge>()
  for (const edge of edges) {
    if (carries(model, edge) !== 'yes') continue
    if (!into.has(edge.relation.to)) into.set(edge.relation.to, edge)
    if (!outOf.has(edge.relation.from)) outOf.set(edge.relation.from, edge)
  }
  return edges.flatMap((edge): Break | [] => {
    const { from, to, verb } = edge.relation
    if (!HOPS.has(verb) || !OURS.has(find.component(to)?.kind ?? '') || !OURS.has(find.component(from)?.kind ?? '') || carries(model, edge) !== 'no') return []
    const traced = into.get(from) ?? outOf.get(from)
    return traced ? { edge, traced, fact: saying(model, traced) } : []
  })
}

/** Stated on the arrow or on who sends; a mesh or agent does it everywhere. */
function carries(model: Model, { relation }: Edge): 'yes' | 'no' | 'unknown' {
  const ends = [relation.from, relation.to].map((id) => lookup(model).component(id)?.facts ?? {})
  const said = [relation.facts, ...ends]
  if (saysUnknown(relation.facts, 'trace') || saysUnknown(relation.facts, 'carries') || ends.some((facts) => saysUnknown(facts, 'trace') || saysUnknown(facts, 'observability'))) return 'unknown'
  if (said.some((facts) => word(facts, 'observability') === 'everywhere')) return 'yes'
  const own = word(relation.facts, 'trace')
  if (own !== undefined) return own === 'propagate' ? 'yes' : 'no'
  if (words(relation.facts, 'carries')?.some((name) => /trace/.test(name))) return 'yes'
  return word(ends[0]!, 'trace') === 'propagate' ? 'yes' : 'no'
}

function saying(model: Model, { relation }: Edge): Fact {
  const from = lookup(model).component(relation.from)?.facts ?? {}
  const to = lookup(model).component(relation.to)?.facts ?? {}
  return (known(relation.facts, 'trace') ?? known(relation.facts, 'carries') ?? known(from, 'trace') ?? known(from, 'observability') ?? known(to, 'observability'))!.fact
}

/** Who does the work: of what a broker takes, those to whom it hands it. */
function receivers(model: Model, component: string): readonly string[] {
  const to = lookup(model).component(component)!
  const behind = BROKERS.has(to.kind) ? lookup(model).relationsFrom(to.id).flatMap(({ verb, to }) => (verb === 'delivers' ? [nameOf(model, to)] : [])) : []
  return behind.length > 0 ? behind : [to.name]
}

function ended(model: Model, flow: FlowPaths, broken: readonly [Break, ...Break[]]): Finding {
  const [{ edge, fact }, ...rest] = broken
  const promises = flow.flow !== undefined && ['availability', 'p99', 'p999', 'p95'].some((path) => known(flow.flow!.facts, path))
  const to = lookup(model).component(edge.relation.to)!
  const behind = [...new Set(broken.flatMap(({ edge: { relation } }) => receivers(model, relation.to)))]
  const who = listed(behind)
  const others = [...new Set(rest.map(({ edge: { relation } }) => arrows(model, [relation.from, relation.to])))]
  const from = BROKERS.has(lookup(model).component(edge.relation.from)?.kind ?? '')
  return {
    at: edge.relation.origin,
    subject: { relation: edge.relation.id, component: edge.relation.from },
    severity: promises ? 'warning' : 'info',
    message: `The trace of ${flow.name} ends at ${arrows(model, [edge.relation.from, edge.relation.to])}${others.length > 0 ? `, and at ${joined(others)}` : ''}, while others pass it on: what ${who} ${behind.length > 1 ? 'do' : 'does'} cannot be tied to the request that caused it.`,
    help: `${BROKERS.has(to.kind) || from ? 'Put `traceparent` into the headers of the message, and take it up where the message is read' : 'Pass `traceparent` on with the call'} (\`trace: propagate\`).`,
    related: broken.flatMap(({ edge: { relation }, traced }) => [
      { at: traced.relation.origin, message: `the trace goes along from \`${nameOf(model, traced.relation.from)}\` to \`${nameOf(model, traced.relation.to)}\`` },
      ...(relation === edge.relation ? [] : [{ at: relation.origin, message: 'it ends here as well' }]),
    ]).slice(0, 8),
    facts: [fact],
    fixes: traceFix(model, broken),
  }
}

/** On all hops at once, where each stands alone in its statement. */
function traceFix(model: Model, broken: readonly Break[]): readonly Fix[] {
  if (broken.length > 1 && !broken.every(({ edge }) => alone(model, edge.relation))) return []
  const edits: TextEdit[] = []
  for (const { edge } of broken) {
    const own = setOnRelation(model, edge.relation, { trace: 'propagate' })
    if (!own) return []
    edits.push(...own)
  }
  return [{ title: 'Pass the trace on: `trace: propagate`', edits }]
}

/** What alone takes a flow down that promises to be there, and that nobody watches, in a design that watches others. */
function* unwatched(model: Model, { exposures }: Analysis): Iterable<Finding> {
  const find = lookup(model)
  const watching = model.relations.filter(({ verb }) => verb === 'observes')
  const watched = new Set(watching.map(({ to }) => to))
  for (const component of model.components) if (protection(component.facts, 'monitored-by') !== false || word(component.facts, 'observability') === 'everywhere' || saysUnknown(component.facts, 'observability')) watched.add(component.id)
  // What stands in a container that is observed by its members only is not known to be left out: a few arrows stand for many.
  if (watching.length + model.components.filter(({ facts }) => known(facts, 'monitored-by')).length < 2) return
  const seen = new Set<string>()
  for (const { component: id, graph } of exposures) {
    const component = id === undefined ? undefined : find.component(id)
    const { flow } = graph.flow
    if (!component || !flow || !known(flow.facts, 'availability') || watched.has(component.id) || seen.has(component.id) || component.kind === 'external') continue
    seen.add(component.id)
    const monitor = watching[0] && find.component(watching[0].from)
    yield {
      at: component.origin,
      subject: { component: component.id },
      severity: 'info',
      message: `${monitor ? `\`${monitor.name}\` watches others` : 'Others are watched'}, but nothing watches \`${component.name}\`, without which "${flow.title}" is down.`,
      help: `Watch it as well${monitor ? ` (\`${monitor.name} -> ${component.name} : observes\`)` : ' (`monitored-by`)'}.`,
      related: watching.slice(0, 3).map(({ origin, to }) => ({ at: origin, message: `\`${nameOf(model, to)}\` is watched` })),
      facts: [known(flow.facts, 'availability')!.fact],
      fixes: monitor && model.components.filter(({ name }) => name === monitor.name).length === 1 ? [{ title: `Say that \`${monitor.name}\` watches it`, edits: setProperties(component, { 'monitored-by': monitor.name }) }] : [],
    }
  }
}

/** A queue or log that falls behind without anybody being told, while others have an alarm. What holds failed messages is another rule’s matter. */
function* unheard(model: Model): Iterable<Finding> {
  const find = lookup(model)
  const lanes = model.components.filter((component) => BROKERS.has(component.kind) && find.relationsFrom(component.id).some(({ verb, to }) => verb === 'delivers' && !BROKERS.has(find.component(to)!.kind)) && !find.relationsTo(component.id).some(({ verb }) => verb === 'dead-letters'))
  const alarmed = lanes.filter((lane) => places(model, lane).some(({ facts }) => rings(facts)))
  const [example] = alarmed
  if (!example) return
  for (const lane of lanes) {
    if (alarmed.includes(lane) || places(model, lane).some(({ facts }) => known(facts, 'alarm') !== undefined || saysUnknown(facts, 'alarm') || saysUnknown(facts, 'observability') || word(facts, 'observability') === 'everywhere')) continue
    yield {
      at: lane.origin,
      subject: { component: lane.id },
      severity: 'info',
      message: `\`${example.name}\` has an alarm for what waits, and \`${lane.name}\` has none: when its consumers fall behind, nobody is told.`,
      help: 'Let the age of the oldest message wake somebody (`alarm: age`).',
      related: [{ at: example.origin, message: `\`${example.name}\` has one` }],
      facts: places(model, example).flatMap(({ facts }) => (known(facts, 'alarm') ? [known(facts, 'alarm')!.fact] : [])),
      fixes: [{ title: 'Let somebody be told: `alarm: age`', edits: setProperty(lane, 'alarm', 'age') }],
    }
  }
}

/** Where an alarm on a lane can be said: on itself, on its deliveries, on who reads it. */
function places(model: Model, lane: Component): readonly Pick<Component, 'facts'>[] {
  const find = lookup(model)
  const deliveries = find.relationsFrom(lane.id).filter(({ verb }) => verb === 'delivers')
  return [lane, ...deliveries, ...deliveries.flatMap(({ to }) => find.component(to) ?? [])]
}

function rings(facts: Component['facts']): boolean {
  return (list(facts, 'alarm') ?? []).some((value) => ['age', 'lag', 'depth'].includes(value.type === 'word' ? value.word : value.type === 'call' ? value.name : ''))
}
