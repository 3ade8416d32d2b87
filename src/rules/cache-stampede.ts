import type { Analysis } from '../analysis/analysis.ts'
import { entryAge } from '../analysis/bearing.ts'
import { isHeldBack, loadBehind, originLoadOf, type OriginLoad } from '../analysis/cold-cache.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import type { Front } from '../analysis/fronts.ts'
import { stampede } from '../analysis/keys.ts'
import { keySkewOf } from '../analysis/partitions.ts'
import { known, number, protection, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import { DURATION, formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { setProperties, setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { nameOf } from './words.ts'

export const cacheStampede: Rule = {
  id: 'cache-stampede',
  code: 'C4',
  severity: 'error',
  title: 'When a hot entry ends, everybody fetches it at once',
  why: 'Between the end of an entry and the first answer from behind, every request for it is a miss. For the busiest key that is thousands of identical queries; for a cache that was filled in one go it is all keys in the same second.',
  sources: [
    { title: 'Nishtala et al., Scaling Memcache at Facebook (NSDI 2013), §3.2.1: leases', url: 'https://www.usenix.org/conference/nsdi13/technical-sessions/presentation/nishtala' },
    { title: 'Vattani et al., Optimal Probabilistic Cache Stampede Prevention (VLDB 2015)', url: 'https://www.vldb.org/pvldb/vol8/p886-vattani.pdf' },
    { title: 'RFC 5861, HTTP Cache-Control Extensions for Stale Content', url: 'https://www.rfc-editor.org/rfc/rfc5861' },
  ],
  needs: ['coalesce', 'key-dist', 'key-cardinality', 'ttl', 'ttl-jitter', 'stale-while-revalidate', 'prewarm', 'latency.p50', 'latency.p99', 'capacity', 'hit-ratio'],
  fixable: true,
  settings: ['stampede', 'originShare'],
  *check(model, analysis, settings) {
    for (const front of analysis.fronts.all) {
      const load = originLoadOf(analysis.load, front)
      if (!load || load.now >= load.capacity || isRefreshedEarly(front) || isHeldBack(model, front, load.capacity)) continue
      const herd = herdOf(model, front, load, settings.stampede, settings.originShare)
      if (herd) yield hotKey(front, load, herd)
      const loader = togetherOf(model, front, load)
      if (loader) yield together(model, analysis, front, load, loader)
    }
  },
}

/** Entries are fetched again while the old ones are still served, or may be; or readers bear an older one meanwhile. */
function isRefreshedEarly({ cache }: Front): boolean {
  const { facts } = cache
  if (saysUnknown(facts, 'pattern') || word(facts, 'pattern') === 'refresh-ahead') return true
  return word(facts, 'coalesce') === 'soft-ttl' || protection(facts, 'stale-while-revalidate') !== false
}

interface Herd {
  /** Reads of the busiest key, in 1/s; how many of them come within one fill, and how long that takes. */
  readonly rate: number
  readonly fill: number
  readonly count: number
  readonly spare: number
  readonly facts: readonly Fact[]
}

function herdOf(model: Model, front: Front, load: OriginLoad, least: number, share: number): Herd | undefined {
  const { cache, origin, reads, fills } = front
  const find = lookup(model)
  const readers = reads.flatMap(({ from }) => find.component(from) ?? [])
  if ([cache, ...readers].some(({ facts }) => protection(facts, 'coalesce') !== false) || !endsSometimes(model, cache)) return undefined
  const skew = saysUnknown(cache.facts, 'key-dist') ? undefined : (keySkewOf(cache) ?? keySkewOf(origin))
  const fill = fillTime(fills, origin)
  if (!skew || skew.topKey === 0 || !fill) return undefined
  const rate = load.reads * skew.topKey
  const count = stampede(rate, fill.seconds)
  const spare = load.capacity - load.now
  if (count < least || rate <= share * spare) return undefined
  return { rate, fill: fill.seconds, count, spare, facts: uniqueFacts([...skew.facts, ...fill.facts]) }
}

/** Its entries end by a time, or because somebody deletes them. */
function endsSometimes(model: Model, cache: Component): boolean {
  const age = entryAge(cache)
  if (age?.seconds !== undefined && age.seconds !== Infinity) return true
  const by = word(cache.facts, 'invalidation.by') ?? word(cache.facts, 'invalidation')
  return (by !== undefined && ['delete', 'event', 'cdc'].includes(by)) || lookup(model).relationsTo(cache.id).some(({ verb }) => verb === 'invalidates')
}

/** How long the first miss takes to come back: the usual time where it is stated, else the slow one. */
function fillTime(fills: readonly Relation[], origin: Component): { readonly seconds: number; readonly facts: readonly Fact[] } | undefined {
  const parts = [fills[0]?.facts, origin.facts].flatMap((facts) => (facts ? (timeOf(facts) ?? []) : []))
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0)
  return seconds > 0 ? { seconds, facts: parts.map(({ fact }) => fact) } : undefined
}

function timeOf(facts: Facts): { readonly seconds: number; readonly fact: Fact } | undefined {
  for (const path of ['latency.p50', 'latency.p99']) {
    const seconds = number(facts, path)
    if (seconds !== undefined) return { seconds, fact: known(facts, path)!.fact }
  }
  return undefined
}

function hotKey({ cache, origin }: Front, load: OriginLoad, herd: Herd): Finding {
  const over = herd.rate >= herd.spare
  const much = over ? `more than the ${rate(herd.spare)} that it has to spare` : `${Math.round((100 * herd.rate) / herd.spare)}% of the ${rate(herd.spare)} that it has to spare`
  return {
    at: cache.origin,
    subject: { component: cache.id },
    severity: over && load.complete ? 'error' : 'warning',
    message: `When the busiest entry of \`${cache.name}\` ends, ${rate(herd.rate)} × ${formatQuantity(quantity(herd.fill, DURATION))} = ${Math.round(herd.count).toLocaleString('en-GB')} identical reads reach \`${origin.name}\` before the first of them has filled it again: ${much}.`,
    help: 'Let the misses of one key wait for the first (`coalesce: singleflight`), or refresh it shortly before it ends (`coalesce: soft-ttl`, `stale-while-revalidate`).',
    related: [{ at: origin.origin, message: `\`${origin.name}\` gets ${rate(load.now)} and can serve ${rate(load.capacity)}` }],
    facts: uniqueFacts([...herd.facts, ...load.facts()]),
    fixes: [{ title: 'Let misses of one key wait for the first: `coalesce: singleflight`', edits: setProperties(cache, { coalesce: 'singleflight', ...(noJitter(cache) && { 'ttl-jitter': '10%' }) }) }],
  }
}

interface Loader {
  /** As a message says it: `` `nightly-load` fills `cache` in one go ``. */
  readonly how: string
  readonly by?: Relation
  readonly facts: readonly Fact[]
  readonly load: number
}

/** All entries begin together, live equally long, and therefore end together; then the origin gets what a cold cache gives it. */
function togetherOf(model: Model, front: Front, load: OriginLoad): Loader | undefined {
  const { cache } = front
  const age = entryAge(cache)
  const cold = loadBehind(load.reads, 0, load.other)
  if (age?.seconds === undefined || age.seconds === Infinity || !noJitter(cache) || cold < load.capacity) return undefined
  const find = lookup(model)
  const by = find.relationsTo(cache.id).find(({ verb, from }) => verb === 'writes' && find.component(from)?.kind === 'batch')
  const warm = word(cache.facts, 'prewarm')
  const prewarmed = warm === 'origin' || warm === 'snapshot'
  if (!by && !prewarmed) return undefined
  const how = by ? `\`${nameOf(model, by.from)}\` fills \`${cache.name}\` in one go` : `\`${cache.name}\` is filled in one go when it starts`
  return { how, ...(by && { by }), load: cold, facts: uniqueFacts([...age.facts, by ? undefined : known(cache.facts, 'prewarm')?.fact]) }
}

/** Not stated means none (DECISIONS): all entries live equally long. */
function noJitter({ facts }: Component): boolean {
  return protection(facts, 'ttl-jitter') === false || number(facts, 'ttl-jitter') === 0
}

function together(model: Model, { load: loads }: Analysis, { cache, origin, reads }: Front, load: OriginLoad, loader: Loader): Finding {
  const ttl = entryAge(cache)!.seconds!
  const fixes: readonly Fix[] = [{ title: 'Let entries end at different times: `ttl-jitter: 10%`', edits: setProperty(cache, 'ttl-jitter', '10%') }]
  return {
    at: cache.origin,
    subject: { component: cache.id, ...(loader.by && { relation: loader.by.id }) },
    severity: 'warning',
    message: `${loader.how}, and its entries all live ${formatQuantity(quantity(ttl, DURATION))}, so they end together: then \`${origin.name}\` gets ${rate(loader.load)} at once and can serve ${rate(load.capacity)}.`,
    help: 'Let entries end at different times (`ttl-jitter: 10%`), or refresh them before they end (`pattern: refresh-ahead`).',
    related: [
      ...(loader.by ? [{ at: loader.by.origin, message: `\`${nameOf(model, loader.by.from)}\` writes all entries` }] : []),
      ...reads.map((relation) => ({ at: relation.origin, message: `\`${nameOf(model, relation.from)}\` asks \`${cache.name}\` ${rate(loads.relation(relation.id).peak)}` })),
    ],
    facts: uniqueFacts([...loader.facts, ...load.facts()]),
    fixes,
  }
}

function rate(value: number): string {
  return formatQuantity(quantity(value, RATE))
}
