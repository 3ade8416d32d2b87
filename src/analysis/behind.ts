/**
 * Which reads may miss a write, and why: they ask a follower, a cache that nobody told, an index that is not refreshed yet, or a store that
 * is filled from the written one later. This says that a read may be behind, whether or not anybody states by how much; how old an answer
 * gets in all is staleness.ts.
 */
import { call, flag, isUnlimited, known, limit, number, numberOf, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import type { Carried } from './carried.ts'
import { uniqueFacts } from './figure.ts'
import type { Fronts } from './fronts.ts'
import { walk, type Edge, type Graph, type Hop, type Reach } from './graph.ts'
import { statedLag, time } from './staleness.ts'

export interface Behind {
  readonly how: 'replica' | 'cache' | 'index' | 'view'
  /** As a message says it, behind "reads": `` a replica of `users` that may be 800ms behind ``. */
  readonly what: string
  /** How far it may be behind, in seconds: at least what is stated; unset where nothing is. */
  readonly seconds?: number
  /** By which the write gets into what is read; empty for a replica or a cache of the written store itself. */
  readonly path: readonly Edge[]
  readonly facts: readonly Fact[]
}

export interface Lagging {
  /** False where the read is surely behind no write; a cheap question to ask first. */
  mayLag(read: Relation): boolean
  /** Why the read may not have what the write (a `writes`, or a `publishes` of a command or event) has changed; unset where nothing says so. */
  behind(read: Relation, write: Relation): Behind | undefined
}

export function laggingOf(model: Model, graph: Graph, carried: Carried, fronts: Fronts): Lagging {
  const find = lookup(model)
  const reaches = new Map<string, Reach>()
  const lags = new Map<string, boolean>()

  function mayLag(read: Relation): boolean {
    const made = lags.get(read.id)
    if (made !== undefined) return made
    const copy = find.component(read.to)
    const may = copy !== undefined && !asksTruth(read) && (copy.kind === 'cache' ? fronts.all.some((front) => front.cache === copy) : copy.kind === 'search' || asksReplica(copy, read) !== undefined || graph.dataSources(copy.id).some(({ edge }) => FILLING.has(edge.verb.name)))
    lags.set(read.id, may)
    return may
  }

  function behind(read: Relation, write: Relation): Behind | undefined {
    const copy = find.component(read.to)
    if (!copy || !mayLag(read)) return undefined
    if (copy.id === write.to) return copy.kind === 'search' ? unrefreshed(copy) : replica(copy, read)
    if (copy.kind === 'cache') return cached(copy, write)
    return filledLater(copy, write)
  }

  /** A follower is asked: by the read itself, or because the store sends its reads there. */
  function replica(store: Component, read: Relation): Behind | undefined {
    const { facts } = store
    const asked = asksReplica(store, read)
    if (!asked) return undefined
    const bound = numberOf(call(read.facts, 'consistency', 'bounded')?.args[0])
    const lag = ['lag.p99', 'lag'].find((path) => limit(facts, path) !== undefined)
    const seconds = bound ?? (lag === undefined ? undefined : limit(facts, lag))
    return {
      how: 'replica',
      what: `a replica of \`${store.name}\` ${late(seconds)}`,
      ...(seconds !== undefined && { seconds }),
      path: [],
      facts: uniqueFacts([asked, bound === undefined && lag !== undefined ? known(facts, lag)?.fact : undefined]),
    }
  }

  function asksReplica(store: Component, read: Relation): Fact | undefined {
    const { facts } = store
    if (store.kind === 'cache' || single(store) || saysUnknown(facts, 'replication') || word(facts, 'replication') === 'leaderless') return undefined
    const level = word(read.facts, 'consistency')
    if (level === undefined) return asksAnyReplica(store)
    return OLD.has(level) ? known(read.facts, 'consistency')!.fact : undefined
  }

  function asksAnyReplica({ facts }: Component): Fact | undefined {
    if (saysUnknown(facts, 'read-from') || saysUnknown(facts, 'consistency')) return undefined
    const from = known(facts, 'read-from')
    if (from) return word(facts, 'read-from') === 'leader' ? undefined : from.fact
    const offered = known(facts, 'consistency')
    if (!offered || word(facts, 'consistency') !== 'eventual') return undefined
    // By default it is told of the store as a whole: only where copies agree on writes does it mean that a plain read asks any of them.
    return offered.fact.from === 'stated' || word(facts, 'replication') === 'consensus' ? offered.fact : undefined
  }

  function unrefreshed(index: Component): Behind | undefined {
    const seconds = limit(index.facts, 'refresh')
    if (seconds === undefined || seconds === 0) return undefined
    return { how: 'index', what: `\`${index.name}\`, which finds what was written only after its next refresh (${time(seconds)})`, seconds, path: [], facts: uniqueFacts([known(index.facts, 'refresh')?.fact]) }
  }

  /** A cache of the written store that keeps an entry until its TTL ends, or until a message about the change arrives. */
  function cached(cache: Component, write: Relation): Behind | undefined {
    const { facts } = cache
    if (!fronts.all.some((front) => front.cache === cache && front.origin.id === write.to) || writtenThrough(cache) || saysUnknown(facts, 'invalidation') || saysUnknown(facts, 'invalidation.by')) return undefined
    const telling = find.relationsTo(cache.id).filter((relation) => relation.verb === 'invalidates')
    const by = word(facts, 'invalidation.by') ?? word(facts, 'invalidation')
    const delay = limit(facts, 'invalidation.delay')
    const ttl = known(facts, 'ttl')
    if (by === 'delete' || by === 'set' || by === 'set-if-newer' || by === 'versioned' || telling.some((relation) => graph.edge(relation.id)?.waits === 'yes' && tells(relation.from, write.from)))
      return delay === undefined || delay === 0 ? undefined : { how: 'cache', what: `\`${cache.name}\`, which hears of changes ${time(delay)} later`, seconds: delay, path: [], facts: uniqueFacts([known(facts, 'invalidation.delay')?.fact]) }
    // Whoever says how long it takes says that it is told.
    if (by === 'event' || by === 'cdc' || telling.length > 0 || ((by === undefined || by === 'yes') && delay !== undefined && delay > 0)) {
      const lag = delay ?? telling.map((relation) => limit(relation.facts, 'lag.p99') ?? limit(relation.facts, 'lag')).find((each) => each !== undefined)
      const said = known(facts, 'invalidation.by') ?? known(facts, 'invalidation')
      return { how: 'cache', what: `\`${cache.name}\`, which hears of changes only afterwards${lag === undefined ? '' : ` (${time(lag)})`}`, ...(lag !== undefined && { seconds: lag }), path: [], facts: uniqueFacts([said?.fact, known(facts, 'invalidation.delay')?.fact]) }
    }
    if (!ttl) return undefined
    const seconds = isUnlimited(facts, 'ttl') ? Infinity : (numberOf(ttl.value) ?? 0) + (number(facts, 'stale-while-revalidate') ?? 0)
    if (seconds === 0) return undefined
    const how = seconds === Infinity ? 'keeps an entry until it is evicted' : `keeps an entry for ${time(seconds)}`
    return { how: 'cache', what: `\`${cache.name}\`, which ${how} and is not told of changes`, seconds, path: [], facts: uniqueFacts([ttl.fact]) }
  }

  /** The writer itself, or one that waits for the writer or that the writer waits for, tells the cache. */
  function tells(teller: string, writer: string): boolean {
    return teller === writer || graph.sync(writer).some(({ to }) => to === teller) || graph.sync(teller).some(({ to }) => to === writer)
  }

  function writtenThrough({ facts }: Component): boolean {
    const pattern = word(facts, 'pattern')
    return saysUnknown(facts, 'pattern') || pattern === 'write-through' || pattern === 'write-behind'
  }

  /** The write gets there over brokers, change streams or replication, and nobody waits for that. */
  function filledLater(copy: Component, write: Relation): Behind | undefined {
    if (saysUnknown(copy.facts, 'derived') || saysUnknown(copy.facts, 'truth') || flag(copy.facts, 'truth') === true) return undefined
    const data = carried.on(write.id)
    const key = `${write.to} ${data.join(' ')}`
    const reach = reaches.get(key) ?? walk([write.to], (component) => handedOn(component, write.to, data))
    reaches.set(key, reach)
    const path = reach.has(copy.id) ? reach.path(copy.id) : []
    if (!path.some((edge) => edge.waits === 'no')) return undefined
    const lags = path.flatMap(({ relation }) => statedLag(relation, find.component(relation.to)) ?? [])
    const refresh = copy.kind === 'search' ? limit(copy.facts, 'refresh') : undefined
    const seconds = lags.length > 0 || refresh !== undefined ? lags.reduce((sum, lag) => sum + lag.seconds, refresh ?? 0) : undefined
    const source = find.component(write.to)?.name ?? write.to
    return {
      how: 'view',
      what: `\`${copy.name}\`, which is filled from \`${source}\` ${seconds === undefined || seconds === 0 ? 'afterwards' : `up to ${time(seconds)} later`}`,
      ...(seconds !== undefined && seconds > 0 && { seconds }),
      path,
      facts: uniqueFacts([...lags.map((lag) => lag.fact), refresh === undefined ? undefined : known(copy.facts, 'refresh')?.fact]),
    }
  }

  /** What goes on by itself: out of a store only its changes, out of a component that acts on messages also what it writes and sends on. */
  function handedOn(component: string, start: string, data: readonly string[]): readonly Hop[] {
    const kind = find.component(component)?.kind
    const acts = component !== start && kind !== undefined && ACTING.has(kind)
    return graph.dataFlow(component).filter(({ edge }) => {
      const { verb, id } = edge.relation
      if (!(HANDING.has(verb) || (acts && (verb === 'writes' || verb === 'publishes')))) return false
      if (verb === 'replicates' && ['sync', 'quorum'].includes(word(edge.relation.facts, 'sync') ?? '')) return false
      if (saysUnknown(edge.relation.facts, 'data') || saysUnknown(edge.relation.facts, 'sync')) return false
      const on = carried.on(id)
      return data.length === 0 || on.length === 0 || on.some((each) => data.includes(each))
    })
  }

  return { mayLag, behind }
}

const OLD: ReadonlySet<string> = new Set(['follower', 'stale', 'eventual', 'bounded'])
const HANDING: ReadonlySet<string> = new Set(['captures', 'replicates', 'delivers', 'triggers'])
const FILLING: ReadonlySet<string> = new Set(['captures', 'replicates', 'delivers', 'triggers', 'writes', 'publishes'])
const ACTING: ReadonlySet<string> = new Set(['worker', 'stream-processor', 'service', 'function', 'cdc', 'batch'])
const STRONG: ReadonlySet<string> = new Set(['leader', 'strong', 'linearizable', 'sequential', 'session', 'causal', 'no-cache', 'serial', 'local-serial', 'lwt', 'all', 'quorum', 'majority'])

/** It asks for the truth, or may: then nothing is held against it. */
function asksTruth({ facts }: Relation): boolean {
  return saysUnknown(facts, 'consistency') || STRONG.has(word(facts, 'consistency') ?? '')
}

/** One copy, or perhaps one: it cannot be behind itself. */
function single({ facts }: Component): boolean {
  return ['replicas', 'n', 'replication-factor', 'voters'].some((path) => number(facts, path) === 1 || saysUnknown(facts, path))
}

function late(seconds: number | undefined): string {
  return seconds === undefined || seconds === 0 ? 'that may be behind' : seconds === Infinity ? 'that may be behind without end' : `that may be ${time(seconds)} behind`
}
