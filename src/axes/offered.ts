/** What a reader of one store can observe, from how the store replicates, where it is read and what stands in front of it (AXES, "Exact derivations"). */
import type { Analysis } from '../analysis/analysis.ts'
import { sizeOf } from '../analysis/durable-copies.ts'
import { levelName, mayMiss, type Level } from '../analysis/quorum.ts'
import { LEVELS, weaker, type ConsistencyLevel, type StalePath } from '../analysis/staleness.ts'
import { twoLeadersOf } from '../analysis/two-leaders.ts'
import { call, flag, isUnlimited, known, limit, number, numberOf, references, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { wanted } from './cell.ts'

export const STORES = new Set(['database', 'cache', 'object-store', 'search', 'coordinator', 'cdn'])

/** What a reader of a store can observe; `missing` where that is not known. */
export interface Offered {
  readonly level?: ConsistencyLevel
  /** Seconds, of a bounded level. */
  readonly bound?: number
  /** In the field's terms, where the level alone does not say it. */
  readonly text?: string
  readonly facts: readonly Fact[]
  readonly missing: readonly string[]
}

/** By default: what a read observes that says nothing about its level. */
export function offeredBy(store: Component): Offered {
  const { facts, name } = store
  const fact = (path: string): Fact[] => (known(facts, path) ? [known(facts, path)!.fact] : [])
  if (store.kind === 'cache' || store.kind === 'cdn') return cacheLevel(store)
  const stated = known(facts, 'consistency')
  if (stated?.fact.from === 'stated') return wordLevel(store, stated.fact)
  if (store.kind === 'search') {
    const refresh = limit(facts, 'refresh')
    return refresh === undefined
      ? { level: 'eventual', text: 'eventual, bound not stated', facts: [], missing: [wanted('refresh', name)] }
      : { level: 'bounded', bound: refresh, facts: fact('refresh'), missing: [] }
  }
  const n = number(facts, 'n') ?? number(facts, 'replication-factor')
  const [r, w] = [number(facts, 'r'), number(facts, 'w')]
  const replication = word(facts, 'replication')
  if (replication === 'leaderless' || (replication === undefined && r !== undefined && w !== undefined)) {
    const from = ['n', 'replication-factor', 'r', 'w', 'sloppy', 'replication'].flatMap(fact)
    if (n === undefined || r === undefined || w === undefined) {
      const missing = [
        ...(n === undefined ? [wanted('n', name)] : []),
        ...(r === undefined ? [wanted('r', name)] : []),
        ...(w === undefined ? [wanted('w', name)] : []),
      ]
      return { level: 'eventual', text: 'eventual, unless quorums overlap', facts: from, missing }
    }
    if (r + w > n && flag(facts, 'sloppy') !== true)
      return { level: 'sequential', text: 'overlapping quorums, not linearizable', facts: from, missing: [] }
    const how = r + w > n ? `${r} + ${w} of ${n} overlap only while no stand-in counts` : `${r} + ${w} of ${n} do not overlap`
    return { level: 'eventual', text: `eventual (${how})`, facts: from, missing: [] }
  }
  if (stated) return wordLevel(store, stated.fact)
  if (replication === 'multi-leader') return { level: 'eventual', facts: fact('replication'), missing: [] }
  const size = sizeOf(store)
  if (replication === 'none' || (size?.count === 1 && word(facts, 'regions') === undefined))
    return {
      level: 'linearizable',
      text: 'linearizable, one copy',
      facts: [...fact('replication'), ...(size ? [size.fact] : [])],
      missing: [],
    }
  const reads = word(facts, 'read-from')
  const doubt = reads === 'leader' ? twoLeadersOf(store) : undefined
  if (doubt) return { level: 'eventual', text: 'linearizable until the network is cut, then two may lead', facts: doubt.facts, missing: [] }
  if (reads === 'leader')
    return {
      level: 'linearizable',
      text: 'linearizable per key, from the leader',
      facts: [...fact('read-from'), ...fact('replication')],
      missing: [],
    }
  if (reads !== undefined) return replicaLevel(store, fact('read-from'))
  return { facts: fact('replication'), missing: [wanted('consistency', name)] }
}

function cacheLevel(cache: Component): Offered {
  const { facts, name } = cache
  const ttl = known(facts, 'ttl')
  const told = known(facts, 'invalidation') ?? known(facts, 'invalidation.by')
  const delay = limit(facts, 'invalidation.delay')
  // What was filled from a replica that lags goes in again after it was told, and then stays for as long as any entry.
  const refilledOld = word(facts, 'fill-from') === 'replica' && word(facts, 'invalidation.from') !== 'replica-cdc' && word(facts, 'coalesce') !== 'lease' && !ORDERED.has(word(facts, 'invalidation.by') ?? word(facts, 'invalidation') ?? '')
  if (told && delay !== undefined && !refilledOld)
    return { level: 'bounded', bound: delay, facts: [told.fact, known(facts, 'invalidation.delay')!.fact], missing: [] }
  if (!ttl) return { level: 'eventual', text: 'eventual, bound not stated', facts: told ? [told.fact] : [], missing: [wanted('ttl', name)] }
  if (isUnlimited(facts, 'ttl')) return { level: 'eventual', text: 'eventual, without bound', facts: [ttl.fact], missing: [] }
  const longer = limit(facts, 'stale-while-revalidate') ?? 0
  return {
    level: 'bounded',
    bound: (limit(facts, 'ttl') ?? 0) + longer,
    facts: [ttl.fact, ...(longer > 0 ? [known(facts, 'stale-while-revalidate')!.fact] : [])],
    missing: [],
  }
}

/** Invalidations by which an older value never overwrites a newer one. */
const ORDERED: ReadonlySet<string> = new Set(['versioned', 'set-if-newer'])

function replicaLevel(store: Component, from: readonly Fact[]): Offered {
  const lag = limit(store.facts, 'lag.p99') ?? limit(store.facts, 'lag')
  if (lag === undefined)
    return { level: 'eventual', text: 'eventual, bound not stated', facts: from, missing: [wanted('lag.p99', store.name)] }
  return { level: 'bounded', bound: lag, facts: [...from, (known(store.facts, 'lag.p99') ?? known(store.facts, 'lag'))!.fact], missing: [] }
}

function wordLevel(store: Component, fact: Fact): Offered {
  const bound = call(store.facts, 'consistency', 'bounded')
  if (bound) return { level: 'bounded', bound: numberOf(bound.args[0]) ?? Infinity, facts: [fact], missing: [] }
  const said = word(store.facts, 'consistency')
  const level = said === 'read-your-writes' ? 'session' : LEVELS.find((each) => each === said)
  return level === undefined
    ? { facts: [fact], missing: [wanted('consistency', store.name)] }
    : { level, ...(said === 'read-your-writes' && { text: 'read-your-writes' }), facts: [fact], missing: [] }
}

/** What a relation reads: its own level over the store's. */
export function observed(model: Model, analysis: Analysis, read: Relation, store: Component): Offered {
  const said = known(read.facts, 'consistency')
  const level = word(read.facts, 'consistency')
  const bound = call(read.facts, 'consistency', 'bounded')
  if (said && bound) return { level: 'bounded', bound: numberOf(bound.args[0]) ?? Infinity, facts: [said.fact], missing: [] }
  if (said && STRONG.has(level!)) return { level: 'linearizable', facts: [said.fact], missing: [] }
  const own = analysis.quorums.level(read)
  const met = own && meeting(model, analysis, own, store)
  if (met) return met
  if (!said || level === undefined) return offeredBy(store)
  if (level === 'follower' || level === 'stale') return replicaLevel(store, [said.fact])
  // What a majority has is not taken back, and a read of it may still miss the newest.
  if (level === 'majority' || level === 'quorum') return { level: 'sequential', text: 'what a majority has acknowledged, not linearizable', facts: [said.fact], missing: [] }
  const known_ = LEVELS.find((each) => each === level)
  return known_ ? { level: known_, facts: [said.fact], missing: [] } : { facts: [said.fact], missing: [wanted('n', store.name)] }
}

/** Whether a read at this level meets each write that the design makes there; unset where its writes are at the level of the store alone. */
function meeting(model: Model, analysis: Analysis, read: Level, store: Component): Offered | undefined {
  const copies = analysis.quorums.copies(store.id)
  const writes = lookup(model)
    .relationsTo(store.id)
    .filter((relation) => relation.verb === 'writes')
    .flatMap((relation) => analysis.quorums.level(relation) ?? [])
  if (!copies || (writes.length === 0 ? isOfStore(read) : isOfStore(read) && writes.every(isOfStore))) return undefined
  const facts = [...read.facts, ...writes.flatMap((write) => write.facts), ...copies.facts]
  const missed = writes.find((write) => mayMiss(write.answering, read.answering, copies) !== false)
  if (writes.length === 0) return { level: 'eventual', facts, missing: [] }
  if (missed) {
    const elsewhere = missed.answering.where === 'local' && missed.answering.count + read.answering.count > copies.n ? ' in another region' : ''
    return { level: 'eventual', text: `eventual (a read at ${levelName(read)} may miss a write at ${levelName(missed)}${elsewhere})`, facts, missing: [] }
  }
  return flag(store.facts, 'sloppy') === true
    ? { level: 'eventual', text: `eventual (${levelName(read)} reads meet ${levelName(writes[0]!)} writes only while no stand-in counts)`, facts: [...facts, known(store.facts, 'sloppy')!.fact], missing: [] }
    : { level: 'sequential', text: 'overlapping quorums, not linearizable', facts, missing: [] }
}

/** `R=1`: by a count of the store, and not by a level of the relation. */
export function isOfStore({ name }: Level): boolean {
  return name.includes('=')
}

/**
 * What those who read a store observe, at the levels that they ask for and behind what it copies from elsewhere; where nobody reads it, what a read
 * would observe that asks for none.
 */
export function seenIn(model: Model, analysis: Analysis, store: Component): readonly { readonly readers: readonly string[]; readonly seen: Offered }[] {
  const find = lookup(model)
  const reads = find.relationsTo(store.id).filter(({ verb }) => verb === 'reads' || verb === 'caches')
  // A cache serves what it keeps, whatever is asked for.
  const unread = reads.length === 0 && find.relationsTo(store.id).some((relation) => relation.verb === 'writes' && analysis.quorums.level(relation) && !isOfStore(analysis.quorums.level(relation)!))
  // What its own counts would give is not what its writers ask for.
  if (unread) return [{ readers: [], seen: { level: 'eventual', text: 'nothing reads it', facts: [], missing: [] } }]
  if (store.kind === 'cache' || store.kind === 'cdn' || reads.length === 0) return [{ readers: [], seen: behind(model, analysis, store, offeredBy(store)) }]
  const found = new Map<string, { readonly readers: string[]; readonly seen: Offered }>()
  for (const read of reads) {
    const seen = behind(model, analysis, store, observed(model, analysis, read, store))
    const key = `${seen.level} ${seen.bound} ${seen.text}`
    const known_ = found.get(key)
    const reader = find.component(read.from)?.name ?? read.from
    if (!known_) found.set(key, { readers: [reader], seen })
    else if (!known_.readers.includes(reader)) known_.readers.push(reader)
  }
  return [...found.values()]
}

/** A store that is a copy of another is as far behind as what brings it there; its own order says nothing about the truth. */
function behind(model: Model, analysis: Analysis, store: Component, own: Offered): Offered {
  if (store.kind === 'cache' || store.kind === 'cdn' || own.level === undefined) return own
  const find = lookup(model)
  const entering = find.relationsTo(store.id)
  const copies = entering.some(({ verb, from }) => verb === 'replicates' || verb === 'captures' || verb === 'delivers' || (verb === 'writes' && find.relationsTo(from).some(({ verb }) => verb === 'delivers' || verb === 'captures')))
  if (!copies && store.kind !== 'search') return own
  const layers = analysis.staleness.derivation(store.id)
  const seconds = layers.reduce((sum, layer) => sum + layer.seconds, 0)
  if (layers.length > 0 && seconds > 0) {
    const level = layers.reduce((level, layer) => weaker(level, layer.level), own.level)
    return { level, bound: Math.max(seconds, own.level === 'bounded' ? (own.bound ?? 0) : 0), ...(own.level === 'eventual' && level === 'eventual' && own.text !== undefined && { text: own.text }), facts: [...own.facts, ...layers.flatMap(({ facts }) => facts)], missing: own.missing }
  }
  const brings = entering.filter(({ verb }) => verb === 'replicates' || verb === 'captures')
  if (brings.length === 0 || own.level === 'eventual' || entering.some(({ verb }) => verb === 'writes')) return own
  const from = brings.find(({ facts }) => word(facts, 'sync') !== 'sync' && limit(facts, 'lag.p99') === undefined)
  if (!from) return own
  const wish = wanted('lag', `${find.component(from.from)?.name ?? from.from} → ${store.name}`)
  return { level: 'eventual', text: 'eventual, bound not stated', facts: own.facts, missing: [wish, ...own.missing] }
}

/** `all` asks every copy, and is still no order between two of them. */
const STRONG = new Set(['leader', 'strong', 'linearizable', 'no-cache', 'serial', 'lwt'])

/** A cache’s answer is as strong as its own bound and what it was filled from allow together. */
export function behindCache(model: Model, analysis: Analysis, read: StalePath, cache: Component): Offered {
  const own: Offered = read.layers.some((layer) => layer.component === cache.id)
    ? { level: read.level, facts: [], missing: [] }
    : offeredBy(cache)
  const find = lookup(model)
  const filled = find
    .relationsFrom(cache.id)
    .filter((relation) => relation.verb === 'caches')
    .map((relation) => ({ to: relation.to, relation }))
  const named = references(cache.facts, 'rebuild-from').map((target) => ({
    to: target.id,
    relation: find.relationsFrom(read.read.needer).find((relation) => relation.to === target.id && relation.verb === 'reads'),
  }))
  const origins = (filled.length > 0 ? filled : named).flatMap(({ to, relation }) => {
    const store = find.component(to)
    return store && STORES.has(store.kind) ? [relation ? observed(model, analysis, relation, store) : offeredBy(store)] : []
  })
  return origins.reduce<Offered>((all, origin) => {
    if (all.level === undefined || origin.level === undefined)
      return { facts: [...all.facts, ...origin.facts], missing: [...all.missing, ...origin.missing] }
    const level = weaker(all.level, origin.level)
    return {
      level,
      bound: Math.max(all.bound ?? 0, origin.bound ?? 0),
      ...(level === all.level && level !== origin.level && all.text !== undefined && { text: all.text }),
      facts: [...all.facts, ...(level === all.level ? [] : origin.facts)],
      missing: [...all.missing, ...origin.missing],
    }
  }, own)
}
