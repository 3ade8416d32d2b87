import type { Analysis } from '../analysis/analysis.ts'
import { time } from '../analysis/staleness.ts'
import { known, number, protection, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { nameOf } from './words.ts'

export const redeliveryBeforeDone: Rule = {
  id: 'redelivery-before-done',
  code: 'D7',
  severity: 'error',
  title: 'The broker gives the message to somebody else while the first is still at work',
  why: 'A broker takes a worker that is silent for too long for dead, and hands its message on. Where the work itself takes longer than that, every message is worked on by several at once, which makes the backlog grow and the work slower still.',
  sources: [
    { title: 'Amazon SQS Developer Guide, Visibility timeout', url: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html' },
    { title: 'Apache Kafka documentation, Consumer Configs: max.poll.interval.ms, max.poll.records', url: 'https://kafka.apache.org/documentation/#consumerconfigs' },
    { title: 'RabbitMQ documentation, Consumers: delivery acknowledgement timeout', url: 'https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout' },
  ],
  needs: ['visibility', 'proc-time.p99', 'proc-time.p50', 'proc-time.mean', 'proc-time', 'batch', 'max-poll-records', 'heartbeat', 'timeout', 'retries'],
  fixable: true,
  *check(model, analysis) {
    for (const relation of model.relations) {
      if (relation.verb !== 'delivers') continue
      const broker = lookup(model).component(relation.from)!
      const lease = leaseOf(model, relation, broker)
      const need = lease && needOf(model, analysis, relation, broker, lease)
      if (need) yield report(model, analysis, { relation, broker, lease, need })
    }
  },
}

interface Lease {
  readonly seconds: number
  readonly fact: Fact
}

interface Need {
  readonly seconds: number
  /** As the message says it: `up to 12min (p99)`. */
  readonly as: string
  /** It is not the slow ones only that take so long. */
  readonly usual: boolean
  readonly facts: readonly Fact[]
}

interface Case {
  readonly relation: Relation
  readonly broker: Component
  readonly lease: Lease
  readonly need: Need
}

/** Client libraries of these prolong a lease by themselves, so that only a stated one ends. */
const PROLONGED: ReadonlySet<string> = new Set(['google-pubsub'])

function leaseOf(model: Model, relation: Relation, broker: Component): Lease | undefined {
  const seconds = number(broker.facts, 'visibility')
  const fact = known(broker.facts, 'visibility')?.fact
  if (seconds === undefined || !fact || (fact.from === 'default' && PROLONGED.has(broker.technology?.base ?? ''))) return undefined
  const consumer = lookup(model).component(relation.to)!
  if ([relation, broker, consumer].some(({ facts }) => protection(facts, 'heartbeat') !== false)) return undefined
  // What is acknowledged first, or comes once at most, does not come again.
  if (['before-processing', 'auto'].includes(word(relation.facts, 'ack') ?? '') || saysUnknown(relation.facts, 'ack')) return undefined
  const delivery = [relation.facts, broker.facts].map((facts) => (saysUnknown(facts, 'delivery') ? 'unknown' : word(facts, 'delivery'))).find((said) => said !== undefined)
  return delivery === 'at-most-once' || delivery === 'unknown' ? undefined : { seconds, fact }
}

/**
 * The slowest single message, or what is usual for all that is taken at once: the mean of a sum is the sum of the means. Where messages are
 * handled in batches, a stated time is that of a batch (NUMBERS M5).
 */
function needOf(model: Model, analysis: Analysis, relation: Relation, broker: Component, lease: Lease): Need | undefined {
  const { facts } = relation
  if (saysUnknown(facts, 'batch') || saysUnknown(facts, 'proc-time')) return undefined
  const means = ['proc-time.mean', 'proc-time.p50', 'proc-time']
  const usual = means.some((path) => saysUnknown(facts, path)) ? undefined : means.find((path) => number(facts, path) !== undefined)
  const [taken, unit] = [takenAtOnce(relation, broker), (number(facts, 'batch') ?? 1) > 1 ? 'a batch' : 'a message']
  const found: Need[] = []
  const slow = number(facts, 'proc-time.p99')
  if (slow !== undefined) found.push({ seconds: slow, as: `up to ${time(slow)} (p99) for ${unit}`, usual: false, facts: [known(facts, 'proc-time.p99')!.fact] })
  if (usual !== undefined) {
    const each = number(facts, usual)!
    const all = each * taken.count
    const as = taken.count === 1 ? `usually ${time(all)} for ${unit}` : `${taken.count} × ${time(each)} = ${time(all)} for what it takes at once`
    found.push({ seconds: all, as, usual: true, facts: [known(facts, usual)!.fact, ...taken.facts] })
  }
  if (found.length === 0 && !Object.keys(facts).some((path) => path.startsWith('proc-time'))) found.push(...waitsOf(model, analysis, relation))
  const late = found.filter(({ seconds }) => seconds > lease.seconds).toSorted((a, b) => b.seconds - a.seconds)
  return late[0] && { ...late[0], usual: late.some(({ usual }) => usual), facts: late.flatMap(({ facts }) => facts) }
}

/** How many messages, or batches of them, one lease is taken for. */
function takenAtOnce({ facts }: Relation, broker: Component): { readonly count: number; readonly facts: readonly Fact[] } {
  const path = 'max-poll-records'
  const [together, polled] = [number(facts, 'batch') ?? 1, number(broker.facts, path)]
  if (saysUnknown(broker.facts, path) || polled === undefined || polled <= together) return { count: 1, facts: [] }
  return { count: Math.ceil(polled / together), facts: [known(broker.facts, path)!.fact, ...(together > 1 ? [known(facts, 'batch')!.fact] : [])] }
}

/** Where no time is stated: the longest that one call may take, for each message of a stated batch. */
function waitsOf(model: Model, analysis: Analysis, relation: Relation): readonly Need[] {
  const count = number(relation.facts, 'batch')
  if (count === undefined) return []
  return analysis.graph.sync(relation.to).flatMap(({ edge: { relation: call, needed, waits } }): readonly Need[] => {
    const each = number(call.facts, 'timeout')
    if (each === undefined || waits !== 'yes' || known(call.facts, 'timeout')!.fact.from !== 'stated') return []
    const tries = 1 + (number(call.facts, 'retries') ?? 0)
    const seconds = count * each * tries
    const as = `up to ${count} × ${tries > 1 ? `${tries} × ` : ''}${time(each)} = ${time(seconds)} for a batch, while it waits for \`${nameOf(model, needed)}\``
    return [{ seconds, as, usual: false, facts: ['timeout', ...(tries > 1 ? ['retries'] : [])].map((path) => known(call.facts, path)!.fact).concat(known(relation.facts, 'batch')!.fact) }]
  })
}

function report(model: Model, analysis: Analysis, { relation, broker, lease, need }: Case): Finding {
  const consumer = nameOf(model, relation.to)
  const seed = analysis.duplication.seeds.find(({ edge }) => edge?.relation.id === relation.id)
  const harmful = seed !== undefined && analysis.duplication.repeated(seed).length > 0
  const enough = rounded(1.5 * need.seconds)
  const which = need.usual ? 'nearly all of it' : 'every slow one'
  const wanted = { visibility: enough }
  return {
    at: relation.origin,
    subject: { relation: relation.id, component: relation.to },
    // Now and then one more run of what can bear it costs work, not truth.
    severity: need.usual || harmful ? 'error' : 'warning',
    message: `\`${consumer}\` needs ${need.as}, but \`${broker.name}\` hands it on again after ${time(lease.seconds)}: ${which} is worked on by several at once, which makes the backlog grow.`,
    help: `Let the lease last longer (\`visibility: ${enough}\`), take less at once, or prolong it while the work goes on (\`heartbeat\`).`,
    related: [{ at: broker.origin, message: `\`${broker.name}\` waits ${time(lease.seconds)} for the word that it is done` }],
    facts: [lease.fact, ...need.facts],
    fixes: [{ title: `Wait longer: \`visibility: ${enough}\``, edits: setProperties(broker, wanted) }],
  }
}

/** In whole seconds, minutes or hours, never less. */
function rounded(seconds: number): string {
  if (seconds <= 120) return `${Math.ceil(seconds)}s`
  return seconds <= 7200 ? `${Math.ceil(seconds / 60)}min` : `${Math.ceil(seconds / 3600)}h`
}
