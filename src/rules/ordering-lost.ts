import type { Analysis } from '../analysis/analysis.ts'
import { oneIsEnough } from '../analysis/consumer-groups.ts'
import { bearsReordering, orderDemanded, overwrites, type OrderDemand } from '../analysis/order.ts'
import { flag, known, number, protection, references, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { alone, setProperties } from './edits.ts'
import type { Finding, Related, Rule } from './rule.ts'
import { listed, nameOf } from './words.ts'

export const orderingLost: Rule = {
  id: 'ordering-lost',
  code: 'S1',
  severity: 'error',
  title: 'What must take effect in order can overtake itself on the way',
  why: 'A log keeps the order within a partition, a queue often none, and a retry sends the older message behind the newer one. Where "cancelled" may be applied before "placed", or an old balance over a new one, the result is wrong and no single part has failed.',
  sources: [
    { title: 'Apache Kafka documentation, Introduction: topics and partitions', url: 'https://kafka.apache.org/documentation/#intro_concepts_and_terms' },
    { title: 'Azure Architecture Center, Sequential Convoy pattern', url: 'https://learn.microsoft.com/en-us/azure/architecture/patterns/sequential-convoy' },
    { title: 'Amazon SQS Developer Guide, Using dead-letter queues', url: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html' },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 11' },
  ],
  needs: ['order', 'key', 'partitions', 'concurrency', 'affinity', 'on-error', 'requeue', 'redrive', 'idempotent-producer', 'retries', 'joins', 'apply', 'op', 'if', 'requires', 'tolerates', 'class', 'mutable', 'events'],
  fixable: true,
  *check(model, analysis) {
    for (const broker of model.components) {
      if (!BROKERS.has(broker.kind) || isRetryLane(model, broker)) continue
      const deliveries = lookup(model).relationsFrom(broker.id).filter(({ verb }) => verb === 'delivers')
      const asking = deliveries.flatMap((delivery) => askingOf(model, analysis, broker, delivery))
      if (asking.length === 0) continue
      for (const slip of [...ofBroker(model, analysis, broker, asking), ...ofProducers(model, broker, asking)]) yield report(model, broker, slip)
      for (const one of asking) {
        for (const slip of ofDelivery(model, broker, one)) yield report(model, broker, slip)
      }
    }
    for (const processor of model.components) yield* joining(model, processor)
  },
}

const BROKERS: ReadonlySet<string> = new Set(['queue', 'log', 'topic'])

/** Only its own readers put anything into it: that they do so is then the fault, not which order it keeps. */
function isRetryLane(model: Model, broker: Component): boolean {
  const find = lookup(model)
  const entering = find.relationsTo(broker.id).filter(({ verb }) => verb !== 'observes')
  const readers = new Set(find.relationsFrom(broker.id).flatMap(({ verb, to }) => (verb === 'delivers' ? to : [])))
  return entering.length > 0 && entering.every(({ from }) => readers.has(from))
}

/** A delivery whose effects must come in order, and would notice if they did not. */
interface Asking {
  readonly delivery: Relation
  readonly demand: OrderDemand
}

/** How order gets lost, at what, and what keeps it. */
interface Slip {
  readonly at: Component | Relation
  readonly how: string
  readonly then?: string
  readonly help: string
  readonly facts: readonly Fact[]
  readonly asking: readonly Asking[]
  readonly wanted?: Readonly<Record<string, string>>
}

function askingOf(model: Model, analysis: Analysis, broker: Component, delivery: Relation): Asking | [] {
  const demand = orderDemanded(model, analysis, delivery)
  if (!demand || bearsReordering(model, analysis, delivery)) return []
  // A class alone asks for it only where several messages about one record are known to come, and the last to come wins.
  if (!demand.stated && !(overwrites(model, analysis, delivery) && several(model, broker, demand))) return []
  return { delivery, demand }
}

/** Whether more than one message about the same record is known to pass. */
function several(model: Model, broker: Component, { data }: OrderDemand): boolean {
  const find = lookup(model)
  const declared = data === undefined ? undefined : find.data(data)
  const entering = find.relationsTo(broker.id)
  return (declared !== undefined && flag(declared.facts, 'mutable') === true) || entering.some(({ verb, facts }) => verb === 'captures' || (words(facts, 'events')?.length ?? 0) > 1)
}

function ofBroker(model: Model, analysis: Analysis, broker: Component, asking: readonly Asking[]): readonly Slip[] {
  const { facts } = broker
  const base = { at: broker, asking }
  const order = known(facts, 'order')
  if (saysUnknown(facts, 'order')) return []
  if (order && word(facts, 'order') === 'none') {
    return [{ ...base, how: `\`${broker.name}\` hands its messages on in any order`, help: 'Use a queue or log that keeps the order of each key', facts: [order.fact] }]
  }
  const total = asking.filter(({ demand: { scope } }) => scope === 'total')
  const slips: Slip[] = []
  const partitions = known(facts, 'partitions')
  // One partition takes what one takes, and is read by one handler: where that is not enough, it is no advice.
  const takes = (number(facts, 'partition-limit.write') ?? Infinity) > analysis.load.component(broker.id).writes.peak
  const one = takes && lookup(model).relationsFrom(broker.id).every((delivery) => delivery.verb !== 'delivers' || oneIsEnough(model, analysis.load, delivery))
  if (total.length > 0 && partitions && (number(facts, 'partitions') ?? 0) > 1 && word(facts, 'order') !== 'total') {
    slips.push({ ...base, asking: total, how: `\`${broker.name}\` has ${number(facts, 'partitions')} partitions, and keeps an order within each of them only`, help: one ? 'Use one partition (`partitions: 1`), or ask for order per key' : 'Ask for order per key, which the partitions keep', facts: [partitions.fact], ...(one && { wanted: { partitions: '1' } }) })
  }
  const spread = asking.filter(({ demand }) => scatters(model, broker, demand))
  if (spread.length > 0) {
    const [{ demand }] = spread as [Asking]
    const keys = words(facts, 'key')!.map((name) => `\`${name}\``).join(' and ')
    slips.push({ ...base, asking: spread, how: `\`${broker.name}\` is partitioned by ${keys}, so messages with the same \`${demand.key}\` are in different partitions`, help: `Partition it by what the order is about (\`key: ${demand.key}\`)`, facts: [known(facts, 'key')!.fact], wanted: { key: demand.key! } })
  }
  if (partitions && word(facts, 'partitions') === 'elastic' && word(facts, 'partitioning') !== 'range') {
    slips.push({ ...base, how: `the partitions of \`${broker.name}\` change while it runs, and with each change a key moves to another one: what comes after it is read before what is left in the old one`, help: 'Fix the number of partitions, with room to grow', facts: [partitions.fact] })
  }
  return slips
}

/** One record’s messages are certainly spread: the partition key names the single message, or more than the key that the order is about. */
function scatters(model: Model, broker: Component, { scope, key, data }: OrderDemand): boolean {
  const keys = words(broker.facts, 'key')
  if (scope !== 'key' || key === undefined || !keys || keys.length === 0 || number(broker.facts, 'partitions') === 1) return false
  if (keys.length > 1) return keys.includes(key)
  const own = data === undefined ? undefined : words(lookup(model).data(data)?.facts ?? {}, 'key')
  return keys[0] !== key && own?.length === 1 && own[0] === keys[0]
}

/** A producer that has several messages on the way and sends one again puts it behind the others. */
function ofProducers(model: Model, broker: Component, asking: readonly Asking[]): readonly Slip[] {
  const said = known(broker.facts, 'idempotent-producer')
  if (!said || said.fact.from !== 'stated' || flag(broker.facts, 'idempotent-producer') !== false) return []
  const retrying = lookup(model).relationsTo(broker.id).filter(({ verb, facts }) => verb === 'publishes' && (number(facts, 'retries') ?? 0) > 0)
  if (retrying.length === 0) return []
  const who = listed(retrying.map(({ from }) => nameOf(model, from)))
  return [{
    at: broker,
    asking,
    how: `${who} ${retrying.length > 1 ? 'send' : 'sends'} again to \`${broker.name}\`, which does not number what it gets (\`idempotent-producer: no\`): the repeat comes behind what was sent after it`,
    help: 'Let the broker number what a producer sends (`idempotent-producer: yes`)',
    facts: [said.fact, ...retrying.map(({ facts }) => known(facts, 'retries')!.fact)],
    wanted: { 'idempotent-producer': 'yes' },
  }]
}

function ofDelivery(model: Model, broker: Component, one: Asking): readonly Slip[] {
  const { delivery } = one
  const find = lookup(model)
  const consumer = nameOf(model, delivery.to)
  const base = { at: delivery, asking: [one] }
  const slips: Slip[] = []
  const handlers = number(delivery.facts, 'concurrency') ?? 1
  if (handlers > 1 && protection(delivery.facts, 'affinity') === false) {
    slips.push({ ...base, how: `\`${consumer}\` works on ${handlers} messages of \`${broker.name}\` at once, whatever their key: the quicker one overtakes`, help: 'Give all messages of a key to the same handler (`affinity: key`)', facts: [known(delivery.facts, 'concurrency')!.fact], wanted: { affinity: 'key' } })
  }
  const onError = known(delivery.facts, 'on-error')
  if (onError && word(delivery.facts, 'on-error') === 'requeue' && broker.kind !== 'log') {
    slips.push({ ...base, how: `\`${consumer}\` puts a message that failed back into \`${broker.name}\`, and goes on with the next`, help: 'Let the key wait while its message is tried again, or put it aside with an alarm', facts: [onError.fact] })
  }
  for (const again of find.relationsFrom(delivery.to)) {
    const retry = again.verb === 'publishes' || again.verb === 'dead-letters' ? find.component(again.to) : undefined
    if (!retry || !BROKERS.has(retry.kind) || retry.id === broker.id) continue
    if (!find.relationsFrom(retry.id).some(({ verb, to }) => verb === 'delivers' && (to === delivery.to || to === broker.id))) continue
    slips.push({ ...base, at: again, how: `\`${consumer}\` puts ${again.verb === 'publishes' ? 'messages' : 'what failed'} into \`${retry.name}\`, from where ${again.verb === 'publishes' ? 'they come' : 'it comes'} back after what followed`, help: 'Let the key wait while its message is tried again, or put it aside with an alarm', facts: [] })
  }
  const aside = find.relationsFrom(broker.id).filter(({ verb }) => verb === 'dead-letters').map(({ to }) => find.component(to)!)
  for (const parked of aside) {
    const back = known(parked.facts, 'redrive')
    if (!back || word(parked.facts, 'redrive') !== 'auto') continue
    slips.push({ ...base, at: parked, how: `what \`${consumer}\` failed on goes from \`${parked.name}\` back into \`${broker.name}\` by itself, behind what followed it`, help: 'Let a person send it back, who sees what has happened since (`redrive: manual`)', facts: [back.fact], wanted: { redrive: 'manual' } })
  }
  return slips
}

/** Kafka Streams joins partition by partition: what is to meet must be in partitions of the same number, by the same key. */
function* joining(model: Model, processor: Component): Iterable<Finding> {
  if (processor.technology?.base !== 'kafka-streams') return
  const inputs = references(processor.facts, 'joins').flatMap(({ id }) => lookup(model).component(id) ?? [])
  const [first] = inputs
  for (const other of inputs.slice(1)) {
    const paths = ['key', 'partitions'].filter((path) => {
      const [a, b] = [words(first!.facts, path), words(other.facts, path)]
      return path === 'key' ? a && b && a.join(' ') !== b.join(' ') : number(first!.facts, path) !== undefined && number(other.facts, path) !== undefined && number(first!.facts, path) !== number(other.facts, path)
    })
    const [path] = paths
    if (path === undefined) continue
    const [a, b] = [first!, other].map(({ facts }) => (path === 'key' ? words(facts, 'key')!.map((name) => `\`${name}\``).join(' and ') : `${number(facts, path)}`))
    yield {
      at: processor.origin,
      subject: { component: processor.id },
      message: `\`${processor.name}\` joins \`${first!.name}\` and \`${other.name}\`, of which one ${path === 'key' ? 'is partitioned by' : 'has'} ${a}${path === 'key' ? '' : ' partitions'} and the other ${path === 'key' ? 'by ' : ''}${b}: events that belong together come to different instances and never meet.`,
      help: `Repartition one of them by the key of the join, into as many partitions as the other has.`,
      related: [first!, other].map(({ origin, name }) => ({ at: origin, message: `\`${name}\` is one side of the join` })),
      facts: [known(processor.facts, 'joins')!.fact, known(first!.facts, path)!.fact, known(other.facts, path)!.fact],
      fixes: [],
    }
  }
}

function report(model: Model, broker: Component, slip: Slip): Finding {
  const { at, asking } = slip
  const [{ demand, delivery }] = asking as [Asking]
  const consumer = listed([...new Set(asking.map(({ delivery: { to } }) => nameOf(model, to)))])
  return {
    at: at.origin,
    subject: 'verb' in at ? { relation: at.id, component: delivery.to } : { component: at.id },
    ...(!demand.stated && { severity: 'warning' as const }),
    message: `${capital(slip.how)}. ${capital(demand.because)}, and at ${consumer} an older message can take effect after a newer one.`,
    help: `${slip.help}; or pass over what is older than what is there (\`apply: if-newer(version)\`).`,
    related: [...entering(model, broker), ...asking.map(({ delivery: { origin, to } }): Related => ({ at: origin, message: `\`${nameOf(model, to)}\` gets them from \`${broker.name}\`` }))],
    facts: [...slip.facts, demand.fact],
    fixes: fixes(model, slip),
  }
}

function entering(model: Model, broker: Component): readonly Related[] {
  const put = lookup(model).relationsTo(broker.id).filter(({ verb }) => verb === 'publishes' || verb === 'captures')
  return put.slice(0, 3).map(({ origin, from }) => ({ at: origin, message: `\`${nameOf(model, from)}\` puts messages into \`${broker.name}\`` }))
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** The property that keeps the order; else a version that decides, where each delivery stands alone in its statement. */
function fixes(model: Model, { at, wanted, asking }: Slip): readonly Fix[] {
  const subject = 'verb' in at && !alone(model, at) ? undefined : at
  if (wanted && subject) return [{ title: `Set ${Object.entries(wanted).map(([name, value]) => `\`${name}: ${value}\``).join(', ')}`, edits: setProperties(subject, wanted) }]
  if (!asking.every(({ delivery }) => alone(model, delivery))) return []
  return [{ title: 'Pass over what is older: `apply: if-newer(version)`', edits: asking.flatMap(({ delivery }) => setProperties(delivery, { apply: 'if-newer(version)' })) }]
}
