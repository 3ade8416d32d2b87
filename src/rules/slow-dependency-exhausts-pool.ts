import type { Analysis } from '../analysis/analysis.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import type { Edge } from '../analysis/graph.ts'
import { busy } from '../analysis/little.ts'
import { time } from '../analysis/staleness.ts'
import { callsOf, isGuarded, streams, workersOf, type Workers } from '../analysis/workers.ts'
import { factAt, known, number, saysUnknown } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Step } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { joined, nameOf } from './words.ts'

export const slowDependencyExhaustsPool: Rule = {
  id: 'slow-dependency-exhausts-pool',
  code: 'Z4',
  severity: 'error',
  title: 'One slow dependency takes the workers that all other work needs',
  why: 'A call that hangs holds its worker until the time-out. By Little’s law, 150 calls a second that wait for 3 s hold 450 workers: more than there are, so the requests that never needed the slow one find none either.',
  sources: [
    { title: 'Little, A Proof for the Queuing Formula: L = λW (Operations Research 1961)' },
    { title: 'Nygard, Release It! (2nd ed. 2018), Bulkheads' },
    { title: 'Microsoft Azure, Bulkhead pattern', url: 'https://learn.microsoft.com/en-us/azure/architecture/patterns/bulkhead' },
    { title: 'AWS Builders’ Library, Using dependency isolation to contain concurrency overload', url: 'https://aws.amazon.com/builders-library/dependency-isolation/' },
  ],
  needs: ['concurrency', 'replicas', 'autoscale.max', 'timeout', 'retries', 'bulkhead', 'circuit-breaker', 'concurrency-limit', 'breaker', 'latency.p50', 'rate', 'criticality', 'fallback'],
  fixable: true,
  settings: ['utilisation'],
  *check(model, analysis, { utilisation }) {
    const inTurn = askedInTurn(analysis.flows)
    for (const component of model.components) {
      const workers = workersOf(component)
      // What hands out blocks is not asked each time.
      if (!workers || factAt(component.facts, 'id-block')) continue
      const needs = needsOf(model, analysis, component, inTurn)
      const normal = needs.reduce((sum, need) => sum + need.normal, 0)
      if (normal > workers.count) yield tooFew(model, component, workers, needs, normal, utilisation)
      // A time that is said to be unknown may be so long that there are too few of them anyway.
      else if (!timeless(model, analysis, component)) for (const group of byTarget(needs)) yield* exhausted(model, analysis, component, workers, group, normal)
    }
  },
}

/** Workers that one of the component's dependencies holds. */
interface Need {
  /** Unset for its own work. */
  readonly edge?: Edge
  readonly rate: number
  readonly peaks: boolean
  readonly exact: boolean
  /** Usually; 0 where its time is not known. */
  readonly normal: number
  readonly facts: readonly Fact[]
}

/** Relations that every flow which waits for them names as a step of its own: those follow each other, others may be asked together. */
function askedInTurn(flows: readonly FlowPaths[]): ReadonlySet<string> {
  const asked = new Set(flows.flatMap(({ waited }) => waited.map(({ relation }) => relation.id)))
  for (const flow of flows) {
    const parallel = new Set(flow.flow ? together(flow.flow.steps, false) : [])
    for (const { relation } of flow.waited) {
      const open = ['criticality', 'fallback'].some((path) => saysUnknown(relation.facts, path))
      if (open || !flow.names(relation.id) || parallel.has(relation.id)) asked.delete(relation.id)
    }
  }
  return asked
}

function together(steps: readonly Step[], parallel: boolean): readonly string[] {
  return steps.flatMap((step) => (step.type === 'relation' ? (parallel ? step.relations : []) : together(step.steps, parallel || step.type === 'parallel' || step.type === 'any-of')))
}

function needsOf(model: Model, { graph, load }: Analysis, component: Component, inTurn: ReadonlySet<string>): readonly Need[] {
  const find = lookup(model)
  const own = number(component.facts, 'latency.p50')
  const arriving = load.component(component.id).all
  const mine: Need[] = own === undefined ? [] : [{ rate: arriving.peak, peaks: arriving.peaks, exact: arriving.sureness !== 'estimate', normal: busy(arriving.peak, own), facts: uniqueFacts([known(component.facts, 'latency.p50')!.fact, ...load.facts({ component: component.id })]) }]
  return [
    ...mine,
    ...graph.needs(component.id).flatMap((edge): Need[] => {
      if (edge.waits !== 'yes' || edge.relation.from !== component.id || streams(edge)) return []
      const { peak, peaks, sureness } = load.relation(edge.relation.id)
      const rate = peak / Math.max(1, callsOf(edge))
      if (!(rate > 0)) return []
      const subject = number(edge.relation.facts, 'latency.p50') !== undefined ? edge.relation.facts : (find.component(edge.needed)?.facts ?? {})
      const usual = inTurn.has(edge.relation.id) ? number(subject, 'latency.p50') : undefined
      const facts = usual === undefined ? [] : uniqueFacts([known(subject, 'latency.p50')!.fact, ...load.facts({ relation: edge.relation.id })])
      return [{ edge, rate, peaks, exact: sureness !== 'estimate', normal: usual === undefined ? 0 : busy(rate, usual), facts }]
    }),
  ]
}

function timeless(model: Model, { graph }: Analysis, component: Component): boolean {
  const find = lookup(model)
  const tables = [component.facts, ...graph.needs(component.id).flatMap(({ relation, needed }) => [relation.facts, find.component(needed)?.facts ?? {}])]
  return tables.some((facts) => saysUnknown(facts, 'latency.p50') || saysUnknown(facts, 'latency'))
}

function tooFew(model: Model, component: Component, workers: Workers, needs: readonly Need[], normal: number, utilisation: number): Finding {
  const { name } = component
  const held = needs.filter((need) => need.normal > 0).toSorted((a, b) => b.normal - a.normal)
  const parts = held.map((need) => `${whole(need.normal)} ${need.edge ? `in \`${nameOf(model, need.edge.needed)}\`` : 'in its own work'}`)
  return {
    at: component.origin,
    subject: { component: component.id },
    severity: held.every(({ exact }) => exact) ? 'error' : 'warning',
    message: `\`${name}\` has ${counted(workers.count)}, but ${held.some(({ peaks }) => peaks) ? 'at the peak ' : ''}${whole(normal)} are busy at a time with nothing wrong: ${joined(parts)}.`,
    help: `Give it at least ${Math.ceil(normal / utilisation)} workers (\`concurrency\` × \`replicas\`), or shorten what they wait for.`,
    related: held.flatMap(({ edge, rate }) => (edge ? [{ at: edge.relation.origin, message: `${shown(rate)} wait for \`${nameOf(model, edge.needed)}\`` }] : [])).slice(0, 8),
    facts: uniqueFacts([...workers.facts, ...held.flatMap(({ facts }) => facts)]),
    fixes: [],
  }
}

/** All that is asked of one dependency hangs with it. */
function byTarget(needs: readonly Need[]): readonly (readonly Need[])[] {
  const groups = new Map<string, Need[]>()
  for (const need of needs) {
    if (!need.edge) continue
    const list = groups.get(need.edge.needed)
    if (list) list.push(need)
    else groups.set(need.edge.needed, [need])
  }
  return [...groups.values()]
}

interface Hanging {
  readonly need: Need
  readonly edge: Edge
  /** How long one request waits at most, over all tries. */
  readonly each: number
  readonly tries: number
  readonly held: number
  readonly facts: readonly Fact[]
}

/** Those of its calls that nothing keeps in bounds, the one that holds most first. */
function hanging(model: Model, analysis: Analysis, group: readonly Need[], workers: Workers): readonly Hanging[] {
  const all = group.flatMap((need): Hanging[] => {
    const edge = need.edge!
    const { facts } = edge.relation
    const seconds = number(facts, 'timeout')
    if (seconds === undefined || saysUnknown(facts, 'deadline') || isGuarded(model, edge, workers)) return []
    const layer = analysis.attempts.layer(edge)
    const each = Math.min(seconds * layer.attempts, number(facts, 'deadline') ?? Infinity)
    return Number.isFinite(each) ? [{ need, edge, each, tries: layer.attempts, held: busy(need.rate, each), facts: [known(facts, 'timeout')!.fact, ...layer.facts] }] : []
  })
  return all.toSorted((a, b) => b.held - a.held || (a.edge.relation.id < b.edge.relation.id ? -1 : 1))
}

function* exhausted(model: Model, analysis: Analysis, component: Component, workers: Workers, group: readonly Need[], normal: number): Iterable<Finding> {
  const calls = hanging(model, analysis, group, workers)
  const [most] = calls
  const held = calls.reduce((sum, call) => sum + call.held, 0)
  const others = normal - calls.reduce((sum, { need }) => sum + need.normal, 0)
  if (!most || held + others <= workers.count) return
  const { edge, each, tries, need } = most
  const spares = spared(analysis, component, edge)
  if (spares.length === 0) return
  // What never asks it is the plainer witness.
  const asks = (flow: FlowPaths): number => Number(flow.waited.some(({ needed }) => needed === edge.needed))
  const ranked = spares.toSorted((a, b) => Number(promises(b)) - Number(promises(a)) || asks(a) - asks(b))
  const other = ranked[0]!
  const target = nameOf(model, edge.needed)
  const asked = calls.reduce((sum, call) => sum + call.need.rate, 0)
  const times = tries === 1 || each === number(edge.relation.facts, 'deadline') ? time(each) : `${tries} × ${time(number(edge.relation.facts, 'timeout')!)}`
  const room = (0.9 * workers.count - others) / asked / tries
  const shorter = room >= 0.001 ? `, or wait for at most ${time(roundedDown(room))}` : ''
  const part = bulkheadFor(model, need, workers)
  yield {
    at: edge.relation.origin,
    subject: { component: component.id, relation: edge.relation.id },
    severity: promises(other) ? 'error' : 'warning',
    message: `\`${component.name}\` has ${counted(workers.count)} and asks \`${target}\` ${shown(asked).replace('/s', '')} times a second${calls.some((call) => call.need.peaks) ? ' at its peak' : ''}, waiting up to ${times}: when \`${target}\` hangs, its calls would hold ${whole(held)}, so ${other.name} ${other.flow ? 'stops' : 'stop'} too, ${why(other, edge)}.`,
    help: `Keep it to a part of the workers (\`bulkhead: ${part}\`) with a \`circuit-breaker\`${shorter}.`,
    related: [
      { at: component.origin, message: `\`${component.name}\` has ${counted(workers.count)}` },
      ...calls.slice(1, 5).map((call) => ({ at: call.edge.relation.origin, message: `${whole(call.held)} more wait here` })),
      ...ranked.slice(0, 5).map(({ at, name, flow }) => ({ at, message: `${name} ${flow ? 'passes' : 'pass'} \`${component.name}\`` })),
    ],
    facts: uniqueFacts([...workers.facts, ...calls.flatMap((call) => [...call.facts, ...analysis.load.facts({ relation: call.edge.relation.id })])]),
    fixes: calls.length === 1 ? fixesFor(model, edge, part, target) : [],
  }
}

function promises({ flow }: FlowPaths): boolean {
  return flow !== undefined && ['availability', 'p99', 'latency.p99'].some((path) => known(flow.facts, path)?.fact.from === 'stated')
}

/** Flows that need the component and not this dependency, be it from here or from elsewhere, or that can go on without it. */
function spared({ flows, graph }: Analysis, component: Component, { needed }: Edge): readonly FlowPaths[] {
  // Who may need it is not said to be spared.
  if (graph.neededBy(needed).some(({ relation }) => saysUnknown(relation.facts, 'criticality') || saysUnknown(relation.facts, 'fallback'))) return []
  return flows.filter((flow) => flow.reach.has(component.id) && flow.waited.every((edge) => edge.needed !== needed || edge.hard === 'no' || flow.conditional.has(edge.relation.id)))
}

function why(flow: FlowPaths, { needed }: Edge): string {
  const asking = flow.waited.filter((edge) => edge.needed === needed)
  if (asking.length === 0) return `which do${flow.flow ? 'es' : ''} not need it`
  return asking.every((edge) => edge.hard === 'no') ? 'though it could go on without it' : 'even where it is not asked'
}

/** To one digit, never up: a person sets it as a round number. */
function roundedDown(seconds: number): number {
  const unit = 10 ** Math.floor(Math.log10(seconds))
  return Number((Math.floor(seconds / unit + 1e-9) * unit).toPrecision(3))
}

/** Twice what it holds as a rule, where that is known; else a fifth of all. */
function bulkheadFor(model: Model, { edge, rate }: Need, workers: Workers): number {
  const p99 = number(edge!.relation.facts, 'latency.p99') ?? number(lookup(model).component(edge!.needed)?.facts ?? {}, 'latency.p99')
  const wanted = p99 === undefined ? workers.count / 5 : 2 * busy(rate, p99)
  return Math.max(1, Math.min(Math.ceil(wanted), Math.floor(workers.count / 2)))
}

function fixesFor(model: Model, edge: Edge, part: number, target: string): readonly Fix[] {
  const edits = setOnRelation(model, edge.relation, { bulkhead: String(part), 'circuit-breaker': 'yes' })
  return edits ? [{ title: `Let \`${target}\` hold ${part} workers at most: \`bulkhead: ${part}, circuit-breaker: yes\``, edits }] : []
}

function counted(workers: number): string {
  return workers === 1 ? 'one worker' : `${whole(workers)} workers`
}

/** `450`, `1,000`: workers are counted in whole. */
function whole(count: number): string {
  const rounded = count < 10 ? Number(count.toPrecision(2)) : Math.round(count)
  return rounded.toLocaleString('en-GB')
}

function shown(rate: number): string {
  return formatQuantity(quantity(rate, RATE))
}
