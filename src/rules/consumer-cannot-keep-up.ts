import type { Analysis } from '../analysis/analysis.ts'
import { backlogAfter, consumerRate, drainTime, lagGrowth, lossAfter, parallelismNeeded, usableParallelism } from '../analysis/consumers.ts'
import type { Rate } from '../analysis/load.ts'
import { time } from '../analysis/staleness.ts'
import { isUnlimited, known, number, protection, range, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation, TextEdit } from '../model/model.ts'
import { formatQuantity, PLAIN, quantity, RATE } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import type { Settings } from './settings.ts'
import { counted, nameOf, percent } from './words.ts'

export const consumerCannotKeepUp: Rule = {
  id: 'consumer-cannot-keep-up',
  code: 'S2',
  severity: 'error',
  title: 'Messages come faster than they can be worked on',
  why: 'A backlog that grows never shrinks by itself: what is read gets older and older, until the oldest is deleted unread. More consumers do not help beyond the number of partitions, and one that only just keeps up needs days to make up for an hour.',
  sources: [
    { title: 'Apache Kafka documentation, Introduction: consumer groups', url: 'https://kafka.apache.org/documentation/#intro_consumers' },
    { title: 'AWS Builders’ Library, Avoiding insurmountable queue backlogs', url: 'https://aws.amazon.com/builders-library/avoiding-insurmountable-queue-backlogs/' },
    { title: 'Little, A Proof for the Queuing Formula: L = λW (Operations Research, 1961)' },
  ],
  needs: ['rate', 'peak', 'proc-time', 'proc-time.p50', 'proc-time.mean', 'batch', 'concurrency', 'replicas', 'autoscale.max', 'capacity', 'partitions', 'key-cardinality', 'retention', 'max-lag'],
  fixable: true,
  settings: ['utilisation', 'busyConsumer', 'peakLength'],
  *check(model, analysis, settings) {
    for (const group of groupsOf(model, analysis)) {
      const finding = judge(model, analysis, group, settings) ?? idle(model, group)
      if (finding) yield finding
    }
  },
}

/** A consumer, what it gets, and the most that it can do. */
interface Group {
  /** One by one where each says how long a message takes; together where the consumer says what it can do. */
  readonly deliveries: readonly [Relation, ...Relation[]]
  readonly broker: Component
  readonly consumer: Component
  readonly rate: Rate
  readonly parallel: Parallel
  readonly each: { readonly batch: number; readonly time: number; readonly facts: readonly Fact[]; readonly says: string }
  readonly can: number
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

function groupsOf(model: Model, analysis: Analysis): readonly Group[] {
  const find = lookup(model)
  const by = new Map<string, Relation[]>()
  for (const relation of model.relations) {
    if (relation.verb !== 'delivers') continue
    const list = by.get(relation.to)
    if (list) list.push(relation)
    else by.set(relation.to, [relation])
  }
  return [...by].flatMap(([id, deliveries]): readonly Group[] => {
    const consumer = find.component(id)
    if (!consumer) return []
    const timed = deliveries.flatMap((delivery) => groupOf(model, analysis, consumer, [delivery]) ?? [])
    const whole = timed.length > 0 ? undefined : groupOf(model, analysis, consumer, deliveries as [Relation, ...Relation[]])
    return whole ? [whole] : timed
  })
}

function groupOf(model: Model, analysis: Analysis, consumer: Component, deliveries: readonly [Relation, ...Relation[]]): Group | undefined {
  const [delivery] = deliveries
  const brokers = deliveries.map(({ from }) => lookup(model).component(from)!)
  const each = effort(delivery.facts) ?? (deliveries.some(({ facts }) => effort(facts) || speaksOfTime(facts)) ? undefined : ownCapacity(consumer))
  if (!each || (each.says === 'capacity' && deliveries.length === 1 && lookup(model).relationsTo(consumer.id).filter(({ verb }) => verb === 'delivers').length > 1)) return undefined
  // What else it serves takes a part of what it can do.
  if (each.says === 'capacity' && lookup(model).relationsTo(consumer.id).some(({ verb }) => verb === 'calls' || verb === 'routes')) return undefined
  const parallel = parallelOf(consumer, brokers, delivery.facts, each.says === 'capacity')
  if (!parallel) return undefined
  const rates = deliveries.map(({ id }) => analysis.load.relation(id))
  const rate = rates.length === 1 ? rates[0]! : analysis.load.component(consumer.id).all
  return { deliveries, broker: brokers[0]!, consumer, rate, parallel, each, can: consumerRate(parallel.count, each.batch, each.time) }
}

function speaksOfTime(facts: Facts): boolean {
  return Object.keys(facts).some((path) => path.startsWith('proc-time'))
}

/** The mean is the median unless stated (DECISIONS). */
function effort(facts: Facts): Group['each'] | undefined {
  const paths = ['proc-time.mean', 'proc-time.p50', 'proc-time']
  if ([...paths, 'batch'].some((path) => saysUnknown(facts, path))) return undefined
  const path = paths.find((each) => number(facts, each) !== undefined)
  if (path === undefined) return undefined
  const batch = number(facts, 'batch') ?? 1
  return { batch, time: number(facts, path)!, facts: [known(facts, path)!.fact, ...(known(facts, 'batch') ? [known(facts, 'batch')!.fact] : [])], says: batch > 1 ? `${time(number(facts, path)!)} for ${batch} messages` : `${time(number(facts, path)!)} for a message` }
}

function ownCapacity({ facts }: Component): Group['each'] | undefined {
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

function judge(model: Model, analysis: Analysis, group: Group, { utilisation, busyConsumer, peakLength }: Settings): Finding | undefined {
  const { rate, can } = group
  // How many slots a copy of a stream processor has is anybody’s guess where it is not said.
  const guessed = rate.sureness === 'estimate' || (isAlone(group) && group.consumer.kind === 'stream-processor')
  if (rate.average >= can) return report(model, analysis, group, utilisation, { severity: guessed ? 'warning' : 'error', then: behind(group) })
  const late = rate.peaks && rate.peak >= can ? lateAtPeak(model, group, peakLength) : undefined
  if (late) return report(model, analysis, group, utilisation, { severity: 'warning', ...late })
  if (rate.average < busyConsumer * can) return undefined
  const hours = drainTime(backlogAfter(3600, rate.average), rate.average, can)
  return report(model, analysis, group, utilisation, { severity: 'warning', then: `it is busy ${percent(rate.average / can, 0)} of the time, so that what one hour of standstill leaves takes ${time(hours)} to work off` })
}

/** Copies are what it is bound by, and nobody says that one of them does several messages at once. */
function isAlone({ parallel: { bound, threads, handlers }, each }: Group): boolean {
  return bound === 'copies' && threads === 1 && handlers === 1 && each.says !== 'capacity'
}

interface Verdict {
  readonly severity: 'error' | 'warning'
  readonly then: string
  readonly facts?: readonly Fact[]
}

/** The backlog grows for ever: how fast, and when the first message is lost. */
function behind({ rate, can, broker }: Group): string {
  const kept = number(broker.facts, 'retention')
  const growth = lagGrowth(rate.average, can)
  if (growth <= 0) return 'it never catches up after a pause'
  const hourly = `the backlog grows by ${amount(growth * 3600)} messages an hour`
  return kept === undefined ? hourly : `${hourly}; after ${time(lossAfter(kept, rate.average, can))} the oldest is ${time(kept)} old and is deleted unread`
}

/** A stated lag is passed while the peak lasts. */
function lateAtPeak(model: Model, { rate, can, consumer, deliveries: [delivery] }: Group, peakLength: number): Pick<Verdict, 'then' | 'facts'> | undefined {
  const flows = model.flows.filter(({ facts }) => known(facts, 'max-lag'))
  const allowed = [delivery.facts, consumer.facts].find((facts) => known(facts, 'max-lag') ?? saysUnknown(facts, 'max-lag')) ?? (flows.length === 1 ? flows[0]!.facts : undefined)
  const lag = allowed && number(allowed, 'max-lag')
  if (allowed === undefined || lag === undefined) return undefined
  const after = lossAfter(lag, rate.peak, can)
  return after > peakLength ? undefined : { then: `the stated lag of ${time(lag)} is passed after ${time(after)} of peak`, facts: [known(allowed, 'max-lag')!.fact] }
}

function report(model: Model, analysis: Analysis, group: Group, utilisation: number, { severity, then, facts = [] }: Verdict): Finding {
  const { deliveries, consumer, rate, parallel, each, can } = group
  const [delivery] = deliveries
  const atPeak = rate.average < can && rate.peaks && rate.peak >= can
  const load = atPeak ? rate.peak : rate.average
  const arrive = `${rate.missing.length > 0 ? 'at least ' : ''}${amount(load, RATE)} arrive${atPeak ? ' at peak' : ''}`
  const need = needed(group, utilisation)
  return {
    at: delivery.origin,
    subject: { component: consumer.id, ...(deliveries.length === 1 && { relation: delivery.id }) },
    severity,
    message: `${whatItHas(group)}: at ${each.says === 'capacity' ? `${amount(1 / each.time, RATE)} each` : each.says}${isAlone(group) ? ', one at a time each,' : ''} it can do ${amount(can, RATE)}, and ${arrive}: ${then}.`,
    help: helpOf(group, need),
    related: deliveries.flatMap(({ from, id, origin }) => [{ at: origin, message: `\`${nameOf(model, from)}\` hands on ${amount(analysis.load.relation(id).average, RATE)}` }]),
    facts: [...each.facts, ...parallel.facts, ...facts, ...analysis.load.facts({ relation: delivery.id })],
    fixes: fixes(group, need),
  }
}

function amount(value: number, dimension = PLAIN): string {
  return formatQuantity(quantity(value, dimension))
}

/** `` `enricher` has 24 copies, but `clicks` only 12 partitions `` */
function whatItHas({ parallel: { copies, partitions, count, bound, handlers }, consumer, broker }: Group): string {
  const own = copies === undefined ? `\`${consumer.name}\` reads` : `\`${consumer.name}\` has ${counted(copies, 'copy', 'copies')}`
  if (bound === 'keys') return `${own}${copies === undefined ? ` \`${broker.name}\`` : ''}, but \`${broker.name}\` has only ${count} different keys`
  if (bound === 'partitions') {
    const at = handlers > 1 ? `, with ${handlers} handlers each` : ''
    return copies === undefined ? `${own} \`${broker.name}\`, which has ${counted(partitions!, 'partition')}${at}` : `${own}, ${copies > partitions! ? 'but' : 'and'} \`${broker.name}\` ${copies > partitions! ? 'only ' : ''}${counted(partitions!, 'partition')}${at}`
  }
  return count > (copies ?? 1) ? `${own}, which work on ${count} messages of \`${broker.name}\` at once` : `${own} to read \`${broker.name}\``
}

interface Need {
  /** Busy all the time, and busy for that part of it. */
  readonly full: number
  readonly sized: number
  readonly utilisation: number
}

/** Handlers for the highest known rate, at once full and with room to catch up. */
function needed({ rate, each, parallel }: Group, utilisation: number): Need {
  const load = Math.max(rate.average, rate.peak)
  const per = (count: number): number => Math.ceil(count / parallel.handlers)
  return { full: per(parallelismNeeded(load, each.batch, each.time)), sized: per(parallelismNeeded(load, each.batch, each.time, utilisation)), utilisation }
}

function helpOf(group: Group, { full, sized, utilisation }: Need): string {
  const { parallel: { bound, threads }, broker, consumer, each } = group
  const batch = isAlone(group) ? 'say how many messages each works on at once (`concurrency`), or take several together (`batch`)' : each.batch > 1 || each.says === 'capacity' ? 'or do less for each message' : 'or take several messages at once (`batch`)'
  const room = full === sized ? '' : ` (${sized} to be busy ${percent(utilisation, 0)} of the time)`
  if (bound === 'keys') return `Choose a key with more values, ${batch}.`
  if (bound === 'partitions') return `Give \`${broker.name}\` at least ${full} partitions${room}, and \`${consumer.name}\` as many readers, ${batch}.`
  return `Run at least ${counted(Math.ceil(full / threads), 'copy', 'copies')} of \`${consumer.name}\`${room && ` (${Math.ceil(sized / threads)} to be busy ${percent(utilisation, 0)} of the time)`}, ${batch}.`
}

/** Partitions and copies, whichever are too few. */
function fixes({ parallel, broker, consumer, deliveries }: Group, { sized }: Need): readonly Fix[] {
  if (parallel.bound === 'keys' || deliveries.length > 1) return []
  const edits: TextEdit[] = []
  const said: string[] = []
  if (parallel.partitions !== undefined && parallel.partitions < sized) {
    edits.push(...setProperty(broker, 'partitions', String(sized)))
    said.push(`\`partitions: ${sized}\``)
  }
  const copies = Math.ceil(sized / parallel.threads)
  if (parallel.copies !== undefined && parallel.copies < copies) {
    const path = number(consumer.facts, 'autoscale.max') !== undefined ? 'autoscale.max' : 'replicas'
    edits.push(...setProperty(consumer, path, String(copies)))
    said.push(`\`${path}: ${copies}\` of \`${consumer.name}\``)
  }
  return edits.length === 0 ? [] : [{ title: `Set ${said.join(' and ')}`, edits }]
}

/** More copies than there is anything to read for. */
function idle(model: Model, { parallel, broker, consumer, deliveries: [delivery] }: Group): Finding | undefined {
  const least = range(consumer.facts, 'replicas')?.from
  const { partitions, threads } = parallel
  const reading = lookup(model).relationsTo(consumer.id).filter(({ verb }) => verb === 'delivers' || verb === 'calls' || verb === 'routes')
  if (least === undefined || partitions === undefined || least <= partitions || threads > 1 || reading.length > 1) return undefined
  const spare = least - partitions
  return {
    at: delivery.origin,
    subject: { component: consumer.id, relation: delivery.id },
    severity: 'info',
    message: `\`${consumer.name}\` has ${counted(least, 'copy', 'copies')}, but \`${broker.name}\` ${counted(partitions, 'partition')}, each read by one of them: ${spare} ${spare === 1 ? 'is' : 'are'} idle until another one fails.`,
    help: `Run ${counted(partitions, 'copy', 'copies')}, or give \`${broker.name}\` more partitions.`,
    related: [{ at: consumer.origin, message: `\`${consumer.name}\`` }],
    facts: [known(consumer.facts, 'replicas')!.fact, known(broker.facts, 'partitions')!.fact],
    fixes: [],
  }
}
