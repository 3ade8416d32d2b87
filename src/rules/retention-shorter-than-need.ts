import type { Analysis } from '../analysis/analysis.ts'
import { dataOf } from '../analysis/carried.ts'
import type { Intent } from '../analysis/intent.ts'
import { forgetsWithin } from '../analysis/returns.ts'
import { time } from '../analysis/staleness.ts'
import { call, flag, isUnlimited, known, limit, number, protection, references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { intentOfHop } from './asked.ts'
import { setProperties } from './edits.ts'
import type { Finding, Related, Rule } from './rule.ts'
import { listed, nameOf } from './words.ts'

export const retentionShorterThanNeed: Rule = {
  id: 'retention-shorter-than-need',
  code: 'S3',
  severity: 'error',
  title: 'A log forgets before everybody who needs it has read it',
  why: 'A log deletes by age, whether or not anybody still needs what it deletes. A consumer that is down over a long weekend, a view that is to be built again, and a balance that is the sum of all entries need what is older than a week, and find it gone on the day on which they ask.',
  sources: [
    { title: 'Apache Kafka documentation, Topic configs (retention.ms, cleanup.policy) and Log compaction', url: 'https://kafka.apache.org/documentation/#compaction' },
    { title: 'Amazon Kinesis Data Streams Developer Guide, Changing the data retention period', url: 'https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html' },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 11, Event Sourcing and Log compaction' },
  ],
  needs: ['retention', 'max-outage', 'max-lag', 'truth', 'compaction', 'rebuild-from', 'stores', 'class', 'requires', 'tolerates', 'op'],
  fixable: true,
  *check(model, analysis) {
    for (const broker of model.components) {
      if (!BROKERS.has(broker.kind)) continue
      const deliveries = lookup(model).relationsFrom(broker.id).filter(({ verb }) => verb === 'delivers')
      yield* outlasted(model, analysis, broker, deliveries)
      if (broker.kind === 'queue') continue
      yield* summed(model, analysis, broker, deliveries)
      if (!forgets(broker) || isArchived(model, broker)) continue
      const asTruth = truth(model, analysis, broker)
      if (asTruth) yield asTruth
      else yield* rebuilt(model, analysis, broker)
    }
  },
}

const BROKERS: ReadonlySet<string> = new Set(['queue', 'log', 'topic'])
/** Records that are kept for years, whatever becomes of the messages about them. */
const LASTING: ReadonlySet<string> = new Set(['money', 'inventory', 'entitlement', 'identity', 'order', 'user-content', 'file'])
/** Theirs cannot be made longer than a year. */
const BOUNDED: ReadonlySet<string> = new Set(['kinesis'])

/** It deletes by age. With compaction it keeps the last message of each key for good. */
function forgets({ facts }: Component): boolean {
  return number(facts, 'retention') !== undefined && !isUnlimited(facts, 'retention') && flag(facts, 'compaction') !== true && !saysUnknown(facts, 'compaction')
}

/** A consumer may be down, or behind, for longer than messages are kept. */
function* outlasted(model: Model, analysis: Analysis, broker: Component, deliveries: readonly Relation[]): Iterable<Finding> {
  const kept = number(broker.facts, 'retention')
  if (kept === undefined || isUnlimited(broker.facts, 'retention') || flag(broker.facts, 'compaction') === true || saysUnknown(broker.facts, 'compaction')) return
  const late = deliveries.flatMap((delivery) => {
    const consumer = lookup(model).component(delivery.to)!
    const [outage, lag] = [number(consumer.facts, 'max-outage'), number(delivery.facts, 'max-lag') ?? number(consumer.facts, 'max-lag')]
    const need = Math.max(outage ?? 0, lag ?? 0)
    const intent = intentOfHop(analysis, delivery, consumer.id, 'loss')
    if (need <= kept || intent.stance === 'tolerates' || intent.withheld) return []
    const isOutage = outage !== undefined && outage >= need
    const fact = isOutage ? known(consumer.facts, 'max-outage')! : (known(delivery.facts, 'max-lag') ?? known(consumer.facts, 'max-lag'))!
    return [{ delivery, consumer, need, intent, fact: fact.fact, says: isOutage ? `may be down for ${time(need)}` : `may be ${time(need)} behind` }]
  })
  if (late.length === 0) return
  const worst = late.reduce((most, each) => (each.need > most.need ? each : most))
  const intent = late.find((each) => each.intent.stance === 'requires')?.intent ?? worst.intent
  const days = whole(worst.need)
  yield {
    ...base(broker, intent),
    message: `\`${worst.consumer.name}\` ${worst.says}, but \`${broker.name}\` deletes its messages after ${time(kept)}: what it has not read by then is lost${intent.stance === 'requires' ? `, though ${intent.because}` : ''}.`,
    help: `Keep messages for longer than the longest outage (\`retention: ${days}\`), or let somebody be called before it is too late.`,
    related: late.map(({ delivery, consumer, says }): Related => ({ at: delivery.origin, message: `\`${consumer.name}\` ${says}` })),
    facts: [known(broker.facts, 'retention')!.fact, ...late.map(({ fact }) => fact), ...(intent.fact ? [intent.fact] : [])],
    // Amazon SQS keeps nothing for longer than two weeks.
    fixes: BOUNDED.has(broker.technology?.base ?? '') || (broker.kind === 'queue' && worst.need > 14 * 86400) ? [] : [{ title: `Keep them longer: \`retention: ${days}\``, edits: setProperties(broker, { retention: days }) }],
  }
}

function whole(seconds: number): string {
  return seconds > 7200 ? `${seconds > 86400 ? `${Math.ceil(seconds / 86400)}d` : `${Math.ceil(seconds / 3600)}h`}` : `${Math.ceil(seconds / 60)}min`
}

/** Of each key the last message only, to consumers that add up all of them. */
function* summed(model: Model, analysis: Analysis, log: Component, deliveries: readonly Relation[]): Iterable<Finding> {
  if (flag(log.facts, 'compaction') !== true || saysUnknown(log.facts, 'compaction')) return
  const adding = deliveries.flatMap((delivery) => {
    const own = analysis.graph.edge(delivery.id)
    const edge = analysis.graph.needs(delivery.to).find((effect) => ['increment', 'append'].includes(word(effect.relation.facts, 'op') ?? '') && (!own || analysis.duplication.follows(own, effect)))
    const intent = intentOfHop(analysis, delivery, delivery.to, 'loss')
    return edge && intent.stance !== 'tolerates' && !intent.withheld ? [{ delivery, edge, intent }] : []
  })
  const [first] = adding
  if (!first) return
  const intent = adding.find((each) => each.intent.stance === 'requires')?.intent ?? first.intent
  const lasting = flag(log.facts, 'truth') === true || refilled(model).has(log.id)
  const wanted = { compaction: 'no', ...(lasting && { retention: 'forever' }) }
  yield {
    ...base(log, intent),
    at: whereStated(log, 'compaction'),
    message: `\`${log.name}\` keeps only the last message of each key (\`compaction: yes\`), but ${listed(adding.map(({ delivery }) => nameOf(model, delivery.to)))} ${adding.length > 1 ? 'add' : 'adds'} up every one of them: those in between are deleted before a slow reader sees them, and \`${nameOf(model, first.edge.needed)}\` comes out wrong when it is filled again.`,
    help: `Keep every message (\`compaction: no\`${lasting ? ', `retention: forever`' : ''}), or let each carry the whole state, so that the last one is enough.`,
    related: adding.map(({ edge }): Related => ({ at: edge.relation.origin, message: `\`${nameOf(model, edge.needer)}\` adds to \`${nameOf(model, edge.needed)}\`` })),
    facts: [known(log.facts, 'compaction')!.fact, known(first.edge.relation.facts, 'op')!.fact, ...(intent.fact ? [intent.fact] : [])],
    fixes: [{ title: `Keep every message: ${Object.entries(wanted).map(([name, value]) => `\`${name}: ${value}\``).join(', ')}`, edits: setProperties(log, wanted) }],
  }
}

/** The log is said to be the truth; or nothing else in a design with stores can hold what must not be lost. */
function truth(model: Model, analysis: Analysis, log: Component): Finding | undefined {
  if (saysUnknown(log.facts, 'truth') || flag(log.facts, 'truth') === false || saysUnknown(log.facts, 'stores')) return undefined
  const named = model.data.find(({ facts }) => references(facts, 'truth').some(({ id }) => id === log.id))
  const said = flag(log.facts, 'truth') === true ? known(log.facts, 'truth') : named && known(named.facts, 'truth')
  const carried = analysis.carried.at(log.id)
  const held = carried.filter((id) => !isKeptLongEnough(model, log, id))
  if (carried.length > 0 && held.length === 0) return undefined
  const intentOf = (data: readonly string[]): Intent => analysis.intents.at({ component: log.id, data }, 'loss')
  const kept = time(number(log.facts, 'retention')!)
  const common = { help: 'Keep the log for good (`retention: forever`), or archive it to an object store from which it can be read again.', related: feeders(model, log), fixes: keepForever(model, log) }
  if (said) {
    const intent = intentOf(held)
    if (intent.stance === 'tolerates' || intent.withheld) return undefined
    const what = named ? `\`${named.name}\`` : held.length > 0 ? listed(held.map((id) => lookup(model).data(id)!.name)) : 'what it carries'
    return {
      ...base(log, intent),
      ...common,
      message: `\`${log.name}\` is the truth of ${what}, but deletes its messages after ${kept}: what is older is kept nowhere, and nothing can be built from it again.`,
      facts: [said.fact, known(log.facts, 'retention')!.fact, ...(intent.fact ? [intent.fact] : [])],
    }
  }
  const lost = held.find((id) => LASTING.has(analysis.intents.classOf(id) ?? '') && intentOf([id]).stance === 'requires' && isOnlyHome(model, analysis, log, id))
  if (lost === undefined) return undefined
  const intent = intentOf([lost])
  return {
    ...base(log, intent),
    ...common,
    severity: 'warning',
    message: `Nothing in the design keeps \`${lookup(model).data(lost)!.name}\` but \`${log.name}\`, which deletes its messages after ${kept}, though ${intent.because}.`,
    help: `Show which store keeps it (\`stores: ${lookup(model).data(lost)!.name}\`), or keep the log for good (\`retention: forever\`).`,
    facts: [known(log.facts, 'retention')!.fact, ...(intent.fact ? [intent.fact] : [])],
  }
}

/** Of what need not be kept any longer, nothing is lost. */
function isKeptLongEnough(model: Model, log: Component, data: string): boolean {
  const { facts } = lookup(model).data(data)!
  return saysUnknown(facts, 'retention') || (number(facts, 'retention') ?? Infinity) <= number(log.facts, 'retention')!
}

/** Certain only where there are stores, what comes in was not kept by its sender, and each of them says that it keeps something else. */
function isOnlyHome(model: Model, analysis: Analysis, log: Component, data: string): boolean {
  const senders = lookup(model).relationsTo(log.id)
  if (senders.length === 0 || senders.some(({ verb, from }) => verb !== 'publishes' || ['external', 'client'].includes(lookup(model).component(from)!.kind))) return false
  // Who reads it mostly keeps it, which is seen without a walk.
  const find = lookup(model)
  const near = find.relationsFrom(log.id).flatMap(({ verb, to }) => (verb === 'delivers' ? [to, ...find.relationsFrom(to).flatMap((further) => (further.verb === 'writes' ? further.to : []))] : []))
  const mayKeep = near.some((id) => STORES.has(find.component(id)?.kind ?? '') && (dataOf(find.component(id)!).length === 0 || dataOf(find.component(id)!).includes(data)))
  return !mayKeep && model.components.some(({ kind }) => kind === 'database' || kind === 'object-store') && !analysis.truths.hasOtherHome(log.id, data)
}

const STORES: ReadonlySet<string> = new Set(['database', 'object-store', 'search'])

/** Stores that are to be filled again from it hold what is older than it keeps. That nothing else has it is a graver matter of another rule. */
function* rebuilt(model: Model, analysis: Analysis, log: Component): Iterable<Finding> {
  const kept = number(log.facts, 'retention')!
  for (const store of refilled(model).get(log.id) ?? []) {
    const from = known(store.facts, 'rebuild-from')!.fact
    // What it holds itself is no older; or a snapshot brings back the rest.
    if ((limit(store.facts, 'retention') ?? Infinity) <= kept || saysUnknown(store.facts, 'retention') || protection(store.facts, 'backup') !== false) continue
    if (lookup(model).relationsFrom(store.id).some(({ verb }) => verb === 'backs-up')) continue
    const intent = analysis.intents.at({ component: store.id }, 'loss')
    if (intent.stance === 'tolerates' || intent.withheld) continue
    yield {
      at: from.from === 'stated' ? from.origin : store.origin,
      subject: { component: store.id },
      severity: 'warning',
      message: `\`${store.name}\` is to be filled again from \`${log.name}\`, which deletes its messages after ${time(kept)}: what is older has to come from elsewhere, and nothing says from where.`,
      help: 'Keep the log for good (`retention: forever`, or `compaction: yes` where each message carries the whole state), begin from a snapshot (`backup`), or fill it from the store that has all of it.',
      related: [{ at: log.origin, message: `\`${log.name}\` keeps messages for ${time(kept)}` }],
      facts: [known(log.facts, 'retention')!.fact, from],
      fixes: keepForever(model, log),
    }
  }
}

/** By log, the stores that are to be filled again from it and from nothing else. */
function refilled(model: Model): ReadonlyMap<string, readonly Component[]> {
  const made = refills.get(model)
  if (made) return made
  const found = new Map<string, Component[]>()
  for (const store of model.components) {
    if (store.kind !== 'database' && store.kind !== 'search') continue
    const from = references(store.facts, 'rebuild-from')
    if (from.length !== 1 || call(store.facts, 'rebuild-from', 'snapshot')) continue
    found.set(from[0]!.id, [...(found.get(from[0]!.id) ?? []), store])
  }
  refills.set(model, found)
  return found
}

const refills = new WeakMap<Model, ReadonlyMap<string, readonly Component[]>>()

/** Its messages go to a store for good, directly or by way of whoever reads them. */
function isArchived(model: Model, log: Component): boolean {
  const find = lookup(model)
  if (protection(log.facts, 'backup') !== false) return true
  const keeps = (id: string): boolean => find.component(id)?.kind === 'object-store'
  return find.relationsFrom(log.id).some(({ verb, to }) => (verb !== 'dead-letters' && keeps(to)) || (verb === 'delivers' && find.relationsFrom(to).some((further) => further.verb === 'writes' && keeps(further.to))) || (verb === 'replicates' && !forgets(find.component(to)!)))
}

function feeders(model: Model, log: Component): readonly Related[] {
  return lookup(model).relationsTo(log.id).filter(({ verb }) => verb === 'publishes' || verb === 'captures').slice(0, 4).map(({ origin, from }) => ({ at: origin, message: `\`${nameOf(model, from)}\` puts messages into \`${log.name}\`` }))
}

function keepForever(model: Model, log: Component): readonly Fix[] {
  if (forgetsWithin(model, Infinity)) return []
  return BOUNDED.has(log.technology?.base ?? '') ? [] : [{ title: 'Keep it for good: `retention: forever`', edits: setProperties(log, { retention: 'forever' }) }]
}

function base(broker: Component, intent: Intent): Pick<Finding, 'at' | 'subject' | 'intentUnknown'> {
  return { at: whereStated(broker, 'retention'), subject: { component: broker.id }, intentUnknown: intent.stance === 'unknown' }
}

function whereStated(broker: Component, path: string): Finding['at'] {
  const fact: Fact | undefined = known(broker.facts, path)?.fact
  return fact?.from === 'stated' && fact.inheritedFrom === undefined ? fact.origin : broker.origin
}
