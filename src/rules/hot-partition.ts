import type { Analysis } from '../analysis/analysis.ts'
import { around } from '../analysis/cut.ts'
import { flowsWaiting, type FlowPaths } from '../analysis/flows.ts'
import { splitsNeeded } from '../analysis/keys.ts'
import type { Rate } from '../analysis/load.ts'
import {
  hottestShare,
  keySkewOf,
  partitionLimitsOf,
  percent,
  placementOf,
  type KeySkew,
  type PartitionLimit,
  type Placement,
} from '../analysis/partitions.ts'
import { effectsBehind } from '../analysis/visits.ts'
import { known, range, reference, references, saysUnknown, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import { BANDWIDTH, formatQuantity, quantity, RATE } from '../model/quantity.ts'
import { setProperties } from './edits.ts'
import { loadSources } from './load-sources.ts'
import type { Finding, Rule } from './rule.ts'

export const hotPartition: Rule = {
  id: 'hot-partition',
  code: 'P1',
  severity: 'error',
  title: 'One key gets more than one partition can take',
  why: 'All requests for one key go to one partition, so the busiest key sets the limit, not the sum of all partitions. Buying more of them changes nothing: the one partition answers late or refuses while the others idle.',
  sources: [
    {
      title: 'Amazon DynamoDB Developer Guide, Designing partition keys to distribute your workload',
      url: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html',
    },
    {
      title: 'Amazon Kinesis Data Streams, Quotas and limits',
      url: 'https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html',
    },
    { title: 'Breslau et al., Web Caching and Zipf-like Distributions (INFOCOM 1999)' },
  ],
  needs: ['key-dist', 'key-cardinality', 'partition-limit.write', 'partition-limit.read', 'capacity', 'partitions', 'shards', 'split'],
  fixable: true,
  settings: ['utilisation'],
  *check(model, analysis, { utilisation }) {
    for (const component of model.components) {
      const skew = keySkewOf(component)
      if (!skew || skew.topKey === 0 || !isSplit(component)) continue
      const hottest = worst(model, analysis, component, skew, utilisation)
      if (hottest) yield report(model, analysis, component, skew, hottest, utilisation)
    }
  },
}

/** A store of one piece has no partition that is hotter than another: its load is another rule's question. */
function isSplit(component: Component): boolean {
  const { partitions } = placementOf(component)
  if (partitions !== undefined) return partitions > 1
  return ['partition-limit', 'partition-limit.write', 'partition-limit.read', 'partition-limit.bytes'].some((path) =>
    known(component.facts, path),
  )
}

interface Hottest {
  readonly limit: PartitionLimit
  readonly placement: Placement
  readonly rate: Rate
  /** The busiest partition's share, and what that comes to. */
  readonly share: number
  readonly load: number
}

/** The dimension that is exceeded most. A load that an even spread would not fit either is no matter of keys. */
function worst(model: Model, analysis: Analysis, component: Component, skew: KeySkew, utilisation: number): Hottest | undefined {
  const placement = placementOf(component)
  const load = analysis.load.component(component.id)
  const share = hottestShare(skew, placement)
  let most: Hottest | undefined
  for (const limit of partitionLimitsOf(component)) {
    // What takes nothing takes nothing of any key.
    if (limit.limit <= 0 || (limit.work === 'reads' && (cachedInFront(model, component) || behindCdn(model, analysis, component)))) continue
    const rate = limit.work === 'bytes' ? load.bytesIn : load[limit.work]
    const hot = { limit, placement, rate, share, load: rate.peak * share }
    const fair = placement.partitions === undefined ? 0 : rate.peak / placement.partitions
    if (hot.load <= utilisation * limit.limit || (fair > limit.limit && rate.peak * skew.topKey <= limit.limit)) continue
    if (!most || surer(limit, most.limit) || (!surer(most.limit, limit) && hot.load / limit.limit > most.load / most.limit.limit))
      most = hot
  }
  return most
}

/** What is stated is not hidden behind a rule of thumb. */
function surer(a: PartitionLimit, b: PartitionLimit): boolean {
  return unsure(a) < unsure(b)
}

function unsure({ facts }: PartitionLimit): number {
  const rank = { high: 0, medium: 1, low: 2 }
  return Math.max(0, ...facts.map((fact) => (fact.from === 'default' ? rank[fact.confidence] : 0)))
}

/** A cache in front takes the busiest keys first, so what is left of the reads is spread otherwise. */
function cachedInFront(model: Model, component: Component): boolean {
  const find = lookup(model)
  if (find.relationsTo(component.id).some((relation) => relation.verb === 'caches')) return true
  const readers = new Set(find.relationsTo(component.id).flatMap((relation) => (relation.verb === 'reads' ? [relation.from] : [])))
  return model.components.some((cache) => {
    if (cache.kind !== 'cache' || cache === component) return false
    const reads = find.relationsTo(cache.id).filter((relation) => relation.verb === 'reads' || relation.verb === 'calls')
    if (saysUnknown(cache.facts, 'rebuild-from')) return true
    const origin =
      references(cache.facts, 'rebuild-from').some((target) => target.id === component.id) ||
      reads.some((relation) => reference(relation.facts, 'fallback')?.id === component.id)
    return origin || reads.some((relation) => readers.has(relation.from))
  })
}

/** A CDN takes them, too, where nobody comes round it; what changes something behind it, it passes on. */
function behindCdn(model: Model, { graph, flows }: Analysis, component: Component): boolean {
  const find = lookup(model)
  const isCdn = (id: string): boolean => find.component(id)?.kind === 'cdn'
  const reads = find.relationsTo(component.id).filter(({ verb }) => verb === 'reads')
  const reading = flowsWaiting(flows, reads.map(({ id }) => id))
  const kept = (flow: FlowPaths): boolean => {
    const changing = effectsBehind(flow)
    return flow.waited.some(({ relation }) => isCdn(relation.from) && !changing.has(relation.id))
  }
  if (reading.length === 0 || !reading.every(kept)) return false
  const asking = model.components.filter(({ kind }) => kind === 'client' || kind === 'external').map(({ id }) => id)
  return !around(isCdn, asking, graph.sync).has(component.id)
}

function report(model: Model, analysis: Analysis, component: Component, skew: KeySkew, hottest: Hottest, utilisation: number): Finding {
  const { limit, placement, rate, share, load } = hottest
  const over = load > limit.limit
  const work = limit.work === 'bytes' ? 'bytes' : limit.work
  const amount = (value: number): string => formatQuantity(quantity(value, limit.work === 'bytes' ? BANDWIDTH : RATE))
  const key = words(component.facts, 'key')?.join(', ')
  const named = key === undefined ? `The partition key of \`${component.name}\`` : `Partition key \`${key}\` of \`${component.name}\``
  const rest =
    placement.partitions === undefined
      ? ''
      : ` (${percent(skew.topKey)} plus an even part of the rest over ${placement.partitions} partitions)`
  const much = over
    ? `${times(load / limit.limit)} the ${amount(limit.limit)} that one partition takes`
    : `${percent(load / limit.limit)} of the ${amount(limit.limit)} that one partition takes`
  const parts = splitsNeeded(skew.topKey, placement.partitions, (utilisation * limit.limit) / rate.peak)
  return {
    at: component.origin,
    subject: { component: component.id },
    severity: over ? 'error' : 'warning',
    message: `${named}: ${skew.how}, so the busiest partition gets ${percent(share)}${rest} of ${rate.peaks ? 'the peak of ' : ''}${amount(rate.peak)} ${work} = ${amount(load)}, ${much}.`,
    help: `More partitions will not help: ${parts === undefined || parts < 2 ? '' : `spread the busiest keys over ${parts} parts each (\`split: by(${parts})\`), or `}choose a key with more, and more even, values.`,
    related: loadSources(model, analysis, entering(model, component, limit.work)),
    limit: limit.facts[0],
    facts: [...skew.facts, ...limit.facts, ...placement.facts, ...analysis.load.facts({ component: component.id })],
    // However even the keys: what is too much for all partitions together is too much.
    fixes: rate.peak >= limit.limit * (range(component.facts, 'shards')?.to ?? range(component.facts, 'partitions')?.to ?? Infinity) ? [] : fixes(component, skew, parts),
  }
}

function times(ratio: number): string {
  return `${Number(ratio.toPrecision(2))} times`
}

/** Of a log that is read too fast, those that read it. */
function entering(model: Model, component: Component, work: PartitionLimit['work']): readonly Relation[] {
  const find = lookup(model)
  return work === 'reads' && component.kind === 'log' ? find.relationsFrom(component.id) : find.relationsTo(component.id)
}

function fixes(component: Component, skew: KeySkew, parts: number | undefined): readonly Fix[] {
  if (parts === undefined || parts < 2 || known(component.facts, 'hot-keys')) return []
  const total = Math.ceil(parts * skew.parts)
  return [{ title: `Spread the busiest keys: \`split: by(${total})\``, edits: setProperties(component, { split: `by(${total})` }) }]
}
