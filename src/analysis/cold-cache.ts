/**
 * What reaches the origin behind a cache (NUMBERS M2, M11): as a rule, with the cache cold, with one of its nodes lost, right after a resize; and
 * what would hold it back. Loads are peaks, in 1/s, and lower bounds where a rate is not stated.
 */
import { isUnlimited, known, limit, number, protection, range, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import { capacityOf } from './capacity.ts'
import { uniqueFacts } from './figure.ts'
import type { Front } from './fronts.ts'
import type { Graph } from './graph.ts'
import { missed, movedByModulo } from './keys.ts'
import type { Load } from './load.ts'
import { STORES } from './multiplicity.ts'

/** M2: all that an origin gets: the reads that its cache cannot answer, and whatever else comes to it. */
export function loadBehind(reads: number, hitRatio: number, other: number): number {
  return missed(reads, hitRatio) + other
}

/** M11: what is left of a hit ratio when one of n nodes is lost and only its own keys are gone; n = 1 is the cold cache. */
export function hitRatioWithNodeLost(hitRatio: number, nodes: number): number {
  return (hitRatio * (nodes - 1)) / nodes
}

/** M11: what is left of it right after `hash mod n` became `hash mod n + 1`: the keys that did not move. */
export function hitRatioAfterResize(hitRatio: number, nodes: number): number {
  return hitRatio * (1 - movedByModulo(nodes))
}

/**
 * M10: the most that a cache of any size can answer, when `rate` requests a second go evenly to `keys` keys and an entry lives `ttl` seconds: after
 * each miss of a key come rate/keys × ttl hits. Uneven keys hit more often.
 */
export function hitRatioOfTtl(rate: number, keys: number, ttl: number): number {
  const hits = (rate * ttl) / keys
  return hits / (1 + hits)
}

/** What an origin gets with its cache working. */
export interface OriginLoad {
  /** What the cache is asked. */
  readonly reads: number
  /** Share of them that it answers; unset where neither the design nor its flows say. */
  readonly hitRatio?: number
  /** Everything that the origin gets; of a store, everything that it reads. */
  readonly now: number
  /** What of it is no miss of this cache. */
  readonly other: number
  /** The most that the origin can serve of this. */
  readonly capacity: number
  /** Whether peaks are counted. */
  readonly peaks: boolean
  /** Whether nothing is missing from `now`. */
  readonly complete: boolean
  /** Made when asked for: they follow the load back through the whole design. */
  facts(): readonly Fact[]
}

/** Undefined where the reads or the origin's capacity are not known. */
export function originLoadOf(load: Load, { cache, origin, reads, fills }: Front): OriginLoad | undefined {
  const work = STORES.has(origin.kind) ? 'reads' : 'all'
  const capacity = capacityOf(origin, work)
  if (!capacity) return undefined
  const asked = reads.map(({ id }) => load.relation(id))
  const rate = asked.reduce((sum, { peak }) => sum + peak, 0)
  if (rate === 0) return undefined
  const all = load.component(origin.id)[work]
  const filling = fetchedOnMiss(load, reads, fills)
  const said = statedHits(load, cache, reads)
  const hitRatio = said ? said.hitRatio : filling > 0 && filling < rate && fills.every(({ id }) => load.relation(id).missing.length === 0) ? 1 - filling / rate : undefined
  const misses = hitRatio === undefined ? filling : missed(rate, hitRatio)
  return {
    reads: rate,
    ...(hitRatio !== undefined && { hitRatio }),
    now: Math.max(all.peak, misses),
    other: Math.max(0, all.peak - Math.min(filling, misses)),
    capacity: capacity.rate,
    peaks: all.peaks || asked.some(({ peaks }) => peaks),
    complete: hitRatio !== undefined && all.missing.length === 0,
    facts: () => uniqueFacts([...capacity.facts, ...(said?.facts ?? []), ...reads.flatMap(({ id }) => load.facts({ relation: id }))]),
  }
}

/** What travels to the origin in flows that ask the cache as well: other flows read it for reasons of their own. */
function fetchedOnMiss({ sources }: Load, reads: Front['reads'], fills: Front['fills']): number {
  let total = 0
  for (const { visits, average, peak } of sources) {
    if (!reads.some(({ id }) => (visits.get(id)?.count ?? 0) > 0)) continue
    for (const { id } of fills) total += (visits.get(id)?.count ?? 0) * (peak ?? average ?? 0)
  }
  return total
}

/** The stated hit ratios of all reads, each weighted with how often it is made. */
function statedHits(load: Load, cache: Component, reads: Front['reads']): { readonly hitRatio: number; readonly facts: readonly Fact[] } | undefined {
  let hits = 0
  let total = 0
  const facts: (Fact | undefined)[] = []
  for (const { id, facts: own } of reads) {
    const stating: Facts = known(own, 'hit-ratio') ? own : cache.facts
    const ratio = saysUnknown(own, 'hit-ratio') ? undefined : number(stating, 'hit-ratio')
    if (ratio === undefined) return undefined
    const { peak } = load.relation(id)
    hits += ratio * peak
    total += peak
    facts.push(known(stating, 'hit-ratio')?.fact)
  }
  return total === 0 ? undefined : { hitRatio: hits / total, facts: uniqueFacts(facts) }
}

/** The nodes of a cache over which its keys are spread with one copy each, so that a lost node is a lost share; unset where that is not known. */
export function nodesOf({ facts }: Component): { readonly count: number; readonly modulo: boolean; readonly facts: readonly Fact[] } | undefined {
  if (['shards', 'replicas', 'nodes', 'replication', 'placement'].some((path) => saysUnknown(facts, path))) return undefined
  const copied = word(facts, 'replication') !== 'none'
  const path = known(facts, 'shards') ? 'shards' : copied ? undefined : ['nodes', 'replicas'].find((each) => known(facts, each))
  const count = path === undefined ? undefined : range(facts, path)?.to
  if (path === undefined || count === undefined || count < 2) return undefined
  const copies = path === 'shards' ? number(facts, 'replicas') : 1
  if (copies !== 1 && !(copied === false && copies === undefined)) return undefined
  return {
    count,
    modulo: word(facts, 'placement') === 'mod-n',
    facts: uniqueFacts([known(facts, path)?.fact, path === 'shards' ? known(facts, 'replicas')?.fact : undefined, known(facts, 'placement')?.fact]),
  }
}

/** Whether something between the cache and its origin may let only so much through: a limit, a bulkhead, a breaker, shedding at either end. */
export function isHeldBack(model: Model, { cache, origin, reads, fills }: Front, capacity: number): boolean {
  const find = lookup(model)
  const readers = [...new Set(reads.map(({ from }) => from))].flatMap((id) => find.component(id) ?? [])
  const limits = (facts: Facts): boolean => limitsLoad(facts, capacity)
  const onWay = (facts: Facts): boolean => limitsAll(facts, capacity) || protection(facts, 'bulkhead') !== false || protection(facts, 'circuit-breaker') !== false
  return limits(origin.facts) || limits(cache.facts) || (readers.length > 0 && readers.every(({ facts }) => limits(facts))) || (fills.length > 0 && fills.every(({ facts }) => onWay(facts)))
}

/** Whether a component, or a relation, may let through only so much, whoever comes: it sheds, bounds what is in work, or limits the rate of all. */
export function limitsLoad(facts: Facts, capacity: number): boolean {
  return ['load-shed', 'concurrency-limit'].some((path) => protection(facts, path) !== false && !isUnlimited(facts, path)) || limitsAll(facts, capacity)
}

/** A rate limit for all callers together, below what the origin can take; one for each caller holds nothing back when all of them come. */
function limitsAll(facts: Facts, capacity: number): boolean {
  if (['rate-limit', 'rate-limit.limit', 'rate-limit.per'].some((path) => saysUnknown(facts, path))) return true
  if (!known(facts, 'rate-limit') && !known(facts, 'rate-limit.limit')) return false
  const per = word(facts, 'rate-limit.per')
  if (per !== undefined && per !== 'global' && per !== 'route') return false
  return (limit(facts, 'rate-limit.limit') ?? limit(facts, 'rate-limit') ?? 0) < capacity
}

/** Whether the design says what happens while the cache is cold: it is filled beforehand or slowly, misses share one fetch, or readers get something else. */
export function isPreparedForCold(graph: Graph, { cache, reads, fills }: Front): boolean {
  const { facts } = cache
  if (['coalesce', 'prewarm', 'warm-rate'].some((path) => protection(facts, path) !== false && word(facts, path) !== 'full')) return true
  const failing = word(facts, 'on-failure')
  if (saysUnknown(facts, 'on-failure') || failing === 'stale' || failing === 'gutter' || failing === 'closed') return true
  // A stand-in value for the origin, or for the cache, lets readers do without either.
  return [...reads, ...fills].some((relation) => {
    const fallback = graph.edge(relation.id)?.fallback
    return saysUnknown(relation.facts, 'fallback') || (fallback !== undefined && 'value' in fallback)
  })
}
