import type { Analysis } from '../analysis/analysis.ts'
import { partitionLimitsOf } from '../analysis/partitions.ts'
import { call, isAbsent, known, number, numberOf, protection, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation, Severity } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { nameOf, percent } from './words.ts'

export const monotonicRangeKey: Rule = {
  id: 'monotonic-range-key',
  code: 'P2',
  severity: 'error',
  title: 'New rows always belong at the end, so one partition takes all of them',
  why: 'A store that is split by ranges of its key puts neighbours together. Where each new key is higher than all before it, every insert goes to the last range, however many there are, and splitting that range only moves the end.',
  sources: [
    { title: 'Bigtable documentation, Schema design best practices: row keys', url: 'https://cloud.google.com/bigtable/docs/schema-design' },
    { title: 'Spanner documentation, Schema design best practices: prevent hotspots', url: 'https://cloud.google.com/spanner/docs/schema-design' },
    { title: 'MongoDB Manual, Choose a shard key: monotonically changing keys', url: 'https://www.mongodb.com/docs/manual/core/sharding-choose-a-shard-key/' },
    { title: 'Apache HBase Reference Guide, Monotonically increasing row keys' },
  ],
  needs: ['partitioning', 'key', 'key-order', 'split', 'partition-limit.write', 'capacity.write', 'shards'],
  fixable: true,
  *check(model, analysis) {
    for (const store of model.components) {
      const rising = risingKey(store)
      if (!rising) continue
      const inserts = lookup(model).relationsTo(store.id).filter((relation) => addsRows(relation))
      if (inserts.length > 0) yield* report(model, analysis, store, rising, inserts)
    }
  },
}

/** Part of one partition’s limit below which it does not matter where new rows go. */
const HARMLESS = 0.3

interface Rising {
  /** As a message says it: `` `created-at` only rises ``. */
  readonly how: string
  readonly facts: readonly Fact[]
  /** Nobody states it: the name of the key says so. */
  readonly byName: boolean
}

/** Split by ranges, and new keys are always the highest; unset where something in front of the key spreads them. */
function risingKey(store: Component): Rising | undefined {
  const { facts } = store
  if (!STORES.has(store.kind) || word(facts, 'partitioning') !== 'range' || number(facts, 'shards') === 1) return undefined
  if (['key', 'key-order', 'split', 'hot-keys', 'shards'].some((path) => saysUnknown(facts, path)) || isSpread(store)) return undefined
  const split = known(facts, 'partitioning')!.fact
  const key = words(facts, 'key')
  const order = known(facts, 'key-order')
  if (order) return word(facts, 'key-order') === 'monotonic' ? { how: key ? `\`${key.join(', ')}\` only rises` : 'its keys only rise', facts: [split, order.fact], byName: false } : undefined
  const leading = key?.[0]
  return leading !== undefined && TIMES.has(leading) ? { how: `\`${leading}\` is a time or a sequence by its name, which only rises`, facts: [split, known(facts, 'key')!.fact], byName: true } : undefined
}

const STORES: ReadonlySet<string> = new Set(['database', 'search', 'object-store', 'cache'])
/** Names that can hardly mean anything else. */
const TIMES: ReadonlySet<string> = new Set(['timestamp', 'ts', 'created-at', 'inserted-at', 'received-at', 'recorded-at', 'ingested-at', 'event-time', 'ulid', 'uuidv7', 'sequence-number', 'auto-increment'])

/** Keys get a prefix or suffix that somebody chose. That the store splits what gets hot by itself does not help: the end only moves. */
function isSpread({ facts }: Component): boolean {
  return ['split', 'hot-keys'].some((path) => {
    if (protection(facts, path) === false) return false
    return numberOf(call(facts, path, 'by')?.args[0]) !== undefined || numberOf(call(facts, path, 'split')?.args[0]) !== undefined || known(facts, path)?.fact.from === 'stated'
  })
}

function addsRows({ verb, facts }: Relation): boolean {
  return verb === 'writes' && (isAbsent(facts, 'op') || ['insert', 'append', 'upsert'].includes(word(facts, 'op') ?? ''))
}

function* report(model: Model, analysis: Analysis, store: Component, rising: Rising, inserts: readonly Relation[]): Iterable<Finding> {
  const rates = inserts.map((relation) => analysis.load.relation(relation.id))
  const rate = rates.reduce((sum, { peak }) => sum + peak, 0)
  const limit = partitionLimitsOf(store).find(({ work }) => work === 'writes')
  const amount = (value: number): string => formatQuantity(quantity(value, RATE))
  const base = {
    at: store.origin,
    subject: { component: store.id },
    help: 'Put something that is even in front of it (a tenant, a device, a hash of the id as a bucket: `split: by(16)`), or split by a hash of the key where nobody reads ranges of it.',
    related: inserts.slice(0, 8).map((relation) => ({ at: relation.origin, message: `\`${nameOf(model, relation.from)} → ${store.name}\`${analysis.load.relation(relation.id).peak > 0 ? ` ${amount(analysis.load.relation(relation.id).peak)}` : ''}` })),
    facts: [...rising.facts, ...(limit?.facts ?? []), ...inserts.flatMap((relation) => analysis.load.facts({ relation: relation.id }))],
    fixes: fixes(store, rate, limit?.limit),
  }
  const begins = `\`${store.name}\` is split by ranges, and ${rising.how}: `
  if (rate === 0 || !limit) {
    // Without a load and a limit nobody knows whether it matters; who states the order may want to hear it all the same.
    if (!rising.byName) yield { ...base, severity: 'info', message: `${begins}all new rows${rate === 0 ? '' : `, ${amount(rate)},`} go to its last range, however many it has.` }
    return
  }
  if (rate < HARMLESS * limit.limit) return
  const surely = !rising.byName && inserts.every(({ facts }) => !isAbsent(facts, 'op'))
  const severity: Severity = rate > limit.limit && surely ? 'error' : 'warning'
  yield { ...base, severity, message: `${begins}all ${amount(rate)} new rows go to its last range, ${rate > limit.limit ? `${Number((rate / limit.limit).toPrecision(2))} times` : `${percent(rate / limit.limit, 0)} of`} the ${amount(limit.limit)} that one takes, however many there are.` }
}

function fixes(store: Component, rate: number, limit: number | undefined): readonly Fix[] {
  const parts = limit === undefined || rate === 0 ? 16 : Math.max(2, 2 ** Math.ceil(Math.log2(rate / (HARMLESS * limit))))
  return [{ title: `Spread new keys over ${parts} ranges: \`split: by(${parts})\``, edits: setProperties(store, { split: `by(${parts})` }) }]
}
