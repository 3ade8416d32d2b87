/**
 * Everything about a component that can run full, with how full it is: what its copies serve, a provider’s quota, its network, all partitions
 * together, and the busiest of them. The throughput axis asks which comes first, `overloaded-component` whether one is exceeded.
 */
import { known, number, saysUnknown, word } from '../model/facts.ts'
import type { Component } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import type { Analysis } from './analysis.ts'
import { capacityOf, copiesPerShard, perReplica, quotaOf, statelessCopies, storeCopies, writesScale, type Capacity, type Count, type Work } from './capacity.ts'
import { consumersAt, isAlone, type Consumer } from './consumer-groups.ts'
import { leastSure, uniqueFacts } from './figure.ts'
import type { ComponentLoad, Rate } from './load.ts'
import { STORES } from './multiplicity.ts'
import { hottestShare, keySkewOf, partitionLimitsOf, placementOf, statesPartitionLimit } from './partitions.ts'
import { leaderFollower, leaderlessNodeLoad } from './replication.ts'

/** `mixed`: reads and writes of a store together; `all`: everything that a stateless component gets. */
export type LimitWork = Work | 'mixed' | 'bytes'

export interface Limit {
  readonly of: 'capacity' | 'quota' | 'bandwidth' | 'partitions' | 'busiest-partition' | 'handlers'
  readonly work: LimitWork
  /** 1/s, or B/s for bytes. */
  readonly load: number
  readonly limit: number
  /** load / limit */
  readonly used: number
  readonly rate: Rate
  /** How many alike it is divided by, and which property says so; unset where more of them would not help. */
  readonly divided?: { readonly by: 'replicas' | 'shards' | 'partitions'; readonly into: number }
  /** Without those behind the load. */
  readonly facts: readonly Fact[]
}

/** What a component can serve by itself; how fast it works through a broker's messages is a matter of both. */
export type OwnLimit = Limit & { readonly of: Exclude<Limit['of'], 'handlers'> }

/** The fullest first; of equals, what covers more. Empty where nothing comes in or nothing is known. Kept with the load: many ask. */
export function limitsOf(component: Component, load: ComponentLoad): readonly OwnLimit[] {
  const known = kept.get(load)
  if (known?.component === component) return known.limits
  const limits = computed(component, load)
  kept.set(load, { component, limits })
  return limits
}

const kept = new WeakMap<ComponentLoad, { readonly component: Component; readonly limits: readonly OwnLimit[] }>()

/** The same of what arrives, and how fast it works through the messages of a broker. */
export function everyLimitOf({ consumers, admission }: Pick<Analysis, 'consumers' | 'admission'>, component: Component): readonly Limit[] {
  const arriving = admission.component(component.id)
  const own = limitsOf(component, arriving)
  const reading = consumersAt(consumers, component.id)
  if (reading.length === 0) return own
  const before = every.get(arriving)
  if (before?.reading === reading) return before.limits
  const limits = [...own, ...reading.flatMap((one) => ofHandlers(one, admission, arriving, own))].sort((a, b) => b.used - a.used)
  every.set(arriving, { reading, limits })
  return limits
}

const every = new WeakMap<ComponentLoad, { readonly reading: readonly Consumer[]; readonly limits: readonly Limit[] }>()

/** M5. Where it is no less than what all its copies serve, it says nothing new. */
function ofHandlers(consumer: Consumer, admission: Analysis['admission'], arriving: ComponentLoad, own: readonly Limit[]): readonly Limit[] {
  const { deliveries, parallel, each, can } = consumer
  if (own.some(({ of, limit }) => of === 'capacity' && each.says === 'capacity' && limit <= can * (1 + 1e-9))) return []
  const arrives = deliveries.length === 1 ? admission.relation(deliveries[0].id) : arriving.all
  if (arrives.peak <= 0 || can <= 0) return []
  // How many slots a copy of a stream processor has is anybody’s guess where it is not said.
  const rate = consumer.consumer.kind === 'stream-processor' && isAlone(consumer) ? { ...arrives, sureness: leastSure(arrives.sureness, 'estimate') } : arrives
  const by = parallel.bound === 'keys' ? undefined : { by: parallel.bound === 'partitions' ? ('partitions' as const) : ('replicas' as const), into: parallel.bound === 'partitions' ? parallel.partitions! : parallel.copies! }
  return [made('handlers', 'all', rate, can, uniqueFacts([...each.facts, ...parallel.facts]), by)]
}

function computed(component: Component, load: ComponentLoad): readonly OwnLimit[] {
  const found = [
    ...ofQuota(component, load),
    ...(STORES.has(component.kind) ? ofStore(component, load) : ofStateless(component, load)),
    ...ofBandwidth(component, load),
    ...ofPartitions(component, load),
    ...ofBusiest(component, load),
  ]
  return found.filter((each) => each.load > 0).sort((a, b) => b.used - a.used)
}

function made<Of extends Limit['of']>(of: Of, work: LimitWork, rate: Rate, limit: number, facts: readonly Fact[], divided?: Limit['divided']): Limit & { readonly of: Of } {
  return { of, work, load: rate.peak, limit, used: rate.peak / limit, rate, facts, ...(divided && { divided }) }
}

function ofQuota(component: Component, { all }: ComponentLoad): readonly OwnLimit[] {
  const quota = quotaOf(component)
  return quota ? [made('quota', 'all', all, quota.rate, quota.facts)] : []
}

function ofStateless(component: Component, { all }: ComponentLoad): readonly OwnLimit[] {
  const capacity = component.kind === 'external' ? undefined : capacityOf(component, 'all')
  const copies = statelessCopies(component)
  return capacity && copies ? [made('capacity', 'all', all, capacity.rate, capacity.facts, { by: 'replicas', into: copies.count })] : []
}

/** Writes, reads, and where one number stands for both, the two together: each copy applies every write and answers its part of the reads. */
function ofStore(component: Component, { all, reads, writes }: ComponentLoad): readonly OwnLimit[] {
  const found: OwnLimit[] = []
  for (const [work, rate] of [['writes', writes], ['reads', reads]] as const) {
    const capacity = capacityOf(component, work)
    const copies = storeCopies(component, work)
    if (!capacity || !copies || rate.peak <= 0) continue
    const by = work === 'writes' && !writesScale(component, work) ? 'shards' : 'replicas'
    found.push(made('capacity', work, rate, capacity.rate, capacity.facts, { by, into: copies.count }))
  }
  const mixed = together(component, all, writes)
  return mixed ? [...found, mixed] : found
}

function together(component: Component, all: Rate, writes: Rate): OwnLimit | undefined {
  if (all.peak <= 0 || ['capacity.read', 'capacity.write'].some((path) => known(component.facts, path))) return undefined
  if (writesScale(component, 'writes')) {
    const capacity = capacityOf(component, 'all')
    const copies = storeCopies(component, 'all')
    if (capacity && copies && word(component.facts, 'replication') === 'leaderless') return onNodes(component, all, writes, capacity, copies)
    return capacity && copies && made('capacity', 'mixed', all, capacity.rate, capacity.facts, { by: 'replicas', into: copies.count })
  }
  const each = perReplica(component, 'all')
  const shards = storeCopies(component, 'writes')
  const copies = copiesPerShard(component)
  if (!each || !shards || !copies || known(component.facts, 'nodes')) return undefined
  // Only what is stated sends all reads to the leader: a default is how most are used, not how this one is.
  const atLeader = word(component.facts, 'read-from') === 'leader' && known(component.facts, 'read-from')!.fact.from === 'stated'
  if (saysUnknown(component.facts, 'read-from')) return undefined
  const readers = atLeader ? 1 : copies.count
  const { replica } = leaderFollower({ reads: all.peak - writes.peak, writes: writes.peak }, readers, each.rate * shards.count)
  const facts = uniqueFacts([...each.facts, ...shards.facts, ...copies.facts, atLeader ? known(component.facts, 'read-from')!.fact : undefined])
  return made('capacity', 'mixed', all, all.peak / replica, facts, { by: 'shards', into: shards.count })
}

/** M4: in a leaderless store each write costs n of its nodes, and each read as many as it asks: `r` of them where that is said, one at least. */
function onNodes(component: Component, all: Rate, writes: Rate, capacity: Capacity, copies: Count): OwnLimit {
  const { facts } = component
  const [copiesOf, asked] = [number(facts, 'n') ?? number(facts, 'replication-factor') ?? 1, number(facts, 'r') ?? 1]
  const each = leaderlessNodeLoad({ reads: Math.max(0, all.peak - writes.peak), writes: writes.peak }, Math.max(1, copiesOf), Math.max(1, asked), copies.count)
  const used = each / (capacity.rate / copies.count)
  const known_ = ['n', 'replication-factor', 'r'].map((path) => known(facts, path)?.fact)
  return made('capacity', 'mixed', all, all.peak / used, uniqueFacts([...capacity.facts, ...known_]), { by: 'replicas', into: copies.count })
}

function ofBandwidth(component: Component, { bytesIn }: ComponentLoad): readonly OwnLimit[] {
  const each = number(component.facts, 'bandwidth')
  const store = STORES.has(component.kind)
  const copies = store ? storeCopies(component, 'writes') : statelessCopies(component)
  if (each === undefined || !copies || bytesIn.peak <= 0) return []
  const facts = uniqueFacts([known(component.facts, 'bandwidth')!.fact, ...copies.facts])
  return [made('bandwidth', 'bytes', bytesIn, each * copies.count, facts, { by: store ? 'shards' : 'replicas', into: copies.count })]
}

/** What all partitions take together, were their keys as even as can be. */
function ofPartitions(component: Component, load: ComponentLoad): readonly OwnLimit[] {
  if (!statesPartitionLimit(component)) return []
  const { partitions, facts } = placementOf(component)
  if (partitions === undefined) return []
  return partitionLimitsOf(component).map((each) =>
    made('partitions', each.work, loadOf(load, each.work), each.limit * partitions, uniqueFacts([...each.facts, ...facts]), {
      by: component.kind === 'log' || component.kind === 'queue' || component.kind === 'topic' ? 'partitions' : 'shards',
      into: partitions,
    }),
  )
}

function ofBusiest(component: Component, load: ComponentLoad): readonly OwnLimit[] {
  const skew = keySkewOf(component)
  if (!skew) return []
  const placement = placementOf(component)
  const share = hottestShare(skew, placement)
  if (share <= 0) return []
  return partitionLimitsOf(component).map((each) => {
    const rate = loadOf(load, each.work)
    const hot = { ...rate, average: rate.average * share, peak: rate.peak * share }
    return made('busiest-partition', each.work, hot, each.limit, uniqueFacts([...each.facts, ...skew.facts, ...placement.facts]))
  })
}

function loadOf(load: ComponentLoad, work: 'reads' | 'writes' | 'bytes'): Rate {
  return work === 'bytes' ? load.bytesIn : load[work]
}
