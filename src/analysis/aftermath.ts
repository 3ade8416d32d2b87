/**
 * What happens when parts fail, get slow, are cut off or are asked for more: for each flow whether it goes on and why not, what stands in, where
 * the load goes and what that overloads, what backs up, and what is retried, repeated or lost. Computed on the success graphs of the flows and on
 * the load of the design as the failure leaves it. What the design does not say is named, and never counted as a failure.
 */
import { flag, isUnlimited, known, limit, number, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { modelAfter } from './after.ts'
import { analyseAfter, type Analysis } from './analysis.ts'
import { capacityOf, type Work } from './capacity.ts'
import { effectsOf, type Effect } from './effects.ts'
import { fallOf, type Fall, type LostNeed } from './fall.ts'
import { flowPaths, type FlowPaths } from './flows.ts'
import type { Edge } from './graph.ts'
import { STORES } from './multiplicity.ts'
import { strikeOf, type Failure, type Hit, type Strike } from './strike.ts'
import { successOf, type State, type SuccessGraph } from './success.ts'

export interface Aftermath {
  /** What the failure takes, in the order of the text. */
  readonly hits: readonly Hit[]
  readonly flows: readonly FlowAfter[]
  /** Who is asked for more than before, or can serve less; the fullest first. */
  readonly shifts: readonly Shift[]
  readonly backlogs: readonly Backlog[]
  readonly effects: readonly Effect[]
}

export interface FlowAfter {
  readonly paths: FlowPaths
  readonly state: State
  /** From the entry to what failed, where the flow is unavailable. */
  readonly witness: readonly Edge[]
  /** What that was, where the flow is unavailable. */
  readonly root?: { readonly component: string; readonly because: string }
  /** Components of it that do not work any more, each with the need that took it down; what the failure itself took has none. */
  readonly fallen: Fall['fallen']
  /** What it lost, where it is not unavailable as a whole. */
  readonly lost: readonly LostNeed[]
  /** Parts behind the answer that do not run for now: what they were to do is done later, where a broker keeps it. */
  readonly later: readonly { readonly component: string; readonly because: string; readonly broker?: string }[]
  /** Components on its way that get more than they can serve. */
  readonly overloaded: readonly Shift[]
  /** Seconds in which it does not answer, until another copy leads; `unknown` where the design does not say how long. */
  readonly pause?: number | 'unknown'
  /** Where it is unavailable: seconds after which what took it down is back, where the design says so. */
  readonly recovers?: number
  /** Calls on its way that time out because the other end is slow, or may. */
  readonly slow: readonly Slow[]
  /** What would have to be stated to be sure of this: `replicas` of `db`. */
  readonly open: readonly string[]
}

export interface Slow {
  readonly edge: Edge
  /** How many times slower. */
  readonly by: number
  /** `timeout`: even half of the calls run out of time. `tail`: only the slowest do. `waits`: all are answered, late. `unknown`: no latency or time-out is stated. */
  readonly then: 'timeout' | 'tail' | 'waits' | 'unknown'
  readonly timeout?: number
  /** The other end's p50 and p99 now, in seconds. */
  readonly p50?: number
  readonly p99?: number
}

/** Load and capacity of a component before and after, in 1/s at the peak. */
export interface Shift {
  readonly component: string
  readonly work: Work
  readonly before: number
  readonly after: number
  /** What it can serve, before and after; unset where it is not stated. */
  readonly capacityBefore?: number
  readonly capacityAfter?: number
  readonly utilisation?: number
  readonly facts: readonly Fact[]
}

/** A broker, or the log of a store, that nobody empties any more. */
export interface Backlog {
  readonly source: string
  readonly consumer: string
  readonly because: string
  /** Messages a second that come in; unset where no rate is stated. */
  readonly rate?: number
  /** Seconds until it is full or forgets, and which of the two; unset where neither is stated. */
  readonly lasts?: { readonly seconds: number; readonly until: 'full' | 'forgets' }
  /** Seconds to work off what one hour leaves, once the consumer is back; unset where its rate is not known, `never` where it cannot. */
  readonly drain?: number | 'never'
}

export function aftermathOf(model: Model, analysis: Analysis, failure: Failure): Aftermath {
  const strike = strikeOf(model, analysis.quorums, failure)
  const slow = slowness(model, analysis, failure)
  // A call that runs out of time fails like one to something that is down.
  const effective: Strike = {
    hits: strike.hits,
    severed: (edge, component) => strike.severed(edge, component) ?? (component === edge.needed && slow.get(edge.relation.id)?.then === 'timeout' ? SLOW : undefined),
  }
  const after = analyseAfter(modelAfter(model, analysis.graph, failure, effective), analysis)
  const shifts = shiftsOf(model, analysis, after, effective)
  const consumers = consumersAfter(model, analysis, effective, touchedBy(failure, strike))
  const flows = analysis.success.map((graph) => flowAfter(model, graph, effective, { shifts, consumers, slow }))
  const order = new Map(model.components.map(({ id }, index) => [id, index]))
  return {
    hits: [...strike.hits.values()].sort((a, b) => order.get(a.component)! - order.get(b.component)!),
    flows,
    shifts,
    backlogs: backlogsOf(model, after, analysis, consumers),
    effects: effectsOf(model, analysis, effective, flows),
  }
}

const SLOW = 'does not answer in time'

function slowness(model: Model, { graph }: Analysis, failure: Failure): ReadonlyMap<string, Slow> {
  const slow = new Map<string, Slow>()
  for (const [component, by] of failure.slows ?? []) {
    for (const edge of graph.neededBy(component)) {
      if (edge.waits === 'no') continue
      const facts = [edge.relation.facts, lookup(model).component(component)?.facts ?? {}]
      const at = (path: string): number | undefined => facts.map((table) => number(table, path)).find((value) => value !== undefined)
      const [p50, p99] = [at('latency.p50'), at('latency.p99')].map((value) => (value === undefined ? undefined : value * by))
      const timeout = limit(edge.relation.facts, 'timeout')
      const then =
        timeout === undefined || (p50 === undefined && p99 === undefined) ? 'unknown' : p50 !== undefined && p50 > timeout ? 'timeout' : p99 !== undefined && p99 > timeout ? 'tail' : p99 === undefined ? 'unknown' : 'waits'
      slow.set(edge.relation.id, { edge, by, then, ...(timeout !== undefined && { timeout }), ...(p50 !== undefined && { p50 }), ...(p99 !== undefined && { p99 }) })
    }
  }
  return slow
}

interface Around {
  readonly shifts: readonly Shift[]
  readonly consumers: ReadonlyMap<string, Consumer>
  readonly slow: ReadonlyMap<string, Slow>
}

function flowAfter(model: Model, graph: SuccessGraph, strike: Strike, { shifts, consumers, slow }: Around): FlowAfter {
  const { flow: paths } = graph
  const fall = fallOf(model, graph, strike)
  const reached = new Set(paths.reach.components.keys())
  const lost = fall.lost.filter(({ need }) => reached.has(need.needer) && !fall.fallen.has(need.needer)).sort((a, b) => RANK[a.then] - RANK[b.then])
  const entry = paths.entries.find((component) => fall.fallen.has(component))
  const later = laterOf(model, paths, consumers)
  const overloaded = shifts.filter((shift) => (shift.utilisation ?? 0) > 1 && shift.after > 0 && reached.has(shift.component) && !paths.entries.includes(shift.component))
  const late = paths.waited.flatMap((edge) => slow.get(edge.relation.id) ?? [])
  const noticed = lost.some(({ then, need }) => then === 'value' || then === 'branch' || then === 'part' || (then === 'stands-in' && need.meant === 'fallback'))
  const timesOut = late.some(({ then }) => then === 'tail' || then === 'waits')
  const state: State = entry !== undefined ? 'unavailable' : noticed || overloaded.length > 0 || timesOut ? 'degraded' : later.length > 0 ? 'deferred' : 'available'
  const root = entry === undefined ? undefined : fall.root(entry)
  // Only where that is known to happen by itself, or by a person in a stated time.
  const recovers = root && strike.hits.get(root.component)?.pause
  const pause = state === 'unavailable' ? undefined : pauseOf(graph, strike)
  return {
    paths,
    state,
    witness: entry === undefined ? [] : fall.trace(entry),
    ...(root && { root }),
    fallen: fall.fallen,
    lost: root ? [] : lost,
    later,
    overloaded,
    ...(pause !== undefined && { pause }),
    ...(typeof recovers === 'number' && { recovers }),
    slow: late,
    open: openOf(model, graph, strike, late),
  }
}

const RANK: Readonly<Record<LostNeed['then'], number>> = { falls: 0, part: 1, branch: 2, value: 3, 'stands-in': 4, unknown: 5 }

/** The longest of the pauses that its way makes while another copy takes over. */
function pauseOf(graph: SuccessGraph, { hits }: Strike): number | 'unknown' | undefined {
  let longest: number | 'unknown' | undefined
  for (const component of graph.flow.reach.components.keys()) {
    const pause = hits.get(component)?.pause
    if (pause === undefined || pause === 0) continue
    if (pause === 'unknown') longest ??= 'unknown'
    else if (longest === undefined || longest === 'unknown' || pause > longest) longest = pause
  }
  return longest
}

function openOf(model: Model, graph: SuccessGraph, { hits }: Strike, late: readonly Slow[]): readonly string[] {
  const find = lookup(model)
  const open = new Set<string>()
  for (const component of graph.flow.reach.components.keys()) {
    for (const path of hits.get(component)?.missing ?? []) open.add(`\`${path}\` of \`${find.component(component)?.name ?? component}\``)
  }
  for (const { edge, then, timeout } of late) {
    if (then !== 'unknown') continue
    if (timeout === undefined) open.add(`\`timeout\` of \`${find.component(edge.relation.from)?.name} → ${find.component(edge.relation.to)?.name}\``)
    open.add(`\`latency\` of \`${find.component(edge.needed)?.name ?? edge.needed}\``)
  }
  return [...open]
}

/** Somebody who works on what a broker or a change stream hands on. */
interface Consumer {
  readonly edge: Edge
  readonly component: string
  readonly because: string
}

/** Consumers that do not work any more, by themselves or with what they need. */
function consumersAfter(model: Model, analysis: Analysis, strike: Strike, roots: readonly string[]): ReadonlyMap<string, Consumer> {
  const stopped = new Map<string, Consumer>()
  const touched = reverseClosure(analysis, roots)
  const judged = new Map<string, string | undefined>()
  for (const edge of analysis.graph.edges) {
    if (edge.verb.name !== 'delivers' && edge.verb.name !== 'captures' && !startsDurable(model, strike, edge)) continue
    const consumer = edge.relation.to
    const source = lookup(model).component(edge.relation.from)
    if (!source || strike.hits.get(source.id)?.of === 'all') continue
    const severed = strike.severed(edge, edge.needed)
    if (!touched.has(consumer) && severed === undefined) continue
    if (!judged.has(consumer)) judged.set(consumer, stoppedBecause(model, analysis, strike, consumer))
    const because = severed ?? judged.get(consumer)
    if (because !== undefined) stopped.set(edge.relation.id, { edge, component: consumer, because })
  }
  return stopped
}

/** Somebody starts a workflow that remembers how far it came: it goes on when what it needs is back. */
function startsDurable(model: Model, strike: Strike, { verb, relation }: Edge): boolean {
  const started = lookup(model).component(relation.to)
  return verb.name === 'triggers' && started?.kind === 'workflow' && flag(started.facts, 'durable') === true && strike.hits.get(started.id)?.of !== 'all'
}

function touchedBy(failure: Failure, { hits }: Strike): readonly string[] {
  return [...hits.keys(), ...(failure.slows?.keys() ?? []), ...(failure.partitions ?? []).flat()]
}

/** Everything that may feel it: who needs it, and who needs those. */
function reverseClosure({ graph }: Analysis, starts: readonly string[]): ReadonlySet<string> {
  const reached = new Set(starts)
  for (const component of reached) for (const edge of graph.neededBy(component)) reached.add(edge.needer)
  return reached
}

function stoppedBecause(model: Model, { graph }: Analysis, strike: Strike, consumer: string): string | undefined {
  const component = lookup(model).component(consumer)
  if (!component) return undefined
  const own = strike.hits.get(consumer)
  if (own?.of === 'all') return own.because
  const entry: Fact = { from: 'derived', value: { type: 'reference', to: { kind: 'component', id: consumer } }, how: 'a consumer by itself' }
  const { id, name, origin, extent } = component
  const paths = flowPaths(model, graph, { id, name, title: name, origin, extent, facts: { entry }, steps: [] })
  const fall = fallOf(model, successOf(model, graph, paths), strike)
  const by = fall.fallen.get(consumer)
  if (!by) return undefined
  const failed = lookup(model).component(by.component)?.name ?? by.component
  return by.because.startsWith('the network') ? by.because : `needs \`${failed}\`, which ${by.because}`
}

function laterOf(model: Model, paths: FlowPaths, consumers: ReadonlyMap<string, Consumer>): FlowAfter['later'] {
  const found = new Map<string, FlowAfter['later'][number]>()
  for (const edge of paths.caused) {
    const stopped = consumers.get(edge.relation.id)
    if (stopped && !found.has(stopped.component) && !isOptional(model, edge)) found.set(stopped.component, { component: stopped.component, because: stopped.because, broker: keeperOf(model, edge) })
  }
  return [...found.values()]
}

/** Nobody misses for a while what such a consumer does. */
function isOptional(model: Model, { relation }: Edge): boolean {
  const said = word(relation.facts, 'criticality') ?? word(lookup(model).component(relation.to)?.facts ?? {}, 'criticality')
  return said === 'optional' || said === 'soft'
}

/** Where more comes in than before, or less can be served. */
function shiftsOf(model: Model, before: Analysis, after: Analysis, { hits }: Strike): readonly Shift[] {
  const shifts: Shift[] = []
  for (const component of model.components) {
    if (component.kind === 'client' || hits.get(component.id)?.of === 'all') continue
    const now = lookup(after.model).component(component.id)
    if (!now) continue
    const works: readonly Work[] = STORES.has(component.kind) && (known(component.facts, 'capacity.read') || known(component.facts, 'capacity.write')) ? ['reads', 'writes'] : ['all']
    for (const work of works) {
      // Limits on the way let only so much through, and what comes over a broker comes evenly.
      const [was, is] = [before.admission.component(component.id)[work].peak, after.admission.component(component.id)[work].peak]
      const [capacityBefore, capacityAfter] = [capacityOf(component, work), capacityOf(now, work)]
      const weaker = capacityBefore && capacityAfter && capacityAfter.rate < capacityBefore.rate
      if (!(is > was * 1.001 || (weaker && is > 0))) continue
      shifts.push({
        component: component.id,
        work,
        before: was,
        after: is,
        ...(capacityBefore && { capacityBefore: capacityBefore.rate }),
        ...(capacityAfter && { capacityAfter: capacityAfter.rate, ...(capacityAfter.rate > 0 && { utilisation: is / capacityAfter.rate }) }),
        facts: capacityAfter?.facts ?? [],
      })
    }
  }
  return shifts.sort((a, b) => (b.utilisation ?? 0) - (a.utilisation ?? 0))
}

function backlogsOf(model: Model, after: Analysis, before: Analysis, consumers: ReadonlyMap<string, Consumer>): readonly Backlog[] {
  const find = lookup(model)
  return [...consumers.values()].map(({ edge, component, because }): Backlog => {
    const broker = find.component(edge.relation.from)!
    const source = find.component(keeperOf(model, edge))!
    const now = after.load.relation(edge.relation.id).average
    const rate = now > 0 ? now : before.load.relation(edge.relation.id).average
    const lasts = source === broker ? lastsOf(source, rate) : undefined
    const worker = find.component(component)
    const capacity = worker && capacityOf(worker, 'all')?.rate
    const drain = rate > 0 && capacity !== undefined ? (capacity > rate ? (rate * HOUR) / (capacity - rate) : 'never') : undefined
    return { source: source.id, consumer: component, because, ...(rate > 0 && { rate }), ...(lasts && { lasts }), ...(drain !== undefined && { drain }) }
  })
}

const HOUR = 3600

/** A relay keeps nothing: the store that it reads keeps its log for it. What starts a workflow keeps nothing either: the workflow does. */
function keeperOf(model: Model, { verb, relation: { from: broker, to } }: Edge): string {
  const find = lookup(model)
  if (verb.name === 'triggers') return to
  const read = find.component(broker)?.kind === 'cdc' ? find.relationsTo(broker).find(({ verb }) => verb === 'captures') : undefined
  return read && find.component(read.from) ? read.from : broker
}

function lastsOf(source: Component, rate: number): Backlog['lasts'] | undefined {
  const { facts } = source
  const most = isUnlimited(facts, 'max-length') ? undefined : number(facts, 'max-length')
  const full = most !== undefined && rate > 0 ? most / rate : undefined
  const times = ['retention', 'max-age'].map((path) => limit(facts, path)).filter((value) => value !== undefined && Number.isFinite(value)) as number[]
  const forgets = times.length > 0 ? Math.min(...times) : undefined
  if (full !== undefined && (forgets === undefined || full < forgets)) return { seconds: full, until: 'full' }
  return forgets === undefined ? undefined : { seconds: forgets, until: 'forgets' }
}
