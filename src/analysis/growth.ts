/**
 * How fast a store fills, and how much it has room for (NUMBERS M22). Growth is what the store says, else what is known to be added to it: inserts,
 * appends, messages, objects. What only changes a record that is there adds nothing.
 */
import { isNone, isUnlimited, known, number, numberOf, range, references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import { BANDWIDTH, RATE, sameDimension } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { uniqueFacts } from './figure.ts'
import type { Load } from './load.ts'
import { bytesPerByte } from './storage.ts'

export interface Growth {
  /** B/s, before copies, indexes and compression. */
  readonly rate: number
  /** B that it holds already. */
  readonly stock: number
  /** Records a second and now, where known. */
  readonly records?: { readonly rate: number; readonly stock: number }
  /** s; what is older goes. Infinity where it is kept for ever, or nobody says. */
  readonly retention: number
  readonly facts: readonly Fact[]
}

/** Undefined where nothing is known to be added, or something else than time takes it away. */
export function growthOf(model: Model, load: Load, component: Component): Growth | undefined {
  const { facts } = component
  if (['growth', 'retention', 'compaction', 'ttl', 'storage', 'item-size', 'items', 'max-length'].some((path) => saysUnknown(facts, path))) return undefined
  // What is compacted, evicted or bounded settles by itself.
  if (word(facts, 'compaction') === 'yes' || (known(facts, 'ttl') && !isUnlimited(facts, 'ttl'))) return undefined
  if (known(facts, 'eviction') && word(facts, 'eviction') !== 'noeviction') return undefined
  const added = statedGrowth(component) ?? addedBy(model, load, component)
  if (!added) return undefined
  const kept = keptFor(model, component)
  if (kept === undefined) return undefined
  const stock = stockOf(model, component)
  return {
    rate: added.rate,
    stock: stock.bytes,
    ...(added.records !== undefined && { records: { rate: added.records, stock: stock.records } }),
    retention: kept.seconds,
    // Those behind a load are followed back through the design: only for who asks.
    get facts() {
      return uniqueFacts([...added.facts(), ...kept.facts, ...(stock.bytes > 0 ? stock.facts : [])])
    },
  }
}

interface Added {
  readonly rate: number
  readonly records?: number
  facts(): readonly Fact[]
}

function statedGrowth({ facts }: Component): Added | undefined {
  const said = known(facts, 'growth')
  if (said?.value.type !== 'quantity') return undefined
  if (sameDimension(said.value.dimension, BANDWIDTH)) return { rate: said.value.value, facts: () => [said.fact] }
  const size = number(facts, 'item-size')
  if (!sameDimension(said.value.dimension, RATE) || size === undefined) return undefined
  return { rate: said.value.value * size, records: said.value.value, facts: () => [said.fact, known(facts, 'item-size')!.fact] }
}

const BROKER: ReadonlySet<string> = new Set(['log', 'queue', 'topic'])

/** Averages, since peaks pass. */
function addedBy(model: Model, load: Load, component: Component): Added | undefined {
  if (component.kind === 'queue' || component.kind === 'topic' || component.kind === 'cache') return undefined
  const found = lookup(model)
    .relationsTo(component.id)
    .flatMap((relation) => {
      const size = adds(model, component, relation) ? sizeOf(model, component, relation) : undefined
      const { average } = load.relation(relation.id)
      return size && average > 0 ? [{ rate: average * size.bytes, records: average, facts: () => [...size.facts, ...load.facts({ relation: relation.id })] }] : []
    })
  if (found.length === 0) return undefined
  return {
    rate: found.reduce((sum, { rate }) => sum + rate, 0),
    records: found.reduce((sum, { records }) => sum + records, 0),
    facts: () => found.flatMap(({ facts }) => facts()),
  }
}

function adds(model: Model, component: Component, relation: Relation): boolean {
  if (relation.verb === 'publishes' || relation.verb === 'captures') return BROKER.has(component.kind)
  if (relation.verb !== 'writes' || known(relation.facts, 'signed-url')) return relation.verb === 'writes' && component.kind === 'object-store' && !saysUnknown(relation.facts, 'op')
  const op = word(relation.facts, 'op')
  if (op !== undefined) return op === 'insert' || op === 'append'
  if (saysUnknown(relation.facts, 'op')) return false
  return component.kind === 'object-store' || dataOf(model, component, relation).every(({ facts }) => word(facts, 'mutable') === 'no') && dataOf(model, component, relation).length > 0
}

function dataOf(model: Model, component: Component, relation: Relation): readonly { readonly facts: Component['facts'] }[] {
  const find = lookup(model)
  const own = references(relation.facts, 'data')
  return (own.length > 0 ? own : references(component.facts, 'stores')).flatMap((target) => (target.kind === 'data' ? (find.data(target.id) ?? []) : []))
}

function sizeOf(model: Model, component: Component, relation: Relation): { readonly bytes: number; readonly facts: readonly Fact[] } | undefined {
  if (saysUnknown(relation.facts, 'size') || saysUnknown(relation.facts, 'data')) return undefined
  // Where the content lies elsewhere, its name is all that comes.
  if (known(relation.facts, 'claim-check')) return undefined
  const own = number(relation.facts, 'size')
  if (own !== undefined) return { bytes: own, facts: [known(relation.facts, 'size')!.fact] }
  const data = dataOf(model, component, relation)
  const bytes = data.length === 1 ? number(data[0]!.facts, 'size') : undefined
  return bytes === undefined ? undefined : { bytes, facts: [known(data[0]!.facts, 'size')!.fact] }
}

/** The store's own, else what its data are kept for. Undefined where that is said to be unknown. */
function keptFor(model: Model, component: Component): { readonly seconds: number; readonly facts: readonly Fact[] } | undefined {
  const find = lookup(model)
  const own = [component, ...references(component.facts, 'stores').flatMap(({ id }) => find.data(id) ?? [])].map(({ facts }) => facts)
  if (own.some((facts) => saysUnknown(facts, 'retention') || saysUnknown(facts, 'deleted') || word(facts, 'deleted') === 'yes')) return undefined
  if (isUnlimited(component.facts, 'retention') && !isNone(component.facts, 'retention')) return { seconds: Infinity, facts: [known(component.facts, 'retention')!.fact] }
  const seconds = number(component.facts, 'retention')
  return seconds === undefined ? { seconds: Infinity, facts: [] } : { seconds, facts: [known(component.facts, 'retention')!.fact] }
}

function stockOf(model: Model, component: Component): { readonly bytes: number; readonly records: number; readonly facts: readonly Fact[] } {
  const [items, size] = [number(component.facts, 'items'), number(component.facts, 'item-size')]
  if (items !== undefined && size !== undefined)
    return { bytes: items * size, records: items, facts: ['items', 'item-size'].map((path) => known(component.facts, path)!.fact) }
  const counted = references(component.facts, 'stores').flatMap((target) => {
    const data = lookup(model).data(target.id)
    const [count, each] = [data && number(data.facts, 'count'), data && number(data.facts, 'size')]
    return count === undefined || each === undefined ? [] : [{ bytes: count * each, records: count, facts: ['count', 'size'].map((path) => known(data!.facts, path)!.fact) }]
  })
  return {
    bytes: counted.reduce((sum, { bytes }) => sum + bytes, 0),
    records: counted.reduce((sum, { records }) => sum + records, 0),
    facts: counted.flatMap(({ facts }) => facts),
  }
}

export interface Room {
  /** B that may be stored, before copies and indexes: what is on disk for each byte is taken off. */
  readonly bytes: number
  /** On disk for each byte stored. */
  readonly overhead: number
  /** All disks together, and over how many machines. */
  readonly raw: number
  readonly machines: number
  readonly facts: readonly Fact[]
}

/** What each byte stored takes on disk: copies, indexes, compression (M22). Undefined where one of them is said to be unknown. */
export function onDisk(component: Component): { readonly overhead: number; readonly facts: readonly Fact[] } | undefined {
  const { facts } = component
  if (MULTIPLYING.some((path) => saysUnknown(facts, path))) return undefined
  const copies = number(facts, 'n') ?? number(facts, 'replication-factor') ?? range(facts, 'replicas')?.to ?? 1
  const indexes = number(facts, 'index-overhead') ?? 0
  const compression = numberOf(known(facts, 'compression')?.value) ?? 1
  return {
    overhead: bytesPerByte({ copies: Math.max(1, copies), indexes, compression: compression > 0 ? compression : 1 }),
    facts: uniqueFacts(MULTIPLYING.map((path) => known(facts, path)?.fact)),
  }
}

const MULTIPLYING = ['replicas', 'n', 'replication-factor', 'index-overhead', 'compression'] as const

/**
 * `storage` is the room of one replica, as capacity is; of a log and of an object store, whose machines nobody counts, it is all there is. Always the
 * most that the stated facts allow.
 */
export function roomOf(component: Component): Room | undefined {
  const { facts } = component
  const each = number(facts, 'storage')
  const fact = known(facts, 'storage')?.fact
  const kept = onDisk(component)
  if (each === undefined || !fact || !kept || saysUnknown(facts, 'shards') || saysUnknown(facts, 'nodes')) return undefined
  const shards = range(facts, 'shards')?.to ?? 1
  const replicas = range(facts, 'replicas')?.to
  const copies = number(facts, 'n') ?? number(facts, 'replication-factor') ?? replicas ?? 1
  const nodes = range(facts, 'nodes')?.to ?? (BROKER.has(component.kind) || component.kind === 'object-store' ? replicas : shards * Math.max(replicas ?? 1, copies))
  // Copies of what is all there is are in it.
  const machines = nodes ?? 1
  const read = ['shards', 'nodes'].map((path) => known(facts, path)?.fact)
  return { raw: each * machines, machines, overhead: kept.overhead, bytes: (each * machines) / kept.overhead, facts: uniqueFacts([fact, ...read, ...kept.facts]) }
}
