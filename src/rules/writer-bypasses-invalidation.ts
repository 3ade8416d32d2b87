import type { Analysis } from '../analysis/analysis.ts'
import { bearingOf, bears, entryAge } from '../analysis/bearing.ts'
import { dataOf } from '../analysis/carried.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import type { Front } from '../analysis/fronts.ts'
import { walk, type Reach } from '../analysis/graph.ts'
import { time } from '../analysis/staleness.ts'
import { known, number, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setProperties, setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, arrows, listed, nameOf } from './words.ts'

export const writerBypassesInvalidation: Rule = {
  id: 'writer-bypasses-invalidation',
  code: 'C2',
  severity: 'error',
  title: 'Somebody changes the truth and the cache does not hear of it',
  why: 'Invalidation is written into the service that somebody had in mind. The nightly import, the admin tool and the other team’s service write to the same table later, and nothing reminds them of the cache. Unless entries end by themselves, what they changed is shown wrong for as long as it is asked for.',
  sources: [
    { title: 'Nishtala et al., Scaling Memcache at Facebook (NSDI 2013), §4.1: invalidation from the commit log', url: 'https://www.usenix.org/conference/nsdi13/technical-sessions/presentation/nishtala' },
    { title: 'AWS Builders’ Library, Caching challenges and strategies', url: 'https://aws.amazon.com/builders-library/caching-challenges-and-strategies/' },
  ],
  needs: ['ttl', 'invalidation', 'invalidation.by', 'pattern', 'rebuild-from', 'op', 'mutable', 'requires', 'tolerates'],
  fixable: true,
  *check(model, analysis) {
    const sets = memo((start: string) => walk([start], analysis.graph.causes))
    let roots: Reach | undefined
    const wayTo = (writer: string): Reach => (roots ??= fromTheirCauses(model, analysis), roots.has(writer) ? roots : walk([writer], () => []))
    for (const front of analysis.fronts.all) {
      const age = ageOf(analysis, front)
      const telling = tellingOf(model, front.cache)
      if (!age || !telling) continue
      // Where nobody tells the cache and a bound is stated, the age of the read is the finding (staleness-exceeds-requirement).
      if (telling.how === 'nobody' && age.bound !== undefined) continue
      // Silence about the `ttl` is taken for none only where invalidation is what the design relies on.
      if (telling.how === 'nobody' && age.ttl === undefined) continue
      const missed = writesOf(model, analysis, front, telling).filter((write) => !tells(model, sets, write, front, telling))
      if (missed.length > 0) yield report(model, front, { age, telling, missed, wayTo })
    }
  },
}

interface Age {
  /** Seconds; Infinity where nothing ends an entry; unset where no `ttl` is stated. */
  readonly ttl?: number
  /** What a reader requires, in seconds, and who says so. */
  readonly bound?: number
  readonly because: string
  readonly facts: readonly Fact[]
}

/** How old entries get that nobody invalidates, where that is more than a reader bears; unset where it is all right, or not known. */
function ageOf(analysis: Analysis, front: Front): Age | undefined {
  const entries = entryAge(front.cache)
  const bearing = bearingOf(analysis, front)
  if (!entries || !bearing || bears(bearing, entries.seconds ?? Infinity)) return undefined
  const { stance, bound, because, fact } = bearing
  const required = stance === 'requires' && bound !== undefined
  // Entries that end some day are wrong only against a bound.
  if (!required && entries.seconds !== undefined && entries.seconds !== Infinity) return undefined
  return {
    ...(entries.seconds !== undefined && { ttl: entries.seconds }),
    ...(required && { bound }),
    because,
    facts: uniqueFacts([...entries.facts, required ? fact : undefined]),
  }
}

interface Telling {
  /** Arrows say who; a property says that writers do; or nothing says that anybody does. */
  readonly how: 'arrows' | 'property' | 'nobody'
  readonly by: readonly Relation[]
  readonly fact?: Fact
}

/** Unset where the cache hears of every change, whoever makes it, or where that is not known. */
function tellingOf(model: Model, cache: Component): Telling | undefined {
  const { facts } = cache
  if (['invalidation', 'invalidation.by', 'pattern'].some((path) => saysUnknown(facts, path))) return undefined
  const by = lookup(model).relationsTo(cache.id).filter((relation) => relation.verb === 'invalidates' || relation.verb === 'captures')
  const path = known(facts, 'invalidation.by') ? 'invalidation.by' : 'invalidation'
  // A block that says only how long it takes leaves open who does it.
  const said = word(facts, path) === 'yes' ? undefined : word(facts, path)
  const fact = known(facts, path)?.fact
  if (said !== undefined && HEARS_ALL.has(said)) return undefined
  if (by.length > 0) return { how: 'arrows', by, ...(fact && { fact }) }
  if (said !== undefined && said !== 'none' && fact) return { how: 'property', by, fact }
  const pattern = word(facts, 'pattern')
  if (pattern === 'write-through' || pattern === 'write-behind') return { how: 'property', by, fact: known(facts, 'pattern')!.fact }
  return fact && said === undefined ? undefined : { how: 'nobody', by }
}

const HEARS_ALL: ReadonlySet<string> = new Set(['cdc', 'event', 'versioned'])

/** What changes, at the origin, records that the cache holds. */
function writesOf(model: Model, analysis: Analysis, front: Front, { how }: Telling): readonly Relation[] {
  const find = lookup(model)
  return find.relationsTo(front.origin.id).filter((relation) => {
    if (relation.from === front.cache.id || (relation.verb !== 'writes' && relation.verb !== 'replicates')) return false
    if (saysUnknown(relation.facts, 'op') || saysUnknown(relation.facts, 'data')) return false
    const data = cachedData(analysis, front, relation)
    if (data === undefined) return false
    const mutable = data.map((id) => find.data(id)?.facts ?? {})
    if (mutable.length > 0 && mutable.every((facts) => word(facts, 'mutable') === 'no' || saysUnknown(facts, 'mutable'))) return false
    const op = word(relation.facts, 'op')
    if (op !== undefined) return CHANGES.has(op)
    // Whoever invalidates knows that entries change.
    return how !== 'nobody' || mutable.some((facts) => word(facts, 'mutable') === 'yes')
  })
}

const CHANGES: ReadonlySet<string> = new Set(['update', 'upsert', 'delete', 'increment'])

/** What of the cache's data the write certainly changes: empty where nobody names data and there is nothing to confuse; unset where it may be other data. */
function cachedData(analysis: Analysis, { cache, origin }: Front, write: Relation): readonly string[] | undefined {
  const cached = analysis.fronts.held(cache.id)
  const written = analysis.carried.on(write.id)
  const stored = dataOf(origin)
  if (saysUnknown(origin.facts, 'stores') || saysUnknown(cache.facts, 'stores')) return undefined
  if (cached.length === 0 || written.length === 0) return stored.length > 1 ? undefined : stored
  const both = written.filter((id) => cached.includes(id))
  // What a write to a store of several kinds of data changes is known only if it says so.
  const certain = known(write.facts, 'data') !== undefined || written.every((id) => cached.includes(id))
  return both.length > 0 && certain ? both : undefined
}

/** What each sets going, walked once. */
function memo(compute: (start: string) => Reach): (start: string) => Reach {
  const made = new Map<string, Reach>()
  return (start) => {
    const reach = made.get(start) ?? compute(start)
    made.set(start, reach)
    return reach
  }
}

/** Whether the cache hears of this write: from the writer, from what it sets going, or from the origin's change stream. */
function tells(model: Model, sets: (start: string) => Reach, write: Relation, front: Front, telling: Telling): boolean {
  const find = lookup(model)
  const heard = (start: string): boolean => {
    return find.relationsTo(front.cache.id).some((relation) => TELLS.has(relation.verb) && sets(start).has(relation.from))
  }
  if (heard(write.from) || heard(front.origin.id)) return true
  // Changes that come by replication were made elsewhere: who made them is what counts.
  if (write.verb === 'replicates') {
    const makers = find.relationsTo(write.from).filter(({ verb }) => verb === 'writes')
    return makers.length === 0 || makers.every((made) => heard(made.from))
  }
  // Without arrows, who uses the cache may be taken to keep it right.
  return telling.how !== 'arrows' && find.relationsFrom(write.from).some(({ to }) => to === front.cache.id)
}

const TELLS: ReadonlySet<string> = new Set(['invalidates', 'writes', 'captures', 'publishes'])

/** From those whom nothing sets going, along causes: how a writer comes to write. */
function fromTheirCauses(model: Model, { graph }: Analysis): Reach {
  const caused = new Set(model.components.flatMap(({ id }) => graph.causes(id).map(({ to }) => to)))
  return walk(model.components.flatMap(({ id }) => (caused.has(id) ? [] : [id])), graph.causes)
}

interface Case {
  readonly age: Age
  readonly telling: Telling
  readonly missed: readonly Relation[]
  wayTo(writer: string): Reach
}

function report(model: Model, { cache, origin }: Front, { age, telling, missed, wayTo }: Case): Finding {
  const ways = missed.map((write) => ({ write, way: wayTo(write.from).path(write.from) }))
  const { write, way } = ways.reduce((best, each) => (each.way.length < best.way.length ? each : best))
  const path = arrows(model, [...(way.length > 0 ? [way[0]!.relation.from, ...way.map((edge) => edge.relation.to)] : [write.from]), origin.id])
  const writer = nameOf(model, write.from)
  const tellers = [...new Set(telling.by.map((relation) => nameOf(model, relation.from)))]
  const who =
    tellers.length > 0
      ? `only ${listed(tellers)} ${tellers.length === 1 ? 'invalidates' : 'invalidate'} \`${cache.name}\``
      : `nothing tells \`${cache.name}\` of it`
  const others = ways.filter((each) => each.write !== write)
  const ends = age.ttl === undefined ? 'no `ttl` is stated that would end its entries' : age.ttl === Infinity ? 'its entries have no `ttl`' : `its entries live up to ${time(age.ttl)}`
  const until = age.ttl === undefined || age.ttl === Infinity ? 'stays wrong there until it happens to be evicted' : `stays wrong there for up to ${time(age.ttl)}`
  const bound = age.bound === undefined ? '' : `, though ${age.because} ≤ ${time(age.bound)}`
  return {
    at: write.origin,
    subject: { relation: write.id, component: cache.id },
    severity: age.bound !== undefined && age.ttl !== undefined ? 'error' : 'warning',
    message: `${path}: \`${writer}\` changes \`${origin.name}\`, but ${who}, and ${ends}. What \`${writer}\` changes ${until}${bound}.`,
    help: `Invalidate from the change stream of \`${origin.name}\` (\`invalidation: cdc\`), so that no writer can be forgotten, or end entries by themselves (${age.bound === undefined ? 'a `ttl`' : `\`ttl: ${time(age.bound)}\` or less`}).`,
    related: [
      ...alongPath(model, way),
      ...others.map((each) => ({ at: each.write.origin, message: `\`${nameOf(model, each.write.from)}\` bypasses it too` })),
      ...telling.by.map((relation) => ({ at: relation.origin, message: `\`${nameOf(model, relation.from)}\` does tell it` })),
    ],
    facts: uniqueFacts([...age.facts, telling.fact, known(write.facts, 'op')?.fact]),
    fixes: fixes(cache, origin, age),
  }
}

function fixes(cache: Component, origin: Component, { bound }: Age): readonly Fix[] {
  const by = known(cache.facts, 'invalidation.by') ? 'invalidation.by' : 'invalidation'
  const stream: Fix = { title: `Let the change stream of \`${origin.name}\` invalidate \`${cache.name}\`: \`invalidation: cdc\``, edits: setProperty(cache, by, 'cdc') }
  const left = bound === undefined ? 0 : bound - (number(cache.facts, 'stale-while-revalidate') ?? 0)
  if (left < 1) return [stream]
  const ttl = `${Math.floor(left)}s`
  return [stream, { title: `End entries after the ${time(bound!)} that readers bear: \`ttl: ${ttl}\``, edits: setProperties(cache, { ttl }) }]
}
