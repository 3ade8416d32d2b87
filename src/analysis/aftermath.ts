/**
 * What happens when parts fail, get slow, are cut off or are asked for more: for each flow whether it goes on and why not, what stands in, where
 * the load goes and what that overloads, what backs up, and what is retried, repeated or lost. Computed on the success graphs of the flows and on
 * the load of the design as the failure leaves it. What the design does not say is named, and never counted as a failure.
 */
import { known, number, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import { modelAfter, withoutScaling } from './after.ts'
import { limitIn } from './admission.ts'
import { analyseAfter, type Analysis } from './analysis.ts'
import { backlogsOf, behindAfter, isOptional, laterOf, lostOver, type Backlog, type Behind, type Later } from './backlogs.ts'
import { capacityOf, perReplica, type Work } from './capacity.ts'
import { effectsOf, type Effect } from './effects.ts'
import { deciding, fallOf, type Fall, type LostNeed, type Root } from './fall.ts'
import { uniqueFacts } from './figure.ts'
import type { FlowPaths } from './flows.ts'
import { group, type Edge } from './graph.ts'
import type { Hit } from './hit.ts'
import type { Load } from './load.ts'
import { STORES } from './multiplicity.ts'
import { exhaustedBy, slownessOf, timedOutAbove, type Exhausted, type Slow } from './slowness.ts'
import { strikeOf, type Failure, type Strike } from './strike.ts'
import type { State, SuccessGraph } from './success.ts'
import { growsBack } from './survivors.ts'

export interface Aftermath {
  /** What the failure takes, in the order of the text. */
  readonly hits: readonly Hit[]
  readonly flows: readonly FlowAfter[]
  /** Who is asked for more than before, or can serve less; the fullest first. */
  readonly shifts: readonly Shift[]
  readonly backlogs: readonly Backlog[]
  readonly effects: readonly Effect[]
  readonly exhausted: readonly Exhausted[]
}

export interface FlowAfter {
  readonly paths: FlowPaths
  readonly state: State
  /** From the entry to what failed, where the flow is unavailable. */
  readonly witness: readonly Edge[]
  /** What that was, where the flow is unavailable. */
  readonly root?: Root
  /** Components of it that do not work any more, each with the need that took it down; what the failure itself took has none. */
  readonly fallen: Fall['fallen']
  /** What it lost, where it is not unavailable as a whole. */
  readonly lost: readonly LostNeed[]
  /** Parts behind the answer that do not run for now: what they were to do is done later, where a broker keeps it. */
  readonly later: readonly Later[]
  /** Reads of a cache that nothing fills any more: it answers with what it holds. */
  readonly unfilled: readonly { readonly edge: Edge; readonly origin: string; readonly because: string }[]
  /** Arrows behind the answer over which something is lost, for nothing keeps it. */
  readonly dropped: readonly Edge[]
  /** Arrows of it that fail, and may be tried again, whatever stands in. */
  readonly failing: readonly Edge[]
  /** Components on its way whose workers all wait for what has got slow. */
  readonly exhausted: readonly Exhausted[]
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
  /** What it rests on besides the arrows: how copies replicate and take over, what is left of a capacity. */
  readonly facts: readonly Fact[]
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
  /** What one copy can serve, where it is not stated how many there are. */
  readonly each?: number
  /** Autoscaling adds copies that are not in the capacity yet (`lost` ones), or that are in it and have to be started first. */
  readonly scaling?: { readonly of: 'lost' | 'more'; /** What runs already can serve, in 1/s. */ readonly running: number; /** Seconds until they serve. */ readonly ready?: number }
  readonly facts: readonly Fact[]
}

export function aftermathOf(model: Model, analysis: Analysis, failure: Failure): Aftermath {
  const strike = strikeOf(model, analysis.quorums, failure)
  const slow = slownessOf(model, analysis, failure)
  // A call that runs out of time fails like one to something that is down.
  const effective: Strike = {
    hits: strike.hits,
    severed: (edge, component) => strike.severed(edge, component) ?? (component === edge.needed && slow.get(edge.relation.id)?.then === 'timeout' ? SLOW : undefined),
    arrives: strike.arrives,
  }
  const after = analyseAfter(modelAfter(model, analysis, failure, effective), analysis)
  const shifts = shiftsOf(model, analysis, after, effective)
  const exhausted = exhaustedBy(model, analysis, after, slow)
  const behind = behindAfter(model, analysis, after, effective, touchedBy(failure, strike))
  const flows = analysis.success.map((graph) => flowAfter(model, analysis, graph, effective, { shifts, behind, slow, exhausted }))
  const order = new Map(model.components.map(({ id }, index) => [id, index]))
  return {
    hits: [...strike.hits.values()].sort((a, b) => order.get(a.component)! - order.get(b.component)!),
    flows,
    shifts,
    backlogs: backlogsOf(model, after, analysis, behind, flows),
    effects: effectsOf(model, analysis, effective, flows, exhausted),
    exhausted,
  }
}

const SLOW = 'does not answer in time'

interface Around {
  readonly shifts: readonly Shift[]
  readonly behind: ReadonlyMap<string, Behind>
  readonly slow: ReadonlyMap<string, Slow>
  readonly exhausted: readonly Exhausted[]
}

function flowAfter(model: Model, analysis: Analysis, graph: SuccessGraph, strike: Strike, { shifts, behind, slow, exhausted }: Around): FlowAfter {
  const { flow: paths } = graph
  const fall = fallOf(model, graph, withTimeOuts(strike, paths, slow))
  const reached = new Set(paths.reach.components.keys())
  const lost = fall.lost.filter(({ need }) => reached.has(need.needer) && !fall.fallen.has(need.needer)).sort((a, b) => RANK[a.then] - RANK[b.then])
  const entry = paths.entries.find((component) => fall.fallen.has(component))
  const later = laterOf(model, paths, behind)
  const serving = new Set([...reached, ...standingIn(graph, lost)])
  const overloaded = shifts.filter((shift) => (shift.utilisation ?? 0) > 1 && shift.after > 0 && serving.has(shift.component) && !paths.entries.includes(shift.component))
  const late = paths.waited.flatMap((edge) => slow.get(edge.relation.id) ?? [])
  const noticed = lost.some(({ then, standIn, edge }) => then === 'value' || then === 'branch' || then === 'part' || (then === 'stands-in' && edge.fallback && 'component' in edge.fallback && edge.fallback.component === standIn))
  const dropped = lostOver(model, paths.caused, strike).filter((edge) => !isOptional(model, edge))
  const unfilled = unfilledIn(analysis, paths, strike, fall)
  const starved = exhausted.filter(({ component }) => reached.has(component))
  const timesOut = late.some(({ then }) => then === 'tail' || then === 'waits')
  const state: State = entry !== undefined ? 'unavailable' : noticed || overloaded.length + starved.length + dropped.length + unfilled.length > 0 || timesOut ? 'degraded' : later.length > 0 ? 'deferred' : 'available'
  const root = entry === undefined ? undefined : fall.root(entry)
  const pause = state === 'unavailable' ? undefined : pauseOf(graph, strike, lost)
  return {
    paths,
    state,
    witness: entry === undefined ? [] : fall.trace(entry),
    ...(root && { root }),
    fallen: fall.fallen,
    lost: root ? [] : lost,
    later: root ? [] : later,
    unfilled: root ? [] : unfilled,
    dropped: root ? [] : dropped,
    failing: failingIn(paths, strike, fall.lost),
    exhausted: root ? [] : starved,
    overloaded: root ? [] : overloaded,
    ...(pause !== undefined && { pause }),
    // Only where that is known to happen by itself, or by a person in a stated time.
    ...(root?.recovers !== undefined && { recovers: root.recovers }),
    slow: late,
    open: root ? [] : openOf(model, graph, strike, lost, late),
    facts: uniqueFacts([...(root ? [root.component] : lost.map(({ component }) => component)).flatMap((id) => strike.hits.get(id)?.facts ?? []), ...(root ? [] : [...overloaded, ...starved].flatMap(({ facts }) => facts))]),
  }
}

/** A miss that the flow does not name as a step of its own is fetched all the same. */
function unfilledIn({ fronts }: Analysis, paths: FlowPaths, { hits }: Strike, { fallen }: Fall): FlowAfter['unfilled'] {
  const gone = (id: string): boolean => hits.get(id)?.of === 'all' || fallen.has(id)
  return paths.waited.flatMap((edge) => {
    if (edge.verb.name !== 'reads' || gone(edge.needed)) return []
    const behind = fronts.all.filter(({ cache, reads }) => cache.id === edge.needed && reads.some(({ id }) => id === edge.relation.id))
    const [first] = behind
    if (!first || !behind.every(({ origin }) => gone(origin.id)) || behind.some(({ fills }) => fills.some(({ id }) => paths.waitsFor(id)))) return []
    return [{ edge, origin: first.origin.id, because: hits.get(first.origin.id)?.because ?? 'is down' }]
  })
}

/** Arrows that meet a loss, and those that meet a pause until another copy leads; not those that nobody gets to any more. */
function failingIn({ waited, entries }: FlowPaths, strike: Strike, lost: readonly LostNeed[]): readonly Edge[] {
  const { hits } = strike
  const found = new Set([...lost.flatMap(({ then, edge }) => (then === 'spare' ? [] : [edge])), ...waited.filter(({ needed }) => ![undefined, 0].includes(hits.get(needed)?.pause as undefined))])
  if (found.size === 0) return []
  const next = group(waited, ({ needer }) => needer)
  const asking = new Set(entries.filter((entry) => hits.get(entry)?.of !== 'all'))
  for (const component of asking) for (const edge of next.get(component) ?? []) if (strike.arrives(edge, edge.needed)) asking.add(edge.needed)
  return [...found].filter(({ needer }) => asking.has(needer))
}

/** In this flow somebody further up gives up first. */
function withTimeOuts(strike: Strike, paths: FlowPaths, slow: ReadonlyMap<string, Slow>): Strike {
  const above = slow.size === 0 ? undefined : timedOutAbove(paths, slow)
  if (!above || above.size === 0) return strike
  return { ...strike, severed: (edge, component) => strike.severed(edge, component) ?? (component === edge.needed ? above.get(edge.relation.id)?.because : undefined) }
}

/** Those that do another's work now, and what they need for it. */
function standingIn({ needs }: SuccessGraph, lost: readonly LostNeed[]): ReadonlySet<string> {
  const serving = new Set(lost.flatMap(({ then, standIn }) => (then === 'stands-in' ? [standIn!] : [])))
  if (serving.size === 0) return serving
  const byNeeder = Map.groupBy(needs, ({ needer }) => needer)
  for (const component of serving) for (const { alternatives } of byNeeder.get(component) ?? []) serving.add(alternatives[0]!.component)
  return serving
}

const RANK: Readonly<Record<LostNeed['then'], number>> = { falls: 0, part: 1, branch: 2, value: 3, 'stands-in': 4, spare: 5, unknown: 6 }

/** The longest of the pauses that its way makes while another copy, or another component, takes over. */
function pauseOf(graph: SuccessGraph, { hits }: Strike, lost: readonly LostNeed[]): number | 'unknown' | undefined {
  let longest: number | 'unknown' | undefined
  const pauses = [...graph.flow.reach.components.keys()].map((component) => hits.get(component)?.pause)
  for (const pause of [...pauses, ...lost.map(({ then, pause }) => (then === 'stands-in' ? pause : undefined))]) {
    if (pause === undefined || pause === 0) continue
    if (pause === 'unknown') longest ??= 'unknown'
    else if (longest === undefined || longest === 'unknown' || pause > longest) longest = pause
  }
  return longest
}

/** What decides whether it goes on, and is not stated. */
function openOf(model: Model, graph: SuccessGraph, { hits }: Strike, lost: readonly LostNeed[], late: readonly Slow[]): readonly string[] {
  const find = lookup(model)
  const name = (id: string): string => find.component(id)?.name ?? id
  const open = new Set<string>()
  for (const component of graph.flow.reach.components.keys()) {
    for (const path of hits.get(component)?.missing ?? []) open.add(PLACED[path]?.(name(component)) ?? `\`${path}\` of \`${name(component)}\``)
  }
  for (const { then, edge } of lost) if (then === 'unknown') open.add(deciding(model, edge))
  for (const { edge, then, missing } of late) {
    if (then !== 'unknown' && then !== 'waits') continue
    if (missing.includes('timeout')) open.add(`\`timeout\` of \`${name(edge.relation.from)} → ${name(edge.relation.to)}\``)
    if (missing.includes('latency')) open.add(`\`latency\` of \`${name(edge.needed)}\``)
  }
  return [...open]
}

/** What is said by drawing copies one by one. */
const PLACED: Readonly<Record<string, (name: string) => string>> = {
  'replica.region': (name) => `where the copies of \`${name}\` stand`,
  'replica.role': (name) => `where the leader of \`${name}\` stands`,
}

function touchedBy(failure: Failure, { hits }: Strike): readonly string[] {
  return [...hits.keys(), ...(failure.slows?.keys() ?? []), ...(failure.partitions ?? []).flat()]
}

/** Where more comes in than before, or less can be served. */
function shiftsOf(model: Model, before: Analysis, after: Analysis, { hits }: Strike): readonly Shift[] {
  const shifts: Shift[] = []
  const affected = affectedBy(model, before, after, hits)
  for (const component of model.components) {
    if (!affected.has(component.id) || component.kind === 'client' || hits.get(component.id)?.of === 'all') continue
    const now = lookup(after.model).component(component.id)
    if (!now) continue
    const works: readonly Work[] = STORES.has(component.kind) && (known(component.facts, 'capacity.read') || known(component.facts, 'capacity.write')) ? ['reads', 'writes'] : ['all']
    for (const work of works) {
      // Limits on the way let only so much through, and what comes over a broker comes evenly.
      const [was, is] = [before.admission.component(component.id)[work].peak, after.admission.component(component.id)[work].peak]
      const hit = hits.get(component.id)
      // Like with like: what a failure leaves is compared with what ran, not with what might be started.
      const usual = hit?.left === undefined ? component : withoutScaling(component)
      const [capacityBefore, capacityAfter] = [capacityOf(usual, work), capacityOf(now, work)]
      const weaker = capacityBefore && capacityAfter && capacityAfter.rate < capacityBefore.rate
      if (!(is > was * 1.01 || (weaker && is > 0))) continue
      const each = capacityAfter ? undefined : perReplica(component, work)?.rate
      const scaling = capacityAfter && scalingOf(component, work, hit?.left !== undefined, is, capacityAfter.rate)
      shifts.push({
        component: component.id,
        work,
        before: was,
        after: is,
        ...(capacityBefore && { capacityBefore: capacityBefore.rate }),
        ...(capacityAfter && { capacityAfter: capacityAfter.rate, ...(capacityAfter.rate > 0 && { utilisation: is / capacityAfter.rate }) }),
        ...(each !== undefined && { each }),
        ...(scaling && { scaling }),
        facts: capacityAfter?.facts ?? [],
      })
    }
  }
  return shifts.sort((a, b) => (b.utilisation ?? 0) - (a.utilisation ?? 0))
}

/**
 * Components of which the load may be another: those that the failure hits, and those that a flow travels which it has changed, or which shares a limit
 * with such a one that is reached: there more or less is let through of what it brings.
 */
function affectedBy(model: Model, before: Analysis, after: Analysis, hits: Strike['hits']): ReadonlySet<string> {
  const find = lookup(model)
  const affected = new Set(hits.keys())
  const [was, is] = [new Set(before.load.sources), new Set(after.load.sources)]
  const sources = new Set([...before.load.sources.filter((source) => !is.has(source)), ...after.load.sources.filter((source) => !was.has(source))])
  const reach = (id: string): void => {
    if (affected.has(id)) return
    affected.add(id)
    if (binds(find.component(id)?.facts, (load) => load.component(id).all.peak)) for (const relation of [...find.relationsTo(id), ...find.relationsFrom(id)]) share(relation.id)
  }
  const share = (relation: string): void => {
    for (const { load } of [before, after]) for (const source of load.through(relation)) sources.add(source)
  }
  /** A limit that is not reached lets everything through, now as before. */
  function binds(facts: Facts | undefined, arriving: (load: Load) => number): boolean {
    const limit = facts && (word(facts, 'role') === 'waiting-room' ? 0 : limitIn(facts))
    return limit !== undefined && [before, after].some(({ load }) => arriving(load) > limit)
  }

  for (const { paths, visits } of sources) {
    for (const entry of paths.entries) reach(entry)
    for (const { edge: { relation } } of visits.values()) {
      if (binds(relation.facts, (load) => load.relation(relation.id).peak)) share(relation.id)
      reach(relation.from)
      reach(relation.to)
    }
  }
  return affected
}

/** What autoscaling does about it, where what runs already does not suffice. */
function scalingOf(component: Component, work: Work, fewer: boolean, load: number, capacity: number): Shift['scaling'] | undefined {
  if (!growsBack(component)) return undefined
  const ready = number(component.facts, 'autoscale.ready')
  const running = fewer ? capacity : capacityOf(withoutScaling(component), work)?.rate
  if (running === undefined || load <= running) return undefined
  return { of: fewer ? 'lost' : 'more', running, ...(ready !== undefined && { ready }) }
}
