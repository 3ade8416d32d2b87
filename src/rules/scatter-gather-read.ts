import type { Analysis } from '../analysis/analysis.ts'
import { shardCapacity } from '../analysis/capacity.ts'
import { anySlow, parallelLatency } from '../analysis/fan-out.ts'
import { placementOf } from '../analysis/partitions.ts'
import { time } from '../analysis/staleness.ts'
import { known, number, protection, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Origin } from '../model/origin.ts'
import type { Fact } from '../model/value.ts'
import type { Finding, Rule } from './rule.ts'
import { nameOf, percent } from './words.ts'

export const scatterGatherRead: Rule = {
  id: 'scatter-gather-read',
  code: 'P4',
  severity: 'warning',
  title: 'A frequent query does not name the partition key, so every shard is asked',
  why: 'A store that is split by one key cannot tell where the answers to another question are, so it asks all of its shards and waits for the slowest. Each shard then gets every such query: more shards do not make it lighter, only slower.',
  sources: [
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 6, "Partitioning and Secondary Indexes"' },
    { title: 'Dean and Barroso, The Tail at Scale (CACM 2013)', url: 'https://research.google/pubs/the-tail-at-scale/' },
  ],
  needs: ['by', 'key', 'shards', 'indexes', 'capacity.read', 'latency.p50', 'latency.p99', 'rate', 'partial-results'],
  fixable: false,
  settings: ['utilisation', 'scatteredShards', 'scatteredShare'],
  *check(model, analysis, { utilisation, scatteredShards, scatteredShare }) {
    for (const store of model.components) {
      if (store.kind !== 'database' && store.kind !== 'cache') continue
      const { partitions, facts } = placementOf(store)
      if (partitions === undefined || partitions < scatteredShards) continue
      const reads = lookup(model).relationsTo(store.id).filter(({ verb }) => verb === 'reads')
      const scattered = reads.filter((read) => isScattered(model, store, read))
      for (const read of scattered) {
        const harm = harmOf(analysis, { store, shards: partitions, reads, scattered, read, utilisation, most: scatteredShare })
        if (harm) yield report(model, analysis, store, partitions, read, harm, facts)
      }
    }
  },
}

/** What it asks by leaves open on which shard the answer is, and all of the answer is wanted now. */
function isScattered(model: Model, store: Component, { facts, from }: Relation): boolean {
  if (['by', 'partial-results', 'required', 'effort'].some((path) => saysUnknown(facts, path)) || ['key', 'indexes', 'partitioning'].some((path) => saysUnknown(store.facts, path))) return false
  const [by, key] = [words(facts, 'by'), words(store.facts, 'key')]
  if (!by || !key || by.length === 0 || key.length === 0) return false
  if (protection(facts, 'partial-results') !== false || known(facts, 'required') || word(facts, 'effort') === 'offline') return false
  // What nobody waits for may take its time.
  if (['batch', 'monitor', 'scheduler'].includes(lookup(model).component(from)?.kind ?? '')) return false
  if (words(store.facts, 'indexes')?.some((index) => by.includes(index))) return false
  const scheme = word(store.facts, 'partitioning')
  const named = key.filter((part) => by.includes(part))
  if (scheme === 'range') return !by.includes(key[0]!)
  return scheme === 'hash' ? named.length < key.length : named.length === 0
}

interface Question {
  readonly store: Component
  readonly shards: number
  readonly reads: readonly Relation[]
  readonly scattered: readonly Relation[]
  readonly read: Relation
  readonly utilisation: number
  /** Part of the reads that may be scattered. */
  readonly most: number
}

interface Harm {
  /** Behind the shards that are asked: what it comes to. */
  readonly text: string
  readonly at?: Origin
  readonly facts: readonly Fact[]
}

/** It is frequent, or brings the shards to their limit, or is slower than the flow allows: the last two say more, so they come first. */
function harmOf(analysis: Analysis, { store, shards, reads, scattered, read, utilisation, most }: Question): Harm | undefined {
  const rateOf = (relation: Relation): number => analysis.load.relation(relation.id).peak
  const total = analysis.load.component(store.id).reads
  const asked = scattered.reduce((sum, relation) => sum + rateOf(relation), 0)
  const capacity = shardCapacity(store, 'reads')
  const each = asked + Math.max(0, total.peak - asked) / shards
  if (capacity && rateOf(read) > 0 && each > utilisation * capacity.rate && total.peak / shards <= utilisation * capacity.rate) {
    const much = each > capacity.rate ? `${Number((each / capacity.rate).toPrecision(2))} times` : `${percent(each / capacity.rate, 0)} of`
    return { text: `each shard gets ${amount(each)}, ${much} the ${amount(capacity.rate)} that it serves`, facts: capacity.facts }
  }
  const slow = tooSlow(analysis, store, shards, read)
  if (slow) return slow
  const all = scattered.length === reads.length
  const share = all ? 1 : total.peak > 0 && total.missing.length === 0 ? asked / total.peak : undefined
  if (share === undefined || share <= most || (!all && rateOf(read) === 0)) return undefined
  return { text: `${all ? 'all' : percent(share, 0)} of the reads of \`${store.name}\` are such`, facts: [] }
}

/** The slowest of all shards takes longer than a flow allows, though each of them alone would not. */
function tooSlow(analysis: Analysis, store: Component, shards: number, read: Relation): Harm | undefined {
  const [p50, p99] = [number(store.facts, 'latency.p50'), number(store.facts, 'latency.p99')]
  if (p50 === undefined || p99 === undefined) return undefined
  const slowest = parallelLatency({ p50, p99 }, shards).p99
  for (const { flow, waitsFor } of analysis.flows) {
    const allowed = flow && number(flow.facts, 'p99')
    if (!flow || allowed === undefined || !waitsFor(read.id) || slowest <= allowed || p99 > allowed) continue
    return { text: `at p99 the slowest of them takes ${time(Number(slowest.toPrecision(2)))}, more than the ${time(allowed)} that "${flow.title}" may take`, at: flow.origin, facts: [known(store.facts, 'latency.p50')!.fact, known(store.facts, 'latency.p99')!.fact, known(flow.facts, 'p99')!.fact] }
  }
  return undefined
}

function amount(rate: number): string {
  return formatQuantity(quantity(rate, RATE))
}

function report(model: Model, analysis: Analysis, store: Component, shards: number, read: Relation, harm: Harm, placement: readonly Fact[]): Finding {
  const [by, key] = [words(read.facts, 'by')!, words(store.facts, 'key')!].map((names) => names.map((name) => `\`${name}\``).join(', '))
  const rate = analysis.load.relation(read.id).peak
  const many = rate > 0 ? `, so that ${amount(rate)} become ${amount(rate * shards)}` : ''
  return {
    at: read.origin,
    subject: { relation: read.id, component: store.id },
    message: `\`${nameOf(model, read.from)}\` asks \`${store.name}\` by ${by}, but that is split by ${key}: each query goes to all ${shards} shards${many}, and ${percent(anySlow(0.01, shards), 0)} of them wait for a shard that is slower than its p99; ${harm.text}.`,
    help: `Keep an index that is split by ${by} (\`indexes\`), or a search or view that is filled from the changes of \`${store.name}\`; or take what answers in time (\`partial-results: yes\`).`,
    related: [
      ...(known(store.facts, 'key')?.fact.from === 'stated' ? [{ at: originOf(known(store.facts, 'key')!.fact, store.origin), message: `\`${store.name}\` is split by ${key}` }] : []),
      ...(harm.at ? [{ at: harm.at, message: 'the flow that waits' }] : []),
    ],
    facts: [known(read.facts, 'by')!.fact, known(store.facts, 'key')!.fact, ...placement, ...harm.facts, ...analysis.load.facts({ relation: read.id })],
    fixes: [],
  }
}

function originOf(fact: Fact, otherwise: Origin): Origin {
  return fact.from === 'stated' ? fact.origin : otherwise
}
