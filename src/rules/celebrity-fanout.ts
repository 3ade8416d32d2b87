import type { Analysis } from '../analysis/analysis.ts'
import { capacityOf, type Capacity } from '../analysis/capacity.ts'
import { celebrityDrain, fanOutOf, type FanOut } from '../analysis/followers.ts'
import { time } from '../analysis/staleness.ts'
import { known, limit, protection, saysUnknown } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import { DURATION, formatQuantity, PLAIN, quantity, RATE } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { nameOf } from './words.ts'

export const celebrityFanout: Rule = {
  id: 'celebrity-fanout',
  code: 'P5',
  severity: 'error',
  title: 'One event of a famous account is more writes than the pipeline takes in time',
  why: 'Writing to each follower is cheap on average, and the average is not what breaks it: one account with a hundred million followers makes one post a hundred million writes, and everybody else’s wait behind them.',
  sources: [
    { title: 'Krikorian, Timelines at Scale (QCon San Francisco 2012)', url: 'https://www.infoq.com/presentations/Twitter-Timeline-Scalability/' },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 1, "Describing Load"' },
  ],
  needs: ['fanout', 'fanout-cap', 'degree', 'capacity', 'shards', 'max-lag', 'rate'],
  fixable: true,
  settings: ['fanOutDrain'],
  *check(model, analysis, { fanOutDrain }) {
    for (const relation of model.relations) {
      const fanOut = EFFECTS.has(relation.verb) ? fanOutOf(model, analysis.carried, relation) : undefined
      const target = lookup(model).component(relation.to)
      if (!fanOut || !target || isBounded(relation)) continue
      const sink = sinkOf(model, target)
      const finding = sink && (overloaded(model, analysis, relation, fanOut, sink) ?? slow(model, analysis, relation, fanOut, sink, fanOutDrain))
      if (finding) yield finding
    }
  },
}

const EFFECTS: ReadonlySet<string> = new Set(['writes', 'publishes', 'calls', 'delivers'])

/** Above a number it is merged when somebody reads. */
function isBounded({ facts }: Relation): boolean {
  if (saysUnknown(facts, 'above') || known(facts, 'above')) return true
  const cap = limit(facts, 'fanout-cap')
  return cap !== Infinity && protection(facts, 'fanout-cap') !== false
}

/** What takes the writes: the store, or the slowest consumer of the broker. */
interface Sink {
  readonly component: Component
  readonly capacity: Capacity
}

function sinkOf(model: Model, target: Component): Sink | undefined {
  const find = lookup(model)
  const takers = target.kind === 'queue' || target.kind === 'log' || target.kind === 'topic' ? find.relationsFrom(target.id).flatMap(({ verb, to }) => (verb === 'delivers' ? (find.component(to) ?? []) : [])) : [target]
  return takers
    .flatMap((component) => {
      const capacity = capacityOf(component, component === target ? 'writes' : 'all')
      return capacity ? [{ component, capacity }] : []
    })
    .toSorted((a, b) => a.capacity.rate - b.capacity.rate)[0]
}

/** On average it is more than the sink takes. */
function overloaded(model: Model, analysis: Analysis, relation: Relation, fanOut: FanOut, { component, capacity }: Sink): Finding | undefined {
  const rate = analysis.load.relation(relation.id).average
  if (fanOut.mean <= 1 || rate <= capacity.rate) return undefined
  const events = rate / fanOut.mean
  return {
    ...about(model, relation, component),
    message: `Each event becomes ${count(fanOut.mean)} ${unit(relation)} from \`${nameOf(model, relation.from)}\` to \`${nameOf(model, relation.to)}\` on average: ${amount(events)} × ${count(fanOut.mean)} = ${amount(rate)}, ${Number((rate / capacity.rate).toPrecision(2))} times the ${amount(capacity.rate)} that \`${component.name}\` takes.`,
    help: 'Write to fewer (only to those who are there, only the recent), merge the large accounts when somebody reads (`fanout-cap: 10k, above: fanout-on-read`), or give it more shards.',
    related: [],
    facts: [...fanOut.facts, ...capacity.facts, ...analysis.load.facts({ relation: relation.id })],
    fixes: fixes(model, relation),
  }
}

/** What is spare is what the writes that are known leave: at most that. */
function slow(model: Model, analysis: Analysis, relation: Relation, fanOut: FanOut, { component, capacity }: Sink, longest: number): Finding | undefined {
  if (fanOut.most === undefined) return undefined
  const load = component.id === relation.to ? analysis.load.component(component.id).writes : analysis.load.component(component.id).all
  const spare = capacity.rate - load.average
  if (spare <= 0) return undefined
  const drain = celebrityDrain(fanOut.most, spare)
  const deadline = deadlineOn(model, analysis, relation, component)
  if (deadline === 'any' || drain <= (deadline?.seconds ?? longest)) return undefined
  const through = component.id === relation.to ? `to \`${component.name}\`` : `over \`${nameOf(model, relation.to)}\` to \`${component.name}\``
  return {
    ...about(model, relation, component),
    // Where nobody says how late it may come, it is a question.
    ...(!deadline && { severity: 'warning' as const }),
    message: `One event of the largest account becomes ${count(fanOut.most)} ${unit(relation)} from \`${nameOf(model, relation.from)}\` ${through}: with ${amount(spare)} to spare they take ${formatQuantity(quantity(Number(drain.toPrecision(3)), DURATION))}, and everything behind them waits${deadline ? `, though ${deadline.because}` : ''}.`,
    help: 'Stop at a number of followers, and merge the accounts above it when somebody reads (`fanout-cap: 10k, above: fanout-on-read`); or state how late it may come (`max-lag`).',
    related: deadline ? [{ at: deadline.at, message: deadline.because }] : [],
    facts: [...fanOut.facts, ...capacity.facts, ...(deadline ? [deadline.fact] : []), ...(load.average > 0 ? analysis.load.facts({ component: component.id }) : [])],
    fixes: fixes(model, relation),
  }
}

function about(model: Model, relation: Relation, sink: Component): Pick<Finding, 'at' | 'subject'> {
  return { at: relation.origin, subject: { relation: relation.id, component: lookup(model).component(relation.to)?.id ?? sink.id } }
}

interface Deadline {
  readonly seconds: number
  readonly because: string
  readonly at: Origin
  readonly fact: Fact
}

/** How late it may come: the strictest of what the flow, the delivery before it, the worker and the data say; `any` where it is put up with, or said to be unknown. */
function deadlineOn(model: Model, analysis: Analysis, relation: Relation, sink: Component): Deadline | 'any' | undefined {
  const find = lookup(model)
  const flows = analysis.flows.filter(({ waited, caused }) => [...waited, ...caused].some((edge) => edge.relation.id === relation.id))
  const places: readonly { readonly name: string; readonly facts: Facts }[] = [
    ...flows.flatMap(({ flow }) => (flow ? [{ name: `"${flow.title}"`, facts: flow.facts }] : [])),
    ...[relation, ...find.relationsTo(relation.from).filter(({ verb }) => verb === 'delivers')].map(({ from, to, facts }) => ({ name: `\`${nameOf(model, from)} → ${nameOf(model, to)}\``, facts })),
    ...[relation.from, sink.id].flatMap((id) => find.component(id) ?? []).map(({ name, facts }) => ({ name: `\`${name}\``, facts })),
  ]
  if (places.some(({ facts }) => saysUnknown(facts, 'max-lag'))) return 'any'
  const found = places.flatMap(({ name, facts }): readonly Deadline[] => {
    const seconds = limit(facts, 'max-lag')
    const fact = known(facts, 'max-lag')?.fact
    return seconds === undefined || fact?.from !== 'stated' ? [] : [{ seconds, because: `${name} promises ${time(seconds)}`, at: fact.origin, fact }]
  })
  const intents = [...flows.map(({ id }) => id), undefined].map((flow) => analysis.intents.at({ relation: relation.id, component: relation.to, ...(flow !== undefined && { flow }) }, 'staleness'))
  for (const intent of intents) {
    if (intent.withheld || (intent.stance === 'tolerates' && !intent.implied && intent.bound === undefined)) return found.length > 0 ? strictest(found) : 'any'
    if (intent.bound !== undefined && intent.fact) found.push({ seconds: intent.bound, because: `${intent.because} of at most ${time(intent.bound)}`, at: intent.fact.from === 'stated' ? intent.fact.origin : relation.origin, fact: intent.fact })
  }
  return found.length > 0 ? strictest(found) : undefined
}

function strictest(found: readonly Deadline[]): Deadline {
  return found.reduce((least, each) => (each.seconds < least.seconds ? each : least))
}

function unit({ verb }: Relation): string {
  return verb === 'writes' ? 'writes' : 'messages'
}

function count(value: number): string {
  return formatQuantity(quantity(value, PLAIN))
}

function amount(rate: number): string {
  return formatQuantity(quantity(rate, RATE))
}

function fixes(model: Model, relation: Relation): readonly Fix[] {
  const edits = setOnRelation(model, relation, { 'fanout-cap': '10k', above: 'fanout-on-read' })
  return edits ? [{ title: 'Merge large accounts when somebody reads: `fanout-cap: 10k, above: fanout-on-read`', edits }] : []
}
