import type { Analysis } from '../analysis/analysis.ts'
import { backlogOf, isAlone, type Consumer } from '../analysis/consumer-groups.ts'
import { backlogAfter, drainTime, lossAfter, parallelismNeeded } from '../analysis/consumers.ts'
import { orderDemanded } from '../analysis/order.ts'
import { time } from '../analysis/staleness.ts'
import { known, number, range, saysUnknown } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Fix, Model, TextEdit } from '../model/model.ts'
import { formatQuantity, PLAIN, quantity, RATE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
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
    for (const group of analysis.consumers) {
      const finding = judge(model, analysis, group, settings) ?? idle(model, group)
      if (finding) yield finding
    }
  },
}

function judge(model: Model, analysis: Analysis, group: Consumer, { utilisation, busyConsumer, peakLength }: Settings): Finding | undefined {
  const { rate, can } = group
  // How many slots a copy of a stream processor has is anybody’s guess where it is not said.
  const guessed = rate.sureness === 'estimate' || (isAlone(group) && group.consumer.kind === 'stream-processor')
  if (rate.average >= can) return report(model, analysis, group, utilisation, { severity: guessed ? 'warning' : 'error', then: backlogOf(group) })
  const late = rate.peaks && rate.peak >= can ? lateAtPeak(model, group, peakLength) : undefined
  if (late) return report(model, analysis, group, utilisation, { severity: 'warning', ...late })
  if (rate.average < busyConsumer * can) return undefined
  const hours = drainTime(backlogAfter(3600, rate.average), rate.average, can)
  return report(model, analysis, group, utilisation, { severity: 'warning', then: `it is busy ${percent(rate.average / can, 0)} of the time, so that what one hour of standstill leaves takes ${time(hours)} to work off` })
}

interface Verdict {
  readonly severity: 'error' | 'warning'
  readonly then: string
  readonly facts?: readonly Fact[]
}

/** A stated lag is passed while the peak lasts. */
function lateAtPeak(model: Model, { rate, can, consumer, deliveries: [delivery] }: Consumer, peakLength: number): Pick<Verdict, 'then' | 'facts'> | undefined {
  const flows = model.flows.filter(({ facts }) => known(facts, 'max-lag'))
  const allowed = [delivery.facts, consumer.facts].find((facts) => known(facts, 'max-lag') ?? saysUnknown(facts, 'max-lag')) ?? (flows.length === 1 ? flows[0]!.facts : undefined)
  const lag = allowed && number(allowed, 'max-lag')
  if (allowed === undefined || lag === undefined) return undefined
  const after = lossAfter(lag, rate.peak, can)
  return after > peakLength ? undefined : { then: `the stated lag of ${time(lag)} is passed after ${time(after)} of peak`, facts: [known(allowed, 'max-lag')!.fact] }
}

function report(model: Model, analysis: Analysis, group: Consumer, utilisation: number, { severity, then, facts = [] }: Verdict): Finding {
  const { deliveries, consumer, rate, parallel, each, can } = group
  const [delivery] = deliveries
  const atPeak = rate.average < can && rate.peaks && rate.peak >= can
  const load = atPeak ? rate.peak : rate.average
  const arrive = `${rate.missing.length > 0 ? 'at least ' : ''}${amount(load, RATE)} arrive${atPeak ? ' at peak' : ''}`
  const need = needed(group, utilisation)
  // One order of all messages is kept in one partition: more of them would be the next fault.
  const single = lookup(model).relationsFrom(group.broker.id).some((one) => one.verb === 'delivers' && orderDemanded(model, analysis, one)?.scope === 'total')
  return {
    at: delivery.origin,
    subject: { component: consumer.id, ...(deliveries.length === 1 && { relation: delivery.id }) },
    severity,
    message: `${whatItHas(group)}: at ${each.says === 'capacity' ? `${amount(1 / each.time, RATE)} each` : each.says}${isAlone(group) ? ', one at a time each,' : ''} it can do ${amount(can, RATE)}, and ${arrive}: ${then}.`,
    help: helpOf(group, need, single),
    related: deliveries.flatMap(({ from, id, origin }) => [{ at: origin, message: `\`${nameOf(model, from)}\` hands on ${amount(analysis.load.relation(id).average, RATE)}` }]),
    facts: [...each.facts, ...parallel.facts, ...facts, ...analysis.load.facts({ relation: delivery.id })],
    fixes: single && (parallel.partitions ?? Infinity) < need.sized ? [] : fixes(group, need),
  }
}

function amount(value: number, dimension = PLAIN): string {
  return formatQuantity(quantity(value, dimension))
}

/** `` `enricher` has 24 copies, but `clicks` only 12 partitions `` */
function whatItHas({ parallel: { copies, partitions, count, bound, handlers }, consumer, broker }: Consumer): string {
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
function needed({ rate, each, parallel }: Consumer, utilisation: number): Need {
  const load = Math.max(rate.average, rate.peak)
  const per = (count: number): number => Math.ceil(count / parallel.handlers)
  return { full: per(parallelismNeeded(load, each.batch, each.time)), sized: per(parallelismNeeded(load, each.batch, each.time, utilisation)), utilisation }
}

function helpOf(group: Consumer, { full, sized, utilisation }: Need, single: boolean): string {
  const { parallel: { bound, threads }, broker, consumer, each } = group
  const batch = isAlone(group) ? 'say how many messages each works on at once (`concurrency`), or take several together (`batch`)' : each.batch > 1 || each.says === 'capacity' ? 'or do less for each message' : 'or take several messages at once (`batch`)'
  const room = full === sized ? '' : ` (${sized} to be busy ${percent(utilisation, 0)} of the time)`
  if (bound === 'keys') return `Choose a key with more values, ${batch}.`
  if (bound === 'partitions' && single) return `One order of all messages is kept in one partition only: do less for each message, or ask for order per key, so that \`${broker.name}\` can have ${full} partitions${room}.`
  if (bound === 'partitions') return `Give \`${broker.name}\` at least ${full} partitions${room}, and \`${consumer.name}\` as many readers, ${batch}.`
  return `Run at least ${counted(Math.ceil(full / threads), 'copy', 'copies')} of \`${consumer.name}\`${room && ` (${Math.ceil(sized / threads)} to be busy ${percent(utilisation, 0)} of the time)`}, ${batch}.`
}

/** Partitions and copies, whichever are too few. */
function fixes({ parallel, broker, consumer, deliveries }: Consumer, { sized }: Need): readonly Fix[] {
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
function idle(model: Model, { parallel, broker, consumer, deliveries: [delivery] }: Consumer): Finding | undefined {
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
