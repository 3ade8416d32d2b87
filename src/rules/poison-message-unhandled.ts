import type { Analysis } from '../analysis/analysis.ts'
import type { Intent } from '../analysis/intent.ts'
import { forgetsWithin } from '../analysis/returns.ts'
import { time } from '../analysis/staleness.ts'
import { isUnlimited, known, limit, number, protection, saysUnknown, word, type Known } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { intentOfHop } from './asked.ts'
import { setOnRelation, setProperties, statementAfter } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { listed } from './words.ts'

export const poisonMessageUnhandled: Rule = {
  id: 'poison-message-unhandled',
  code: 'S4',
  severity: 'error',
  title: 'A message that always fails blocks the others, vanishes, or waits where nobody looks',
  why: 'Sooner or later a message comes that can never be processed: a field that is missing, a customer that was deleted. Tried without end it holds up its lane or burns the workers; given up silently it is lost; put aside where nobody looks it is lost later.',
  sources: [
    { title: 'Amazon SQS Developer Guide, Using dead-letter queues', url: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html' },
    { title: 'RabbitMQ documentation, Quorum Queues: poison message handling', url: 'https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling' },
  ],
  needs: ['max-deliveries', 'dead-letter', 'on-error', 'order', 'redrive', 'alarm', 'retention', 'dead-letter-age', 'parse', 'tolerates', 'class'],
  fixable: true,
  *check(model, analysis) {
    const caring = caresForFailures(model)
    for (const relation of model.relations) {
      const finding = relation.verb === 'delivers' ? unhandled(model, analysis, relation, caring) : undefined
      if (finding) yield finding
    }
    const watching = model.components.some(({ facts }) => ['alarm', 'redrive'].some((path) => statedAt(facts, path)))
    for (const component of model.components) {
      const finding = forgotten(model, analysis, component, watching)
      if (finding) yield finding
    }
  },
}

const ORDERED: ReadonlySet<string> = new Set(['per-partition', 'per-key', 'total'])

/** Whether the design speaks of messages that fail at all: what a whole design is silent about is no finding (rules/README, "Absence"). */
function caresForFailures(model: Model): boolean {
  const paths = ['max-deliveries', 'dead-letter', 'on-error', 'redrive']
  return model.relations.some(({ verb, facts }) => verb === 'dead-letters' || paths.some((path) => statedAt(facts, path))) || model.components.some(({ facts }) => paths.some((path) => statedAt(facts, path)))
}

function statedAt(facts: Component['facts'], path: string): boolean {
  return known(facts, path)?.fact.from === 'stated'
}

function unhandled(model: Model, analysis: Analysis, relation: Relation, caring: boolean): Finding | undefined {
  const find = lookup(model)
  const broker = find.component(relation.from)!
  const consumer = find.component(relation.to)!
  if (broker.kind !== 'queue' && broker.kind !== 'log' && broker.kind !== 'topic') return undefined
  // Somebody decided what becomes of it, or it comes once only.
  const onError = word(relation.facts, 'on-error')
  if (saysUnknown(relation.facts, 'on-error') || onError === 'ack' || onError === 'skip' || onError === 'dead-letter') return undefined
  if (nearest(relation, broker, 'delivery') === 'unknown' || said(nearest(relation, broker, 'delivery')) === 'at-most-once') return undefined
  if (word(relation.facts, 'ack') === 'before-processing' || saysUnknown(relation.facts, 'ack')) return undefined
  if ([relation, broker, consumer].some(({ facts }) => protection(facts, 'dead-letter') !== false)) return undefined
  if ([broker, consumer].some(({ id }) => find.relationsFrom(id).some(({ verb }) => verb === 'dead-letters'))) return undefined
  const intent = intentOfHop(analysis, relation, relation.to, 'loss')
  if (intent.stance === 'tolerates' || intent.withheld) return undefined

  const tries = nearest(relation, broker, 'max-deliveries')
  if (tries === 'unknown') return undefined
  const endless = onError === 'requeue' || onError === 'stop' || (tries !== undefined && word({ it: tries.fact }, 'it') === 'unlimited')
  const most = endless || !tries ? undefined : number({ it: tries.fact }, 'it')
  const facts = endless && onError ? [known(relation.facts, 'on-error')!.fact] : tries ? [tries.fact] : []
  const case_: Case = { model, relation, broker, consumer, intent, facts, stop: onError === 'stop' }
  if (most !== undefined) return tries!.fact.from === 'stated' || caring || intent.stance === 'requires' ? dropped(case_, most) : undefined
  // Every message can be handled somehow: what fails is what it needs, which comes back.
  if (!endless || !caring || word(consumer.facts, 'parse') === 'never-fails' || saysUnknown(consumer.facts, 'parse')) return undefined
  const order = known(broker.facts, 'order')
  if (order && ORDERED.has(word(broker.facts, 'order') ?? '')) return blocked(analysis, case_, order.fact)
  return broker.kind === 'queue' && onError !== 'stop' ? spinning(case_) : undefined
}

interface Case {
  readonly model: Model
  readonly relation: Relation
  readonly broker: Component
  readonly consumer: Component
  readonly intent: Intent
  readonly facts: readonly Fact[]
  /** The delivery says that it stops at what fails. */
  readonly stop: boolean
}

/** What the relation says, else the broker; `unknown` where the nearer one says that word. */
function nearest(relation: Relation, broker: Component, path: string): Known | 'unknown' | undefined {
  for (const facts of [relation.facts, broker.facts]) {
    if (saysUnknown(facts, path)) return 'unknown'
    const own = known(facts, path)
    if (own && (own.fact.from === 'stated' || facts === broker.facts || !known(broker.facts, path))) return own
  }
  return undefined
}

function said(one: Known | 'unknown' | undefined): string | undefined {
  return one === undefined || one === 'unknown' ? undefined : word({ it: one.fact }, 'it')
}

function blocked(analysis: Analysis, one: Case, order: Fact): Finding | undefined {
  const { relation, broker, consumer } = one
  // Stopping at what fails, with somebody who is called, is a choice that keeps the order.
  if (one.stop && [relation, broker, consumer].some(({ facts }) => saysUnknown(facts, 'alarm') || statedAt(facts, 'alarm'))) return undefined
  const lane = word(broker.facts, 'order') === 'per-key' ? 'its key' : word(broker.facts, 'order') === 'total' ? 'the whole queue' : 'its partition'
  const keepsOrder = analysis.intents.at({ relation: relation.id }, 'reordering').stance === 'requires'
  const stops = one.stop ? `stops at a message that fails` : `tries a message that always fails without end`
  return {
    ...base(one),
    message: `\`${consumer.name}\` reads \`${broker.name}\` in order and ${stops}: nothing behind it in ${lane} is processed until a person steps in.`,
    help: `Try a few times (\`max-deliveries: 5\`), then put it aside (\`dead-letter\`) with an alarm${keepsOrder ? '; send it back by hand, since what follows it has gone ahead' : ''}.`,
    facts: [...one.facts, order, ...(one.intent.fact ? [one.intent.fact] : [])],
    ...(one.intent.stance !== 'requires' && { intentUnknown: true }),
  }
}

function spinning(one: Case): Finding {
  const { broker, consumer } = one
  return {
    ...base(one),
    severity: 'warning',
    message: `\`${broker.name}\` hands a message that always fails to \`${consumer.name}\` again and again${keptFor(broker)}: a few of them keep the workers busy with work that cannot succeed.`,
    help: 'Try a few times (`max-deliveries: 5`), then put it aside (`dead-letter`) with an alarm.',
  }
}

function keptFor(broker: Component): string {
  const kept = number(broker.facts, 'retention')
  return kept === undefined ? ', without end' : `, for the ${time(kept)} that it is kept`
}

function dropped(one: Case, most: number): Finding {
  const { broker, consumer, intent } = one
  const because = intent.stance === 'requires' ? `, though ${intent.because}` : ''
  return {
    ...base(one),
    message: `\`${broker.name}\` gives up a message that \`${consumer.name}\` failed on ${most === 1 ? 'once' : `${most} times`}, and puts it nowhere: it is lost without a trace${because}.`,
    help: 'Put it aside (`dead-letter`), with an alarm and a way back, so that a person can mend it.',
    facts: [...one.facts, ...(intent.fact ? [intent.fact] : [])],
    ...(intent.stance === 'unknown' && { intentUnknown: true }),
  }
}

function base({ model, relation, broker, facts }: Case): Pick<Finding, 'at' | 'subject' | 'related' | 'facts' | 'fixes'> {
  const feeding = lookup(model).relationsTo(broker.id).filter(({ verb }) => verb === 'publishes' || verb === 'captures')
  const find = lookup(model)
  return {
    at: relation.origin,
    subject: { relation: relation.id, component: relation.to },
    related: feeding.slice(0, 3).map(({ origin, from }) => ({ at: origin, message: `\`${find.component(from)!.name}\` puts messages into \`${broker.name}\`` })),
    facts,
    fixes: asideFix(model, relation, broker),
  }
}

/** A queue of its own beside the broker, kept for two weeks, with an alarm. */
function asideFix(model: Model, relation: Relation, broker: Component): readonly Fix[] {
  const taken = new Set([...model.components, ...model.containers, ...model.data].map(({ name }) => name))
  let name = `${broker.name}-parked`
  for (let next = 2; taken.has(name); next++) name = `${broker.name}-parked-${next}`
  const limits = number(relation.facts, 'max-deliveries') === undefined && number(broker.facts, 'max-deliveries') === undefined
  const wanted: Record<string, string> = { ...(limits && { 'max-deliveries': '5' }), 'dead-letter': name }
  if (word(relation.facts, 'on-error') !== undefined) wanted['on-error'] = 'dead-letter'
  const edits = setOnRelation(model, relation, wanted)
  if (!edits) return []
  return [{ title: `Put it aside after a few tries, in a new queue \`${name}\``, edits: [...edits, statementAfter(broker.extent, `queue ${name} { retention: 14d, alarm: age }`)] }]
}

/** A place for what failed that is not looked at, or that forgets before anybody can. */
function forgotten(model: Model, analysis: Analysis, parked: Component, watching: boolean): Finding | undefined {
  if (parked.kind !== 'queue' && parked.kind !== 'log' && parked.kind !== 'topic') return undefined
  const find = lookup(model)
  const aside = find.relationsTo(parked.id).filter(({ verb }) => verb === 'dead-letters')
  if (aside.length === 0) return undefined
  const sources = [...new Set(aside.map(({ from }) => from))].map((id) => find.component(id)!)
  const intents = sources.flatMap(({ id }) => find.relationsFrom(id).filter(({ verb }) => verb === 'delivers')).map((delivery) => intentOfHop(analysis, delivery, delivery.to, 'loss'))
  if (intents.some(({ withheld }) => withheld) || (intents.length > 0 && intents.every(({ stance }) => stance === 'tolerates'))) return undefined
  if (analysis.intents.at({ component: parked.id }, 'loss').stance === 'tolerates') return undefined

  const unseen = watching && neverLookedAt(model, parked)
  const early = sources.map((source) => endsEarly(source, parked)).find((each) => each !== undefined)
  if (!unseen && !early) return undefined
  const from = listed(sources.map(({ name }) => name))
  const kept = limit(parked.facts, 'retention')
  const ends = kept === undefined || kept === Infinity ? 'waits there unseen' : `is gone after ${time(kept)}`
  const clock = early && `\`${parked.name}\` keeps what failed in \`${early.source.name}\` for ${time(early.kept)}, and \`${early.source.name}\` itself keeps a message for ${time(early.before)}; the age counts from the first day, so one that failed late is gone soon after it was put aside, or at once`
  const blind = unseen && (early ? ', and nothing reads it or alarms on it' : `What fails in ${from} is put into \`${parked.name}\`, which nothing reads, sends back or alarms on: it ${ends}`)
  const wanted = { ...(early && { retention: fortnight(early.before) }), ...(unseen && { alarm: 'age' }) }
  const properties = Object.entries(wanted).map(([name, value]) => `\`${name}: ${value}\``)
  return {
    at: parked.origin,
    subject: { component: parked.id },
    severity: 'warning',
    message: `${clock ?? ''}${blind || ''}.`,
    help: `Let somebody know and decide in time: ${properties.join(', ')}.`,
    related: aside.slice(0, 4).map(({ origin, from }) => ({ at: origin, message: `\`${find.component(from)!.name}\` puts aside what fails` })),
    facts: early?.facts ?? [],
    fixes: early && forgetsWithin(model, fortnightOf(early.before) * 86_400) ? [] : [{ title: `Set ${properties.join(', ')}`, edits: setProperties(parked, wanted) }],
  }
}

/** The vendor's longest, or half as long again. */
function fortnight(before: number): string {
  return `${fortnightOf(before)}d`
}

function fortnightOf(before: number): number {
  const days = Math.ceil(before / 86400)
  return days < 14 ? 14 : Math.ceil(days * 1.5)
}

function neverLookedAt(model: Model, parked: Component): boolean {
  const find = lookup(model)
  if (saysUnknown(parked.facts, 'alarm') || saysUnknown(parked.facts, 'redrive')) return false
  const alarmed = known(parked.facts, 'alarm') && word(parked.facts, 'alarm') !== 'none'
  const back = known(parked.facts, 'redrive') && word(parked.facts, 'redrive') !== 'none'
  const asked = find.relationsFrom(parked.id).length > 0 || find.relationsTo(parked.id).some(({ verb, facts }) => verb !== 'dead-letters' || known(facts, 'alarm') !== undefined || saysUnknown(facts, 'alarm'))
  return !alarmed && !back && !asked
}

interface Early {
  readonly source: Component
  readonly kept: number
  readonly before: number
  readonly facts: readonly Fact[]
}

/** Moved within one technology whose clock runs on: no longer kept than where it came from. */
function endsEarly(source: Component, parked: Component): Early | undefined {
  if (source.technology?.base === undefined || source.technology.base !== parked.technology?.base) return undefined
  if (word(source.facts, 'dead-letter-age') !== 'kept' || word(parked.facts, 'dead-letter-age') !== 'kept') return undefined
  const [kept, before] = [known(parked.facts, 'retention'), known(source.facts, 'retention')]
  if (!kept || !before || isUnlimited(parked.facts, 'retention') || isUnlimited(source.facts, 'retention')) return undefined
  const [short, long] = [number(parked.facts, 'retention')!, number(source.facts, 'retention')!]
  if (short > long) return undefined
  return { source, kept: short, before: long, facts: [kept.fact, before.fact, known(parked.facts, 'dead-letter-age')!.fact] }
}
