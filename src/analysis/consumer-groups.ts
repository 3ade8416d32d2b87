/**
 * Who works through the messages of a queue or log, what arrives, and the most that they can do (NUMBERS M5): as many at once as there are copies,
 * partitions and keys, each for as long as a message takes.
 */
import { isUnlimited, known, number, protection, range, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { consumerRate, lagGrowth, lossAfter, usableParallelism } from './consumers.ts'
import type { Load, Rate } from './load.ts'
import { time } from './staleness.ts'

/** A consumer, what it gets, and the most that it can do. */
export interface Consumer {
  /** One by one where each says how long a message takes; together where the consumer says what it can do. */
  readonly deliveries: readonly [Relation, ...Relation[]]
  readonly broker: Component
  readonly brokers: readonly Component[]
  readonly consumer: Component
  readonly rate: Rate
  readonly parallel: Parallel
  readonly each: { readonly batch: number; readonly time: number; readonly facts: readonly Fact[]; readonly says: string }
  readonly can: number
}

/** `12 partitions, 40ms for a message` */
export function canText({ parallel: { bound, count, copies, threads, handlers, partitions }, each, consumer }: Consumer): string {
  const many = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`
  const readers = bound === 'keys' ? many(count, 'key') : bound === 'partitions' ? many(partitions!, 'partition') : many(copies!, 'replica')
  const inside = bound === 'keys' ? 1 : bound === 'partitions' ? handlers : threads * handlers
  return [readers, ...(inside > 1 ? [`${inside} at once in each`] : []), each.says === 'capacity' ? `${formatQuantity(quantity(number(consumer.facts, 'capacity')!, RATE))} each` : each.says].join(', ')
}

/** The backlog grows for ever: how fast, and when the first message is lost. */
export function backlogOf({ rate, can, broker }: Consumer): string {
  const kept = number(broker.facts, 'retention')
  const growth = lagGrowth(rate.average, can)
  if (growth <= 0) return 'it never catches up after a pause'
  const hourly = `the backlog grows by ${formatQuantity(quantity(growth * 3600))} messages an hour`
  return kept === undefined ? hourly : `${hourly}; after ${time(lossAfter(kept, rate.average, can))} the oldest is ${time(kept)} old and is deleted unread`
}

/** Copies are what it is bound by, and nobody says that one of them does several messages at once. */
export function isAlone({ parallel: { bound, threads, handlers }, each }: Consumer): boolean {
  return bound === 'copies' && threads === 1 && handlers === 1 && each.says !== 'capacity'
}

interface Parallel {
  readonly count: number
  /** Copies of the consumer, what each of them does at once, and partitions, as far as they are known. */
  readonly copies?: number
  readonly threads: number
  readonly handlers: number
  readonly partitions?: number
  readonly bound: 'copies' | 'partitions' | 'keys'
  readonly facts: readonly Fact[]
}

/** In the order in which the consumers are first handed something. */
export function consumersOf(model: Model, load: Load): readonly Consumer[] {
  const find = lookup(model)
  const by = new Map<string, Relation[]>()
  for (const relation of model.relations) {
    if (relation.verb !== 'delivers') continue
    const list = by.get(relation.to)
    if (list) list.push(relation)
    else by.set(relation.to, [relation])
  }
  return [...by].flatMap(([id, deliveries]): readonly Consumer[] => {
    const consumer = find.component(id)
    if (!consumer) return []
    const timed = deliveries.flatMap((delivery) => consumerOf(model, load, consumer, [delivery]) ?? [])
    const whole = timed.length > 0 ? undefined : consumerOf(model, load, consumer, deliveries as [Relation, ...Relation[]])
    return whole ? [whole] : timed
  })
}

/** Those that one component is. */
export function consumersAt(all: readonly Consumer[], component: string): readonly Consumer[] {
  let index = indexes.get(all)
  if (!index) {
    const made = new Map<string, Consumer[]>()
    for (const one of all) {
      const list = made.get(one.consumer.id)
      if (list) list.push(one)
      else made.set(one.consumer.id, [one])
    }
    indexes.set(all, (index = made))
  }
  return index.get(component) ?? []
}

const indexes = new WeakMap<readonly Consumer[], ReadonlyMap<string, readonly Consumer[]>>()

/** Whether one handler could do all that a delivery brings at its peak, as far as that is known: what a single partition asks for. */
export function oneIsEnough(model: Model, load: Load, delivery: Relation): boolean {
  const consumer = lookup(model).component(delivery.to)
  const each = effort(delivery.facts) ?? (consumer && ownCapacity(consumer))
  return !each || consumerRate(1, each.batch, each.time) >= load.relation(delivery.id).peak
}

function consumerOf(model: Model, load: Load, consumer: Component, deliveries: readonly [Relation, ...Relation[]]): Consumer | undefined {
  const [delivery] = deliveries
  const brokers = deliveries.map(({ from }) => lookup(model).component(from)!)
  const each = effort(delivery.facts) ?? (deliveries.some(({ facts }) => effort(facts) || speaksOfTime(facts)) ? undefined : ownCapacity(consumer))
  if (!each || (each.says === 'capacity' && deliveries.length === 1 && lookup(model).relationsTo(consumer.id).filter(({ verb }) => verb === 'delivers').length > 1)) return undefined
  // What else it serves takes a part of what it can do.
  if (each.says === 'capacity' && lookup(model).relationsTo(consumer.id).some(({ verb }) => verb === 'calls' || verb === 'routes')) return undefined
  const parallel = parallelOf(consumer, brokers, delivery.facts, each.says === 'capacity')
  if (!parallel) return undefined
  const rates = deliveries.map(({ id }) => load.relation(id))
  const rate = rates.length === 1 ? rates[0]! : load.component(consumer.id).all
  return { deliveries, broker: brokers[0]!, brokers, consumer, rate, parallel, each, can: consumerRate(parallel.count, each.batch, each.time) }
}

function speaksOfTime(facts: Facts): boolean {
  return Object.keys(facts).some((path) => path.startsWith('proc-time'))
}

/** The mean is the median unless stated (DECISIONS). */
function effort(facts: Facts): Consumer['each'] | undefined {
  const paths = ['proc-time.mean', 'proc-time.p50', 'proc-time']
  if ([...paths, 'batch'].some((path) => saysUnknown(facts, path))) return undefined
  const path = paths.find((each) => number(facts, each) !== undefined)
  if (path === undefined) return undefined
  const batch = number(facts, 'batch') ?? 1
  return { batch, time: number(facts, path)!, facts: [known(facts, path)!.fact, ...(known(facts, 'batch') ? [known(facts, 'batch')!.fact] : [])], says: batch > 1 ? `${time(number(facts, path)!)} for ${batch} messages` : `${time(number(facts, path)!)} for a message` }
}

function ownCapacity({ facts }: Component): Consumer['each'] | undefined {
  const rate = number(facts, 'capacity')
  return rate === undefined || rate <= 0 ? undefined : { batch: 1, time: 1 / rate, facts: [known(facts, 'capacity')!.fact], says: 'capacity' }
}

/** At most so many at once. Copies that are not known may be as many as there are partitions. */
function parallelOf({ facts }: Component, brokers: readonly Component[], delivery: Facts, whole: boolean): Parallel | undefined {
  if (['concurrency', 'affinity', 'group'].some((path) => saysUnknown(delivery, path)) || ['replicas', 'autoscale', 'autoscale.max', 'concurrency'].some((path) => saysUnknown(facts, path))) return undefined
  const [replicas, most] = [range(facts, 'replicas'), number(facts, 'autoscale.max')]
  if (isUnlimited(facts, 'autoscale.max') || isUnlimited(delivery, 'concurrency')) return undefined
  // It grows with the load, nobody says how far.
  if (protection(facts, 'autoscale') === true && most === undefined) return undefined
  const copies = replicas === undefined && most === undefined ? undefined : Math.max(replicas?.to ?? 0, most ?? 0)
  const threads = whole ? 1 : (number(facts, 'concurrency') ?? 1)
  const handlers = whole ? 1 : (number(delivery, 'concurrency') ?? 1)
  const [broker] = brokers as [Component]
  const isLog = brokers.length === 1 && (broker.kind === 'log' || broker.kind === 'topic')
  if (brokers.some((one) => saysUnknown(one.facts, 'partitions') || word(one.facts, 'partitions') === 'elastic')) return undefined
  const partitions = isLog ? number(broker.facts, 'partitions') : undefined
  if (copies === undefined && partitions === undefined) return undefined
  const grouped = isLog || (word(broker.facts, 'order') === 'per-key' && number(broker.facts, 'group-readers') === 1)
  const keys = brokers.length === 1 && grouped && !saysUnknown(broker.facts, 'key-cardinality') ? number(broker.facts, 'key-cardinality') : undefined
  const readers = usableParallelism(copies === undefined ? Infinity : copies * threads, partitions)
  const count = usableParallelism(readers * handlers, undefined, keys)
  const fact = (from: Facts, path: string): readonly Fact[] => (known(from, path) ? [known(from, path)!.fact] : [])
  const used = [
    ...(copies === undefined ? [] : [...fact(facts, 'replicas'), ...fact(facts, 'autoscale.max')]),
    ...(partitions === undefined ? [] : fact(broker.facts, 'partitions')),
    ...(handlers > 1 ? fact(delivery, 'concurrency') : []),
    ...(threads > 1 ? fact(facts, 'concurrency') : []),
    ...(keys === count ? fact(broker.facts, 'key-cardinality') : []),
  ]
  const bound = keys !== undefined && keys < readers * handlers ? 'keys' : partitions !== undefined && partitions <= (copies ?? Infinity) * threads ? 'partitions' : 'copies'
  return { count, ...(copies !== undefined && { copies }), threads, handlers, ...(partitions !== undefined && { partitions }), bound, facts: used }
}
