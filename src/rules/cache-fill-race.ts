import type { Analysis } from '../analysis/analysis.ts'
import { bearingOf, bears, entryAge } from '../analysis/bearing.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import type { Front } from '../analysis/fronts.ts'
import { walk } from '../analysis/graph.ts'
import { time } from '../analysis/staleness.ts'
import { flag, known, limit, protection, range, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import { setOnRelation, setProperty } from './edits.ts'
import type { Finding, Related, Rule } from './rule.ts'
import { listed, nameOf } from './words.ts'

export const cacheFillRace: Rule = {
  id: 'cache-fill-race',
  code: 'C3',
  severity: 'warning',
  title: 'An older value can be put into the cache after the newer one was announced',
  why: 'Deleting the entry is only half of an invalidation: the next miss puts a value back. If that value comes from a replica that has not caught up, or from another writer that was overtaken, the old value is in the cache again, and now nobody will tell it.',
  sources: [
    { title: 'Nishtala et al., Scaling Memcache at Facebook (NSDI 2013), §3.2.1 leases and §5 remote markers', url: 'https://www.usenix.org/conference/nsdi13/technical-sessions/presentation/nishtala' },
    { title: 'Bronson et al., TAO: Facebook’s Distributed Data Store for the Social Graph (USENIX ATC 2013)', url: 'https://www.usenix.org/conference/atc13/technical-sessions/presentation/bronson' },
  ],
  needs: ['fill-from', 'consistency', 'read-from', 'lag.p99', 'invalidation', 'invalidation.by', 'invalidation.from', 'invalidation.delay', 'coalesce', 'ttl', 'replicas'],
  fixable: true,
  settings: ['briefStaleness'],
  *check(model, analysis, { briefStaleness }) {
    for (const front of analysis.fronts.all) {
      const stay = stayOf(analysis, front, briefStaleness)
      if (!stay || isOrdered(front.cache)) continue
      const behind = behindOf(model, analysis, front)
      if (behind) yield fillsOld(model, front, behind, stay)
    }
    // Who sets values races with others whatever is behind the cache: one finding a cache.
    for (const [cache, fronts] of byCache(analysis.fronts.all)) {
      const stay = stayOf(analysis, fronts[0]!, briefStaleness)
      const setting = stay && !isOrdered(cache) ? settersOf(model, fronts) : undefined
      if (stay && setting) yield setsOld(model, fronts[0]!, setting, stay)
    }
  },
}

function byCache(all: readonly Front[]): ReadonlyMap<Component, readonly Front[]> {
  const fronts = new Map<Component, Front[]>()
  for (const front of all) {
    const list = fronts.get(front.cache)
    if (list) list.push(front)
    else fronts.set(front.cache, [front])
  }
  return fronts
}

/** How long an older value stays; unset where readers bear it, or it is not known. */
function stayOf(analysis: Analysis, front: Front, brief: number): { readonly how: string; readonly facts: readonly Fact[] } | undefined {
  const entries = entryAge(front.cache)
  const bearing = bearingOf(analysis, front)
  if (!entries || !bearing || bears(bearing, entries.seconds ?? Infinity)) return undefined
  const required = bearing.stance === 'requires' && bearing.bound !== undefined
  if (!required && entries.seconds !== undefined && entries.seconds <= brief) return undefined
  const bound = required ? `, though ${bearing.because} ≤ ${time(bearing.bound!)}` : ''
  const how = entries.seconds === undefined || entries.seconds === Infinity ? 'until it happens to be evicted' : `for up to ${time(entries.seconds)}`
  return { how: how + bound, facts: uniqueFacts([...entries.facts, required ? bearing.fact : undefined]) }
}

/** A version, a comparison or a lease decides which of two values is kept, or may do so. */
function isOrdered({ facts }: Component): boolean {
  const by = word(facts, 'invalidation.by') ?? word(facts, 'invalidation')
  const coalesce = word(facts, 'coalesce')
  const unsaid = ['invalidation', 'invalidation.by', 'invalidation.from', 'invalidation.delay', 'coalesce', 'pattern'].some((path) => saysUnknown(facts, path))
  return unsaid || by === 'versioned' || by === 'set-if-newer' || coalesce === 'lease'
}

interface Behind {
  /** As a message says it: `` a replica of `users` (lag 2s) ``. */
  readonly source: string
  /** Over which misses read it; none where only the cache says so. */
  readonly fills: readonly Relation[]
  /** The replication that is behind, where the origin is a copy of another store. */
  readonly by?: Relation
  /** Who invalidates without waiting for it. */
  readonly told: readonly Relation[]
  readonly facts: readonly Fact[]
}

/** What misses read is known to be behind what the cache is told of. */
function behindOf(model: Model, analysis: Analysis, front: Front): Behind | undefined {
  const { cache, origin } = front
  if (saysUnknown(cache.facts, 'fill-from') || word(cache.facts, 'fill-from') === 'leader') return undefined
  if (word(cache.facts, 'invalidation.from') === 'replica-cdc') return undefined
  return replicaRead(model, front) ?? copyRead(model, analysis, front, origin)
}

/** Misses read a follower of the origin, while who writes the leader invalidates. */
function replicaRead(model: Model, { cache, origin, fills }: Front): Behind | undefined {
  const find = lookup(model)
  const sync = word(origin.facts, 'sync')
  const lag = lagOf(origin.facts)
  const late = lag ? lag.seconds > 0 : sync === 'async' || sync === 'semi-sync'
  if (!late || saysUnknown(origin.facts, 'sync') || saysUnknown(origin.facts, 'lag') || saysUnknown(origin.facts, 'lag.p99')) return undefined
  const said = word(cache.facts, 'fill-from') === 'replica'
  const reading = fills.filter((fill) => followerRead(fill, origin))
  if (!said && reading.length === 0) return undefined
  const writers = new Set(find.relationsTo(origin.id).flatMap(({ verb, from }) => (verb === 'writes' ? [from] : [])))
  const told = find.relationsTo(cache.id).filter(({ verb, from, arrow }) => verb === 'invalidates' && arrow === 'request' && writers.has(from))
  const delay = limit(cache.facts, 'invalidation.delay')
  if (delay !== undefined && (!lag || delay >= lag.seconds)) return undefined
  const by = known(cache.facts, 'invalidation.by') ?? known(cache.facts, 'invalidation')
  const atCommit = told.length > 0 || by?.value.type === 'word' && (by.value.word === 'delete' || by.value.word === 'set') || word(cache.facts, 'invalidation.from') === 'leader'
  if (!atCommit) return undefined
  const why = said ? known(cache.facts, 'fill-from')?.fact : (known(reading[0]!.facts, 'consistency') ?? known(origin.facts, 'read-from'))?.fact
  return {
    source: `a replica of \`${origin.name}\` (${lag ? `${time(lag.seconds)} behind` : 'replicated asynchronously'})`,
    fills: said ? fills : reading,
    told,
    facts: uniqueFacts([why, lag?.fact ?? known(origin.facts, 'sync')?.fact, told.length > 0 ? undefined : by?.fact]),
  }
}

function followerRead({ facts }: Relation, origin: Component): boolean {
  if (saysUnknown(facts, 'consistency') || protection(facts, 'read-after-write') !== false || protection(facts, 'session') !== false) return false
  const level = word(facts, 'consistency')
  if (level !== undefined) return level === 'follower' || level === 'stale'
  const from = word(origin.facts, 'read-from')
  return from === 'follower' || from === 'any' || from === 'nearest'
}

/** The origin is itself a copy that another store is replicated into, and the invalidation comes from where the change was made. */
function copyRead(model: Model, { graph }: Analysis, { cache, fills }: Front, origin: Component): Behind | undefined {
  const find = lookup(model)
  const entering = find.relationsTo(origin.id)
  const by = entering.find(({ verb }) => verb === 'replicates')
  if (!by || entering.some(({ verb }) => verb === 'writes') || saysUnknown(by.facts, 'sync') || saysUnknown(by.facts, 'lag')) return undefined
  const sync = word(by.facts, 'sync')
  const lag = lagOf(by.facts)
  if ((sync !== undefined && sync !== 'async' && sync !== 'semi-sync') || lag?.seconds === 0) return undefined
  const delay = limit(cache.facts, 'invalidation.delay')
  if (delay !== undefined && (!lag || delay >= lag.seconds)) return undefined
  const afterCopy = walk([origin.id], graph.causes)
  const writers = find.relationsTo(by.from).flatMap(({ verb, from }) => (verb === 'writes' ? [from] : []))
  const afterWrite = walk(writers, graph.causes)
  const told = find.relationsTo(cache.id).filter(({ verb, from }) => verb === 'invalidates' && afterWrite.has(from) && !afterCopy.has(from))
  if (told.length === 0) return undefined
  return {
    source: `\`${origin.name}\`, a copy of \`${nameOf(model, by.from)}\`${lag ? ` that is ${time(lag.seconds)} behind` : ' made asynchronously'}`,
    fills,
    by,
    told,
    facts: uniqueFacts([lag?.fact ?? known(by.facts, 'sync')?.fact]),
  }
}

function lagOf(facts: Facts): { readonly seconds: number; readonly fact: Fact } | undefined {
  for (const path of ['lag.p99', 'lag', 'max-lag']) {
    const seconds = limit(facts, path)
    if (seconds !== undefined) return { seconds, fact: known(facts, path)!.fact }
  }
  return undefined
}

function fillsOld(model: Model, { cache, origin }: Front, behind: Behind, stay: { readonly how: string; readonly facts: readonly Fact[] }): Finding {
  const [fill] = behind.fills
  const tellers = [...new Set(behind.told.map(({ from }) => nameOf(model, from)))]
  const when = tellers.length > 0 ? `as soon as ${listed(tellers)} ${tellers.length === 1 ? 'writes' : 'write'}` : 'as soon as the leader commits'
  const related: Related[] = [
    ...behind.told.map((relation) => ({ at: relation.origin, message: `\`${nameOf(model, relation.from)}\` invalidates without waiting for the copy` })),
    ...(behind.by ? [{ at: behind.by.origin, message: `\`${nameOf(model, behind.by.from)}\` is replicated to \`${origin.name}\`` }] : []),
  ]
  return {
    at: fill?.origin ?? cache.origin,
    subject: { component: cache.id, ...(fill && { relation: fill.id }) },
    message: `\`${cache.name}\` is filled from ${behind.source}, but invalidated ${when}: a miss in between puts the old value back, and it stays there ${stay.how}.`,
    help: behind.by
      ? `Invalidate from the change stream of \`${origin.name}\`, so that the copy has the change first (\`invalidation { from: replica-cdc }\`), or fill from \`${nameOf(model, behind.by.from)}\`.`
      : `Fill from the leader (\`fill-from: leader\`), or invalidate from the replica’s own change stream (\`invalidation { from: replica-cdc }\`).`,
    related,
    facts: uniqueFacts([...behind.facts, ...stay.facts]),
    fixes: fillFixes(model, cache, behind),
  }
}

function fillFixes(model: Model, cache: Component, { fills, by }: Behind): readonly Fix[] {
  if (by) {
    // A word and a block for one property would contradict each other.
    if (known(cache.facts, 'invalidation')?.value.type === 'word' && !known(cache.facts, 'invalidation.by')) return []
    return [{ title: 'Invalidate once the copy has the change: `invalidation { from: replica-cdc }`', edits: setProperty(cache, 'invalidation.from', 'replica-cdc') }]
  }
  const edits = [...setProperty(cache, 'fill-from', 'leader')]
  for (const fill of fills) {
    if (word(fill.facts, 'consistency') === undefined) continue
    const own = setOnRelation(model, fill, { consistency: 'leader' })
    if (!own) return []
    edits.push(...own)
  }
  return [{ title: `Fill \`${cache.name}\` from the leader: \`fill-from: leader\``, edits }]
}

interface Setters {
  readonly writes: readonly Relation[]
  /** As a message says it: `` the 6 copies of `api` ``, `` `api` and `import` ``. */
  readonly who: string
  readonly facts: readonly Fact[]
}

/** Two or more who put values in at the same time, with nothing that says which is the newer. */
function settersOf(model: Model, fronts: readonly Front[]): Setters | undefined {
  const [{ cache }] = fronts as [Front, ...Front[]]
  const find = lookup(model)
  const path = known(cache.facts, 'invalidation.by') ? 'invalidation.by' : 'invalidation'
  const said = known(cache.facts, path)
  if (word(cache.facts, path) !== 'set' || !said) return undefined
  const writes = fronts.flatMap(({ origin }) => find.relationsTo(origin.id).filter(({ verb, from }) => verb === 'writes' && from !== cache.id))
  const sets = find.relationsTo(cache.id).filter(({ verb }) => verb === 'writes' || verb === 'invalidates')
  const setters = writes.filter(({ from }) => sets.length === 0 || sets.some((set) => set.from === from))
  if (sets.some(({ facts }) => protection(facts, 'if') !== false || protection(facts, 'apply') !== false)) return undefined
  const writers = [...new Set(setters.map(({ from }) => from))].flatMap((id) => find.component(id) ?? [])
  // Whoever takes a lock or a lease first sets alone.
  if (writers.some(({ id }) => find.relationsFrom(id).some(({ verb }) => verb === 'locks'))) return undefined
  if (writers.length > 1) return { writes: setters, who: listed(writers.map(({ name }) => name)), facts: [said.fact] }
  const [only] = writers
  const copies = only && flag(only.facts, 'singleton') !== true && !saysUnknown(only.facts, 'singleton') ? range(only.facts, 'replicas')?.from : undefined
  if (!only || copies === undefined || copies < 2) return undefined
  return { writes: setters, who: `the ${copies} copies of \`${only.name}\``, facts: uniqueFacts([said.fact, known(only.facts, 'replicas')?.fact]) }
}

function setsOld(model: Model, { cache }: Front, { writes, who, facts }: Setters, stay: { readonly how: string; readonly facts: readonly Fact[] }): Finding {
  const path = known(cache.facts, 'invalidation.by') ? 'invalidation.by' : 'invalidation'
  return {
    at: cache.origin,
    subject: { component: cache.id },
    message: `Of two changes at the same time, ${who} may put them into \`${cache.name}\` in the other order than into the store: the older value then stays there ${stay.how}.`,
    help: 'Delete the entry instead of setting it (`invalidation: delete`), or set it only over an older version (`invalidation: set-if-newer`).',
    related: writes.map((relation) => ({ at: relation.origin, message: `\`${nameOf(model, relation.from)}\` writes the store, and sets the entry beside it` })),
    facts: uniqueFacts([...facts, ...stay.facts]),
    fixes: [
      { title: 'Set an entry only over an older version: `set-if-newer`', edits: setProperty(cache, path, 'set-if-newer') },
      { title: 'Delete the entry instead: `delete`', edits: setProperty(cache, path, 'delete') },
    ],
  }
}
