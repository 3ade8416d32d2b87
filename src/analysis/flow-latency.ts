/**
 * How long a flow takes (NUMBERS M12 to M15): what it takes at least, whatever else is true, and what it takes by estimate, with the hops that make
 * most of it. What is not stated counts as nothing in both, so that each is too small rather than too large, and is named.
 */
import { flag, known, number } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { capacityOf } from './capacity.ts'
import { hedgedLatency, parallelLatency, slowestOf } from './fan-out.ts'
import { uniqueFacts } from './figure.ts'
import type { FlowPaths } from './flows.ts'
import type { Graph } from './graph.ts'
import { momentsOf, NO_TIME, percentilesOf, quantileOf, quantileOfMixture, quantileOfMoments, shareOfMoments, sumOfMoments, type Moments, type Percentiles } from './latency.ts'
import type { Load } from './load.ts'
import { multiplicitiesOf } from './multiplicity.ts'
import { outcomesOf, type Outcome } from './outcomes.ts'
import { slowdown } from './queueing.ts'
import { hopsIn, waitsOf, type Branch, type Calls, type Hop, type Wait, type Waits } from './waits.ts'

export interface FlowLatency {
  readonly flow: FlowPaths
  /** What it waits for, each once, in order. */
  readonly hops: readonly Hop[]
  /** Those that every run meets. */
  readonly always: readonly Hop[]
  /** What to state so that the estimate becomes whole: `` `latency` of `ledger` ``. */
  readonly missing: readonly string[]
  /**
   * What the share q of all requests cannot stay below: round trips, commits and medians on the way that takes longest, or the q-th percentile of one
   * hop alone. `stated` leaves out what is only known by default. Exact where its facts are.
   */
  atLeast(q: number, stated?: boolean): Floor
  /** The q-th percentile by estimate, of what is known. */
  estimate(q: number, as?: Assumed): Estimate
  /** What is asked many times, or of many, at the same time. */
  readonly fanOuts: readonly FanOut[]
}

export interface Assumed {
  /** Each fan-out were one call. */
  readonly single?: boolean
  /** This relation's calls were hedged at their p95. */
  readonly hedged?: string
}

export interface FanOut {
  /** The relations: one that is asked n times, or n that are asked once. */
  readonly relations: readonly string[]
  readonly n: number
  /** How many must answer. */
  readonly needed: number
  readonly hedged: boolean
  /** Of one of the calls, where it is known. */
  readonly leaf?: Percentiles
  /** Every request meets it. */
  readonly always: boolean
  readonly facts: readonly Fact[]
}

export interface Floor {
  /** Seconds. */
  readonly seconds: number
  /** The critical path: what adds up to it, and how often, in order. */
  readonly parts: readonly Part[]
  readonly facts: readonly Fact[]
}

export interface Part {
  readonly hop: Hop
  readonly seconds: number
  readonly times: number
}

export interface Estimate {
  readonly seconds: number
  /** `bound`: something that adds to it is unknown. */
  readonly sureness: 'estimate' | 'bound'
  /** The hops that contribute most, the largest first. */
  readonly top: readonly Hop[]
  readonly facts: readonly Fact[]
}

export interface FlowLatencies {
  of(flow: string): FlowLatency | undefined
  /** How many times longer a component's stated latency becomes by its load, where it was measured without (M6); 1 otherwise. */
  waiting(component: Component): number
}

export function flowLatenciesOf(model: Model, graph: Graph, flows: readonly FlowPaths[], load: Load): FlowLatencies {
  const multiplicities = multiplicitiesOf(model, graph)
  const byId = new Map(flows.map((flow) => [flow.id, flow]))
  const made = new Map<string, FlowLatency>()
  const loaded = loadedTimes(model, load)
  return {
    of(id) {
      const flow = byId.get(id)
      if (!flow) return undefined
      const found = made.get(id) ?? flowLatency(flow, waitsOf(model, flow, multiplicities), loaded)
      made.set(id, found)
      return found
    },
    waiting: (component) => waitingAt(component, load),
  }
}

function flowLatency(flow: FlowPaths, waits: Waits, loaded: (hop: Hop) => Percentiles | undefined): FlowLatency {
  const unknown = waits.hops.filter((hop) => hop.of === 'component' && (hop.p50 === undefined || hop.p99 === undefined))
  let fanOuts: readonly FanOut[] | undefined
  let missing: readonly string[] | undefined
  let routes: ReturnType<typeof routesOf> | undefined
  // A target that enough take shows in the percentile by itself.
  const routesAt = (q: number): ReturnType<typeof routesOf> => (routes ??= routesOf(waits)).filter((targets) => targets.some(({ share }) => share / 2 < 1 - q))
  // Figures, axes and rules ask for the same percentiles.
  let outcomes: readonly Outcome[] | 'many' | undefined
  const floors = new Map<string, Floor>()
  const estimates = new Map<number, Estimate>()
  return {
    flow,
    hops: waits.hops,
    always: hopsIn(waits.root, () => false),
    get missing() {
      return (missing ??= [...unknown.map(({ name }) => `\`latency\` of \`${name}\``), ...waits.missing, ...(waits.choices.length > 0 && isUndecided(waits, momentsAlong(waits, new Set(), {}, loaded)) ? ['how often each of an `any-of` is taken'] : [])])
    },
    atLeast(q, stated = false) {
      const key = `${q} ${stated}`
      let floor = floors.get(key)
      if (!floor) floors.set(key, (floor = leastOf(q, stated)))
      return floor
    },
    get fanOuts() {
      return (fanOuts ??= fanOutsOf(waits, loaded))
    },
    estimate(q, as) {
      if (as) return estimated(q, as)
      let estimate = estimates.get(q)
      if (!estimate) estimates.set(q, (estimate = estimated(q, {})))
      return estimate
    },
  }

  function leastOf(q: number, stated: boolean): Floor {
    const along = ways(waits, (share) => share / 2 >= 1 - q).map(({ taken }) => floorOf(waits, taken, stated))
    const routed = routesAt(q).map((targets) => targets.map(({ taken }) => floorOf(waits, taken, stated)).reduce((least, each) => (each.seconds < least.seconds ? each : least)))
    return [...along, ...routed, ...slowestAlone(waits, q, stated)].reduce((most, each) => (each.seconds > most.seconds ? each : most))
  }

  function estimated(q: number, as: Assumed): Estimate {
    const found = (outcomes ??= outcomesOf(waits.branches, MOST_OUTCOMES) ?? 'many') === 'many' ? worstWay(q, as) : together(outcomes, q, as)
    const met = hopsIn(waits.root, ({ id }) => found.taken.has(id))
    const isOpen = (hops: readonly Hop[]): boolean => hops.some((hop) => hop.of === 'component' && !loaded(hop))
    const open = waits.missing.length > 0 || found.undecided || isOpen(met) || found.also.some((taken) => isOpen(hopsIn(waits.root, ({ id }) => taken.has(id))))
    const weigh = (hop: Hop): number => quantileOr(loaded(hop), q) ?? hop.p50 ?? 0
    const weighed = met.map((hop) => ({ hop, weight: weigh(hop) })).filter(({ weight }) => weight > 0)
    return {
      seconds: found.seconds,
      sureness: open ? 'bound' : 'estimate',
      top: weighed.toSorted((a, b) => b.weight - a.weight || (a.hop.name < b.hop.name ? -1 : 1)).map(({ hop }) => hop),
      facts: uniqueFacts(weighed.flatMap(({ hop }) => hop.facts)),
    }
  }

  /** All ways that requests take, each by its share. */
  function together(all: readonly Outcome[], q: number, as: Assumed): Found {
    const parts = all.map(({ taken, share }) => {
      const moments = momentsAlong(waits, taken, as, loaded)
      return { taken, share, moments: moments.get(waits.root)!, undecided: isUndecided(waits, moments) }
    })
    const seconds = quantileOfMixture(parts, q)
    const slow = parts.map((part) => ({ ...part, above: part.share * (1 - shareOfMoments(part.moments, seconds)) }))
    const most = slow.reduce((worst, each) => (each.above > worst.above ? each : worst))
    // A way that so few take that the percentile hardly depends on it may be open.
    const also = parts.filter(({ taken, share }) => taken !== most.taken && share >= 1 - q).map(({ taken }) => taken)
    return { seconds, taken: most.taken, also, undecided: parts.some((part) => part.undecided && part.share >= 1 - q) }
  }

  /** Of too many ways, the one that takes longest: a (1 − q)/p part of those that the share p takes is as slow as the slowest 1 − q of all. */
  function worstWay(q: number, as: Assumed): Found {
    const along = (taken: ReadonlySet<string>, share: number): Found => {
      const moments = momentsAlong(waits, taken, as, loaded)
      return { seconds: quantileOfMoments(moments.get(waits.root)!, 1 - (1 - q) / share), taken, also: [], undecided: isUndecided(waits, moments) }
    }
    const found = [
      ...ways(waits, (share) => share >= 1 - q).map(({ taken, share }) => along(taken, share)),
      // Whichever target a request takes, it is no faster than by the fastest.
      ...routesAt(q).map((targets) => targets.map(({ taken }) => along(taken, 1)).reduce((least, each) => (each.seconds < least.seconds ? each : least))),
    ]
    return found.reduce((worst, each) => (each.seconds > worst.seconds ? each : worst))
  }
}

interface Found {
  readonly seconds: number
  /** The way that is slow most often, and others that count. */
  readonly taken: ReadonlySet<string>
  readonly also: readonly ReadonlySet<string>[]
  readonly undecided: boolean
}

/** Each costs as much as the whole flow. */
const MOST_OUTCOMES = 32

/** It depends on which of several is taken, and nobody says. */
function isUndecided({ choices }: Waits, moments: ReadonlyMap<Wait, Moments>): boolean {
  return choices.some(({ of }) => {
    const times = of.map((each) => quantileOfMoments(moments.get(each)!, 0.99))
    return Math.max(...times) > 1.01 * Math.min(...times)
  })
}

/** As much as is known: the estimate, or, where something that belongs to it is unknown, the most that is certain, whichever is more. */
export function knownOf(latency: FlowLatency, q: number): Pick<Estimate, 'seconds' | 'sureness'> {
  const { seconds, sureness } = latency.estimate(q)
  return sureness === 'bound' ? { seconds: Math.max(seconds, latency.atLeast(q).seconds), sureness } : { seconds, sureness }
}

function quantileOr(times: Percentiles | undefined, q: number): number | undefined {
  return times && quantileOf(times, q)
}

interface Way {
  readonly taken: ReadonlySet<string>
  readonly share: number
}

/** The way that all take, and the ways into branches that enough take for the percentile to depend on them. */
function ways({ branches }: Waits, enough: (share: number) => boolean): readonly Way[] {
  const found: Way[] = [{ taken: new Set(), share: 1 }]
  if (branches.length === 0) return found
  const along = (chain: readonly Branch[]): Way => ({ taken: new Set(chain.map(({ id }) => id)), share: chain.reduce((share, branch) => share * branch.share, 1) })
  const candidates = branches.map(along).filter(({ share }) => enough(share))
  found.push(...candidates.sort((a, b) => b.share - a.share).slice(0, MOST_WAYS))
  // Branches that are independent of each other are also met together; of the targets of a router only one is.
  let together: Way = found[0]!
  const routed = new Map<string, string>()
  for (const branch of branches.toSorted((a, b) => along(b).share - along(a).share).slice(0, MOST_WAYS)) {
    const targets = branch.flatMap(({ router, id }) => (router === undefined ? [] : [[router, id] as const]))
    if (targets.some(([router, id]) => (routed.get(router) ?? id) !== id)) continue
    const chain = along(branch)
    const next = { taken: new Set([...together.taken, ...chain.taken]), share: together.share * chain.share }
    if (!enough(next.share)) continue
    together = next
    for (const [router, id] of targets) routed.set(router, id)
  }
  return [...found, together]
}

const MOST_WAYS = 24

/** Where the targets of a router take all that comes between them: for each router the ways by its targets, of which every request takes one. */
function routesOf({ branches }: Waits): readonly (readonly Way[])[] {
  if (branches.length === 0) return []
  const routers = new Map<string, Map<string, number>>()
  for (const [first, ...more] of branches) {
    if (first?.router === undefined || more.length > 0) continue
    const targets = routers.get(first.router) ?? new Map<string, number>()
    routers.set(first.router, targets.set(first.id, first.share))
  }
  return [...routers.values()].flatMap((targets) => {
    const all = [...targets.values()].reduce((sum, share) => sum + share, 0)
    return targets.size <= MOST_WAYS && all >= 1 - 1e-9 ? [[...targets].map(([id, share]) => ({ taken: new Set([id]), share }))] : []
  })
}

/** The least that a way takes: series add, of what goes on at the same time the longest counts, of a choice the shortest. */
function floorOf({ root, nodes }: Waits, taken: ReadonlySet<string>, stated: boolean): Floor {
  interface Least {
    readonly seconds: number
    readonly of: readonly (Least | Hop)[]
    readonly times: number
  }
  const none: Least = { seconds: 0, of: [], times: 1 }
  const made = new Map<Wait, Least>()
  const least = (wait: Wait): Least => made.get(wait)!
  const compute = (wait: Wait): Least => {
    switch (wait.type) {
      case 'hop': {
        const counts = !stated || wait.hop.facts.every(isStated)
        return counts && wait.hop.p50 !== undefined ? { seconds: wait.hop.p50, of: [wait.hop], times: 1 } : none
      }
      case 'series': {
        const of = wait.of.map(least).filter(({ seconds }) => seconds > 0)
        return { seconds: of.reduce((sum, { seconds }) => sum + seconds, 0), of, times: 1 }
      }
      case 'parallel':
      case 'unordered':
        return wait.of.map(least).reduce((most, each) => (each.seconds > most.seconds ? each : most), none)
      case 'choice': {
        const of = wait.of.map(least)
        return of.length === 0 ? none : of.reduce((fewest, each) => (each.seconds < fewest.seconds ? each : fewest))
      }
      case 'branch':
        return wait.branch.share >= 1 || taken.has(wait.branch.id) ? least(wait.of) : none
      case 'calls': {
        const inner = least(wait.of)
        if (wait.calls.longest !== undefined && inner.seconds > wait.calls.longest) return none
        // The first of several that answer is faster than each of them is as a rule.
        if (2 * wait.calls.needed <= wait.calls.parallel) return none
        if (inner.seconds > hedgedFrom(wait.calls)) return none
        return { seconds: inner.seconds * wait.calls.sequential, of: [inner], times: wait.calls.sequential }
      }
    }
  }
  for (const wait of nodes) made.set(wait, compute(wait))
  const found = least(root)
  const parts = new Map<string, Part>()
  const open: (readonly [Least | Hop, number])[] = [[found, 1]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [each, times] = next
    if ('name' in each) {
      const key = `${each.of} ${each.name}`
      const before = parts.get(key)
      parts.set(key, { hop: each, seconds: (before?.seconds ?? 0) + each.p50! * times, times: (before?.times ?? 0) + times })
    } else for (const inner of each.of.toReversed()) open.push([inner, times * each.times])
  }
  const list = [...parts.values()]
  return { seconds: found.seconds, parts: list, facts: uniqueFacts(list.flatMap(({ hop }) => hop.facts)) }
}

/** A second request that is sent before half of the first have come back may come back before them. */
function hedgedFrom({ hedge, edge }: Calls): number {
  if (!hedge) return Infinity
  return 'seconds' in hedge ? hedge.seconds : known(edge.relation.facts, 'hedge.after') && hedge.share >= 0.5 ? Infinity : 0
}

function isStated(fact: Fact): boolean {
  return fact.from !== 'default'
}

const NAMES: Readonly<Record<number, 'p50' | 'p95' | 'p99' | 'p999'>> = { 0.5: 'p50', 0.95: 'p95', 0.99: 'p99', 0.999: 'p999' }

/** All requests that meet a hop have its own percentile in them, whatever the rest does. */
function slowestAlone({ root }: Waits, q: number, stated: boolean): readonly Floor[] {
  const name = NAMES[q]
  if (name === undefined) return []
  const found: Floor[] = []
  const seen = new Set<Wait>()
  const open: (readonly [Wait, number])[] = [[root, Infinity]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [wait, longest] = next
    if (wait.type === 'hop') {
      const seconds = wait.hop[name]
      if (seconds !== undefined && seconds <= longest && (!stated || wait.hop.facts.every(isStated)))
        found.push({ seconds, parts: [{ hop: wait.hop, seconds, times: 1 }], facts: wait.hop.facts })
      continue
    }
    if (seen.has(wait) || wait.type === 'choice' || (wait.type === 'branch' && wait.branch.share < 1)) continue
    seen.add(wait)
    // What is hedged, or may be missing, does not show its own tail.
    if (wait.type === 'calls') {
      if (!wait.calls.hedge && wait.calls.needed >= wait.calls.parallel) open.push([wait.of, Math.min(longest, wait.calls.longest ?? Infinity)])
    } else if (wait.type === 'branch') open.push([wait.of, longest])
    else for (const each of wait.of.toReversed()) open.push([each, longest])
  }
  return found
}

/** Of each part of the tree, as far as its branches are taken. */
function momentsAlong({ nodes }: Waits, taken: ReadonlySet<string>, as: Assumed, loaded: (hop: Hop) => Percentiles | undefined): ReadonlyMap<Wait, Moments> {
  const made = new Map<Wait, Moments>()
  const moments = (wait: Wait): Moments => made.get(wait)!
  const slow = (each: Moments): number => quantileOfMoments(each, 0.99)
  const compute = (wait: Wait): Moments => {
    switch (wait.type) {
      case 'hop': {
        const times = loaded(wait.hop)
        if (times) return momentsOf(times)
        return wait.hop.p50 === undefined ? NO_TIME : { mean: 0, variance: 0, fixed: wait.hop.p50 }
      }
      case 'series':
      case 'unordered':
        return sumOfMoments(wait.of.map(moments))
      case 'parallel': {
        const all = wait.of.map(moments)
        if (!as.single && all.length > 1) return momentsOf(slowestOf(all.map(percentilesOf)))
        return all.reduce((most, each) => (slow(each) > slow(most) ? each : most), NO_TIME)
      }
      case 'choice':
        if (wait.shares) return mixed(wait.of.map((each, at) => ({ share: wait.shares![at]!, moments: moments(each) })))
        return wait.of.length === 0 ? NO_TIME : wait.of.map(moments).reduce((least, each) => (slow(each) < slow(least) ? each : least))
      case 'branch':
        return wait.branch.share >= 1 || taken.has(wait.branch.id) ? moments(wait.of) : NO_TIME
      case 'calls':
        return asked(moments(wait.of), wait.calls, as)
    }
  }
  for (const wait of nodes) made.set(wait, compute(wait))
  return made
}

/** One of several, each in its share of the runs. */
function mixed(parts: readonly { readonly share: number; readonly moments: Moments }[]): Moments {
  return momentsOf({ p50: quantileOfMixture(parts, 0.5), p99: quantileOfMixture(parts, 0.99) })
}

/** One arrow's calls: hedged, at the same time, cut off by the time-out, one after the other. */
function asked(each: Moments, calls: Calls, as: Assumed): Moments {
  const hedge = calls.hedge ?? (as.hedged === calls.edge.relation.id ? { share: 0.95 } : undefined)
  let times = percentilesOf(each)
  let found = each
  if (hedge && times.p99 > times.p50) found = momentsOf((times = hedgedLatency(times, 'seconds' in hedge ? hedge.seconds : quantileOf(times, hedge.share))))
  if (!as.single && calls.parallel > 1) found = momentsOf((times = parallelLatency(times, Math.min(calls.parallel, MOST_CALLS), Math.min(calls.needed, MOST_CALLS))))
  if (calls.longest !== undefined && times.p99 > calls.longest) found = momentsOf({ p50: Math.min(times.p50, calls.longest), p99: calls.longest })
  return calls.sequential === 1 ? found : { mean: found.mean * calls.sequential, variance: found.variance * calls.sequential, fixed: found.fixed * calls.sequential }
}

function fanOutsOf(waits: Waits, loaded: (hop: Hop) => Percentiles | undefined): readonly FanOut[] {
  const found: FanOut[] = []
  const seen = new Set<Wait>()
  let moments: ReadonlyMap<Wait, Moments> | undefined
  const leafOf = (wait: Wait): Percentiles | undefined => {
    if (hopsIn(wait, () => false).some((hop) => hop.of === 'component' && !loaded(hop))) return undefined
    moments ??= momentsAlong(waits, new Set(), {}, loaded)
    return percentilesOf(moments.get(wait)!)
  }
  const open: (readonly [Wait, boolean])[] = [[waits.root, true]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [wait, always] = next
    if (seen.has(wait) || wait.type === 'hop') continue
    seen.add(wait)
    if (wait.type === 'branch') open.push([wait.of, always && wait.branch.share >= 1])
    else if (wait.type === 'calls') {
      const { edge, parallel: n, needed, hedge, facts } = wait.calls
      const leaf = n > 1 ? leafOf(wait.of) : undefined
      if (n > 1) found.push({ relations: [edge.relation.id], n, needed, hedged: hedge !== undefined, always, facts, ...(leaf && { leaf }) })
      open.push([wait.of, always])
    } else {
      if (wait.type === 'parallel' && wait.of.length > 1) {
        const relations = wait.of.flatMap((each) => hopsIn(each, () => false)[0]?.relation ?? [])
        found.push({ relations, n: wait.of.length, needed: wait.of.length, hedged: false, always, facts: [] })
      }
      for (const each of wait.of.toReversed()) open.push([each, always && wait.type !== 'choice'])
    }
  }
  return found
}

/** Beyond so many calls the order statistics cost more than they tell. */
const MOST_CALLS = 10_000

/** Both percentiles of a hop; where they were measured without load, with the waiting that its load brings (M6). */
function loadedTimes(model: Model, load: Load): (hop: Hop) => Percentiles | undefined {
  const find = lookup(model)
  return (hop) => {
    if (hop.p50 === undefined || hop.p99 === undefined) return undefined
    const component = hop.of === 'component' && hop.component !== undefined ? find.component(hop.component) : undefined
    if (!component || flag(component.facts, 'latency.unloaded') !== true || number(component.facts, 'latency.p50') !== hop.p50) return { p50: hop.p50, p99: hop.p99 }
    const longer = waitingAt(component, load)
    return { p50: hop.p50 * longer, p99: hop.p99 * longer }
  }
}

function waitingAt(component: Component, load: Load): number {
  if (flag(component.facts, 'latency.unloaded') !== true) return 1
  const capacity = capacityOf(component, 'all')
  return capacity ? slowdown(Math.min(0.99, load.component(component.id).all.peak / capacity.rate)) : 1
}
