import type { Analysis } from '../analysis/analysis.ts'
import type { Intent } from '../analysis/intent.ts'
import { time } from '../analysis/staleness.ts'
import { flag, isUnlimited, known, number, protection, references, saysUnknown, word, type Known } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import { intentOfHop } from './asked.ts'
import { setOnRelation, setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { nameOf } from './words.ts'

export const lossyHopInDurableFlow: Rule = {
  id: 'lossy-hop-in-durable-flow',
  code: 'D4',
  severity: 'error',
  title: 'One hop on the way may drop what must not be lost',
  why: 'A chain keeps what its weakest hop keeps. A producer that does not wait, a broker that stores nothing or drops the oldest, a consumer that says "done" before it is: each loses messages without an error anywhere, and what is lost was never counted.',
  sources: [
    { title: 'RabbitMQ documentation, Quorum Queues: at-least-once dead lettering', url: 'https://www.rabbitmq.com/docs/quorum-queues#dead-lettering' },
    { title: 'RabbitMQ documentation, Consumer Acknowledgements and Publisher Confirms', url: 'https://www.rabbitmq.com/docs/confirms' },
    { title: 'Apache Kafka documentation, Message Delivery Semantics', url: 'https://kafka.apache.org/documentation/#semantics' },
    { title: 'NATS documentation, Core NATS', url: 'https://docs.nats.io/nats-concepts/core-nats' },
  ],
  needs: ['acks', 'confirm', 'durable', 'delivery', 'overflow', 'max-length', 'ack', 'on-error', 'dead-letter-delivery', 'offset-reset', 'offsets-retention', 'max-outage', 'max-age', 'partitions', 'acts-on', 'resync', 'class', 'requires', 'tolerates'],
  fixable: true,
  *check(model, analysis) {
    const find = lookup(model)
    for (const broker of model.components) {
      if (BROKERS.has(broker.kind)) yield* ofBroker(model, analysis, broker)
      if (word(broker.facts, 'acts-on') === 'watch') yield* ofWatcher(model, analysis, broker)
    }
    for (const { relation } of analysis.graph.edges) {
      const [from, to] = [find.component(relation.from), find.component(relation.to)]
      if (!from || !to) continue
      const way = leakOf(model, relation, from, to)
      if (!way || isRefilled(model, analysis, relation)) continue
      // What is put aside is what the consumers should have got.
      const hops = relation.verb === 'dead-letters' ? find.relationsFrom(from.id).filter(({ verb }) => verb === 'delivers') : [relation]
      const intent = asked(analysis, hops, relation.verb === 'publishes' ? from.id : to.id)
      if (intent) yield report(model, analysis, relation, way, intent)
    }
  },
}

const BROKERS: ReadonlySet<string> = new Set(['queue', 'log', 'topic'])

/** How a hop loses, and what would keep it from that. */
interface Leak {
  /** Behind the names of the hop: `: the sender does not wait …`. */
  readonly how: string
  readonly help: string
  readonly facts: readonly Fact[]
  readonly wanted?: Readonly<Record<string, string>>
  /** What the wanted properties stand in, where that is not the hop itself. */
  readonly on?: Component
  readonly component: string
  /** Repaired, the hop hands on again what it did not hand on before. */
  readonly repeats?: true
  /** The loss takes a second fault, and nobody chose it. */
  readonly mild?: true
}

function leakOf(model: Model, relation: Relation, from: Component, to: Component): Leak | undefined {
  if (relation.verb === 'publishes' && BROKERS.has(to.kind)) return publish(relation, to)
  if (relation.verb === 'delivers' && BROKERS.has(from.kind) && !BROKERS.has(to.kind)) return delivery(model, relation, from, to)
  return relation.verb === 'dead-letters' && BROKERS.has(from.kind) ? aside(from, relation.facts, 'delivery') : undefined
}

/** Where the loss is forbidden, by word or by the data’s class. */
function asked(analysis: Analysis, hops: readonly Pick<Relation, 'id'>[], component: string): Intent | undefined {
  return hops.map((hop) => intentOfHop(analysis, hop, component, 'loss')).find(({ stance }) => stance === 'requires')
}

function stated(one: Known | undefined): one is Known {
  return one?.fact.from === 'stated'
}

function* ofBroker(model: Model, analysis: Analysis, broker: Component): Iterable<Finding> {
  const find = lookup(model)
  const readers = find.relationsFrom(broker.id).filter(({ verb }) => verb === 'delivers')
  const put = find.relationsFrom(broker.id).filter(({ verb, facts }) => verb === 'dead-letters' && known(facts, 'delivery') === undefined && !saysUnknown(facts, 'delivery') && protection(facts, 'confirm') === false)
  const unsure = put.length > 0 ? aside(broker, broker.facts, 'dead-letter-delivery') : undefined
  const kept = unsure && asked(analysis, readers, broker.id)
  if (unsure && kept) yield report(model, analysis, broker, unsure, kept, put)
  const leak = forgetting(broker) ?? overflowing(broker)
  // Where every reader can do without, nothing that is lost is missed.
  const missing = readers.filter((reader) => !isRefilled(model, analysis, reader))
  if (!leak || missing.length === 0) return
  const hops = [...find.relationsTo(broker.id).filter(({ verb }) => verb === 'publishes' || verb === 'captures'), ...missing]
  const intent = asked(analysis, hops, broker.id)
  if (intent) yield report(model, analysis, broker, leak, intent, hops)
}

function forgetting(broker: Component): Leak | undefined {
  const [durable, delivery] = [known(broker.facts, 'durable'), known(broker.facts, 'delivery')]
  if (saysUnknown(broker.facts, 'durable') || saysUnknown(broker.facts, 'delivery')) return undefined
  const unkept = flag(broker.facts, 'durable') === false
  if (!unkept && word(broker.facts, 'delivery') !== 'at-most-once') return undefined
  return {
    component: broker.id,
    how: unkept ? 'stores nothing: a message is gone when its receiver is away, or when the broker restarts' : 'hands each message on at most once: what its receiver did not get is gone',
    help: `Use a broker that stores messages until they are acknowledged, or let the receivers compare with the source at intervals (\`resync\`).`,
    facts: unkept ? [durable!.fact] : [delivery!.fact],
  }
}

function overflowing(broker: Component): Leak | undefined {
  const said = known(broker.facts, 'overflow')
  const which = word(broker.facts, 'overflow')
  const length = known(broker.facts, 'max-length')
  // Without a limit nothing overflows.
  if (!said || (which !== 'drop-oldest' && which !== 'drop-newest') || !length || isUnlimited(broker.facts, 'max-length')) return undefined
  return {
    component: broker.id,
    how: `drops the ${which === 'drop-oldest' ? 'oldest' : 'newest'} message when it is full`,
    help: 'Tell the sender that it is full (`overflow: reject`), so that it can wait and try again.',
    facts: [said.fact, length.fact],
    wanted: { overflow: 'reject' },
  }
}

function publish(relation: Relation, broker: Component): Leak | undefined {
  const { facts } = relation
  const acks = known(facts, 'acks')?.fact.from === 'stated' ? facts : known(broker.facts, 'acks') && !saysUnknown(facts, 'acks') ? broker.facts : undefined
  if (acks && (word(acks, 'acks') === 'none' || number(acks, 'acks') === 0)) {
    const help = 'Wait until the copies that are in sync have the message (`acks: all`).'
    return { component: broker.id, how: 'does not wait until anybody has the message', help, facts: [known(acks, 'acks')!.fact], wanted: { acks: 'all' }, ...(acks === broker.facts && { on: broker }) }
  }
  const confirm = known(facts, 'confirm')
  if (stated(confirm) && flag(facts, 'confirm') === false) {
    return { component: relation.from, how: 'does not wait for the broker’s word that it has the message', help: 'Wait for the confirmation, and send again without one (`confirm: yes`).', facts: [confirm.fact], wanted: { confirm: 'yes' } }
  }
  return undefined
}

function delivery(model: Model, relation: Relation, broker: Component, consumer: Component): Leak | undefined {
  const { facts } = relation
  const base = { component: consumer.id, repeats: true } as const
  const [ack, said, onError] = [known(facts, 'ack'), known(facts, 'delivery'), known(facts, 'on-error')]
  if (stated(ack) && word(facts, 'ack') === 'before-processing') {
    return { ...base, how: 'calls a message done before it has worked on it: a crash between loses it', help: 'Acknowledge when the work is done (`ack: after-processing`).', facts: [ack.fact], wanted: { ack: 'after-processing' } }
  }
  if (stated(ack) && word(facts, 'ack') === 'auto') {
    return { ...base, how: 'lets messages count as done by themselves, at a time that has nothing to do with the work: what a crash interrupts is lost', help: 'Acknowledge when the work is done (`ack: after-processing`).', facts: [ack.fact], wanted: { ack: 'after-processing' } }
  }
  if (stated(said) && word(facts, 'delivery') === 'at-most-once') {
    return { ...base, how: 'gets each message at most once: what a crash interrupts is lost', help: 'Let it be handed on until it is acknowledged (`delivery: at-least-once`), and make what it does bear repetition.', facts: [said.fact] }
  }
  if (stated(onError) && word(facts, 'on-error') === 'ack' && !lookup(model).relationsFrom(consumer.id).some(({ verb }) => verb === 'dead-letters')) {
    return { ...base, how: 'counts a message as done when it failed', help: 'Put aside what failed (`on-error: dead-letter`), with an alarm.', facts: [onError.fact] }
  }
  return skipped(relation, broker, consumer)
}

/** Without a position it begins with what comes next; what came meanwhile is passed over. Also: what waited too long is dropped. */
function skipped(relation: Relation, broker: Component, consumer: Component): Leak | undefined {
  const where = [relation.facts, consumer.facts, broker.facts].find((facts) => known(facts, 'offset-reset') !== undefined || saysUnknown(facts, 'offset-reset'))
  const reset = where && known(where, 'offset-reset')
  const outage = number(consumer.facts, 'max-outage')
  if (where && reset && word(where, 'offset-reset') === 'latest') {
    const base = { component: consumer.id, repeats: true as const, help: 'Begin with the oldest message that there is (`offset-reset: earliest`), and make what it does bear repetition.', wanted: { 'offset-reset': 'earliest' } }
    if (word(broker.facts, 'partitions') === 'elastic') {
      return { ...base, how: 'begins a new partition with what comes next, and passes over what was put there before it noticed it', facts: [reset.fact, known(broker.facts, 'partitions')!.fact] }
    }
    const kept = known(broker.facts, 'offsets-retention')
    const seconds = number(broker.facts, 'offsets-retention')
    if (kept && seconds !== undefined && outage !== undefined && outage > seconds) {
      return { ...base, how: `may be down for ${time(outage)}, and its position is forgotten after ${time(seconds)}: it then begins with what comes next, and passes over the rest`, facts: [reset.fact, kept.fact, known(consumer.facts, 'max-outage')!.fact] }
    }
  }
  const age = number(broker.facts, 'max-age')
  if (age === undefined || outage === undefined || outage <= age) return undefined
  return { component: consumer.id, how: `may be down for ${time(outage)}, and a message is dropped after ${time(age)}`, help: 'Keep messages for longer than the longest outage (`max-age`).', facts: [known(broker.facts, 'max-age')!.fact, known(consumer.facts, 'max-outage')!.fact] }
}

/** Dead-lettering by the broker, without confirmation. What the consumer itself puts aside it waits for. */
function aside(broker: Component, facts: Facts, path: 'delivery' | 'dead-letter-delivery'): Leak | undefined {
  const said = known(facts, path)
  if (!said || word(facts, path) !== 'at-most-once') return undefined
  const rejects = known(broker.facts, 'overflow')?.fact.from === 'stated'
  return {
    component: broker.id,
    how: 'puts aside what failed without making sure that it arrives: the very messages that somebody has to look at can vanish on the way',
    help: `Let it be put aside at-least-once (\`${path}: at-least-once\`)${path === 'delivery' ? '' : ', which needs a quorum queue with `overflow: reject`'}.`,
    facts: [said.fact],
    ...(said.fact.from === 'default' && { mild: true as const }),
    // A classic queue cannot do it.
    ...(broker.technology?.base !== 'rabbitmq-classic' && { wanted: { [path]: 'at-least-once', ...(path !== 'delivery' && !rejects && { overflow: 'reject' }) } }),
  }
}

/** A controller that reacts to what it is told and never looks for itself. */
function* ofWatcher(model: Model, analysis: Analysis, watcher: Component): Iterable<Finding> {
  const told = lookup(model).relationsTo(watcher.id).filter(({ verb, arrow }) => verb === 'delivers' || verb === 'captures' || verb === 'configures' || (verb === 'calls' && arrow === 'message'))
  if (protection(watcher.facts, 'resync') !== false || told.some(({ facts }) => protection(facts, 'resync') !== false) || told.length === 0) return
  const intents = told.map((hop) => intentOfHop(analysis, hop, watcher.id, 'loss'))
  const intent = intents.find(({ stance }) => stance === 'requires')
  if (!intent) return
  const leak: Leak = {
    component: watcher.id,
    how: `acts on notifications only: one that it misses while it ${watcher.kind === 'client' ? 'is away' : 'restarts'} is never made up for`,
    help: 'Compare with the source at intervals (`resync: 10min`), and act on the state as it is (`acts-on: level`).',
    facts: [known(watcher.facts, 'acts-on')!.fact],
    wanted: { resync: '10min' },
  }
  yield report(model, analysis, watcher, leak, intent, told)
}

/**
 * Somebody makes up for what is lost: the receiver compares at intervals, or what it fills is filled again by itself, a cache from its origin
 * and a client by asking.
 */
function isRefilled(model: Model, analysis: Analysis, relation: Relation): boolean {
  const find = lookup(model)
  if (relation.verb === 'publishes') {
    const readers = find.relationsFrom(relation.to).filter(({ verb }) => verb === 'delivers')
    return protection(relation.facts, 'resync') !== false || (readers.length > 0 && readers.every((reader) => isRefilled(model, analysis, reader)))
  }
  const consumer = find.component(relation.to)
  if ([relation, consumer].some((one) => one && protection(one.facts, 'resync') !== false)) return true
  if (!consumer) return false
  // Only what is also kept for good elsewhere can be asked for again.
  if (!analysis.truths.untold.some((id) => find.component(id)?.kind === 'database') && !analysis.carried.on(relation.id).every((data) => analysis.truths.of(data).length > 0)) return false
  if (consumer.kind === 'client' || consumer.kind === 'cdn' || consumer.kind === 'cache') return true
  const own = analysis.graph.edge(relation.id)!
  const ends = analysis.graph.dataFlow(consumer.id).flatMap(({ edge, to }) => (analysis.duplication.follows(own, edge) ? { edge, target: find.component(to)! } : []))
  if (ends.some(({ target }) => protection(target.facts, 'resync') !== false)) return true
  const harmless = ({ edge, target }: (typeof ends)[number]): boolean => edge.verb.name === 'invalidates' || target.kind === 'client' || (target.kind === 'cache' && isAccelerator(target))
  // What a gateway calls, it calls for its clients, not for a message.
  return ends.some(harmless) && ends.every((end) => harmless(end) || (consumer.kind === 'gateway' && ['calls', 'routes'].includes(end.edge.verb.name)))
}

function isAccelerator({ facts }: Component): boolean {
  return known(facts, 'ttl') !== undefined || references(facts, 'rebuild-from').length > 0 || word(facts, 'pattern') === 'cache-aside' || saysUnknown(facts, 'rebuild-from')
}

function report(model: Model, analysis: Analysis, hop: Component | Relation, leak: Leak, intent: Intent, witnesses: readonly Relation[] = []): Finding {
  const name = 'verb' in hop ? hopName(model, hop) : `\`${hop.name}\``
  return {
    at: hop.origin,
    subject: { component: leak.component, ...('verb' in hop && { relation: hop.id }) },
    ...(leak.mild && { severity: 'warning' as const }),
    message: `${name} ${leak.how}, though ${intent.because}.`,
    help: leak.help,
    related: witnesses.slice(0, 4).map(({ origin, from, to, verb }) => ({ at: origin, message: `\`${nameOf(model, from)}\` ${verb} \`${nameOf(model, to)}\`` })),
    facts: [...leak.facts, ...(intent.fact ? [intent.fact] : [])],
    fixes: fixes(model, analysis, hop, leak),
  }
}

/** Who does it: the sender, the broker that puts aside, or the receiver. */
function hopName(model: Model, { verb, from, to }: Relation): string {
  if (verb === 'publishes') return `\`${nameOf(model, from)}\` publishes to \`${nameOf(model, to)}\` and`
  return verb === 'dead-letters' ? `\`${nameOf(model, from)}\`` : `\`${nameOf(model, to)}\`, reading \`${nameOf(model, from)}\`,`
}

function fixes(model: Model, analysis: Analysis, hop: Component | Relation, { wanted, on, repeats }: Leak): readonly Fix[] {
  if (!wanted) return []
  // What would then come twice has to be made harmless first.
  const edge = 'verb' in hop && repeats ? analysis.graph.edge(hop.id) : undefined
  if (edge && known(lookup(model).component(edge.relation.to)?.facts ?? {}, 'dedupe.window')) return []
  if (edge && analysis.duplication.repeated({ edge, component: edge.relation.to, facts: [], how: '' }).length > 0) return []
  const title = `Set ${Object.entries(wanted).map(([name, value]) => `\`${name}: ${value}\``).join(', ')}`
  const where = on ?? hop
  if (!('verb' in where)) return [{ title, edits: setProperties(where, wanted) }]
  const edits = setOnRelation(model, where, wanted)
  return edits ? [{ title, edits }] : []
}
