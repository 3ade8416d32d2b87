import type { Analysis } from '../analysis/analysis.ts'
import { absorbs } from '../analysis/duplication.ts'
import type { Edge } from '../analysis/graph.ts'
import type { Intent } from '../analysis/intent.ts'
import { returnsOf, type Return } from '../analysis/returns.ts'
import { time } from '../analysis/staleness.ts'
import { isNone, isUnlimited, known, number, protection, reference, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import { intentOfRepeat } from './asked.ts'
import { alone, insertIntoBody, setProperty } from './edits.ts'
import type { Finding, Related, Rule } from './rule.ts'
import { nameOf } from './words.ts'

export const idempotencyWindowTooShort: Rule = {
  id: 'idempotency-window-too-short',
  code: 'D3',
  severity: 'error',
  title: 'What was done is forgotten before the same message can no longer come',
  why: 'A record of what was done protects only as long as it is kept. A message that was put aside is often sent back days later, and a log may be read again from its beginning: where the record is gone by then, the payment is made a second time, and every single part worked as designed.',
  sources: [
    { title: 'Helland, Idempotence Is Not a Medical Condition (ACM Queue, 2012)', url: 'https://queue.acm.org/detail.cfm?id=2187821' },
    { title: 'Stripe API reference, Idempotent requests', url: 'https://docs.stripe.com/api/idempotent_requests' },
    { title: 'Amazon SQS Developer Guide, Using dead-letter queues', url: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html' },
  ],
  needs: ['dedupe.window', 'dedupe.store', 'ttl', 'redrive', 'retention', 'offset-reset', 'rebuild-from', 'retries', 'deadline', 'idempotent', 'op', 'apply', 'effects', 'tolerates'],
  fixable: true,
  *check(model, analysis) {
    const returns = returnsOf(model, analysis.graph).toSorted((a, b) => b.after - a.after)
    const causes = new Map<string, [Case, ...Case[]]>()
    for (const one of tooShort(model, analysis, returns)) {
      const cause = causes.get(one.at)
      if (cause) cause.push(one)
      else causes.set(one.at, [one])
    }
    for (const cause of causes.values()) yield report(model, analysis, cause)
  },
}

interface Window {
  readonly seconds: number
  readonly facts: readonly Fact[]
  /** The cache whose lifetime it is, where nobody says how long is remembered. */
  readonly store?: Component
}

interface Case extends Harm {
  readonly back: Return
  /** Who forgets: a component, or a relation. */
  readonly at: string
  readonly keeper: Component
  /** The relation that the memory is about, where it is not the component's own. */
  readonly over?: Edge
  readonly window: Window
  readonly path: readonly Edge[]
  readonly intent: Intent
}

/** Arrows of the way to the memory that a finding names. */
const TOLD = 6

interface Arrival {
  readonly component: string
  readonly before: Edge | undefined
  readonly path: readonly Edge[]
}

/** From each component that gets something again, along what it waits for, to the first memory on every way. The longest return walks first. */
function* tooShort(model: Model, analysis: Analysis, returns: readonly Return[]): Iterable<Case> {
  const find = lookup(model)
  const seen = new Set<string>()
  for (const back of returns) {
    if (back.edge && absorbs(back.edge)) continue
    const start = back.edge?.relation.id ?? back.component
    // The relation itself may remember what comes over it.
    const own = back.edge && protection(back.edge.relation.facts, 'dedupe')
    if (seen.has(start) || own === undefined && back.edge) continue
    seen.add(start)
    const arrivals: Arrival[] = [{ component: back.component, before: back.edge, path: [] }]
    if (own && back.edge) {
      yield* judged(model, analysis, back, find.component(back.component)!, windowOf(model, back.edge.relation.facts), { ...arrivals[0]!, over: back.edge })
      continue
    }
    for (const arrival of arrivals) {
      const keeper = find.component(arrival.component)!
      if (endsReturn(keeper.facts, back)) continue
      const guarded = protection(keeper.facts, 'dedupe')
      // A third party’s memory works by the key that it is sent.
      if (guarded !== false && keeper.kind !== 'external') {
        if (guarded) yield* judged(model, analysis, back, keeper, windowOf(model, keeper.facts), arrival)
        continue
      }
      for (const { edge, to } of analysis.graph.sync(arrival.component)) {
        if (edge.waits === 'acceptance' || seen.has(edge.relation.id) || (arrival.before && !analysis.duplication.follows(arrival.before, edge))) continue
        seen.add(edge.relation.id)
        // Of a long way its beginning is told.
        const path = arrival.path.length < TOLD ? [...arrival.path, edge] : arrival.path
        const remembers = protection(edge.relation.facts, 'dedupe')
        const target = find.component(to)
        if (remembers !== false) {
          if (remembers && target) yield* judged(model, analysis, back, target, windowOf(model, edge.relation.facts), { component: arrival.component, before: edge, path, over: edge })
        } else if (target?.kind === 'external' && keyed(edge)) {
          yield* judged(model, analysis, back, target, windowOf(model, target.facts), { component: arrival.component, before: edge, path, over: edge })
        } else if (analysis.duplication.idempotence(edge).safe !== 'yes' || edge.verb.name === 'routes') arrivals.push({ component: to, before: edge, path })
      }
    }
  }
}

/** A key goes along by which the other side recognises it. */
function keyed({ relation: { facts } }: Edge): boolean {
  return known(facts, 'idempotent') !== undefined && !isNone(facts, 'idempotent') && !['no', 'natural', 'offset'].includes(word(facts, 'idempotent') ?? '')
}

/** Recorded for good, or not done at all when a log is read again. */
function endsReturn(facts: Facts, { how }: Return): boolean {
  if (protection(facts, 'effects') !== false) return true
  return (how === 'replay' || how === 'rebuild') && protection(facts, 'replay-mode') !== false
}

/** Stated; else the lifetime of entries in the cache that keeps it. Unset where it is unknown, or for good. */
function windowOf(model: Model, facts: Facts): Window | undefined {
  if (saysUnknown(facts, 'dedupe.window') || isUnlimited(facts, 'dedupe.window')) return undefined
  const seconds = number(facts, 'dedupe.window')
  if (seconds !== undefined) return { seconds, facts: [known(facts, 'dedupe.window')!.fact] }
  const store = reference(facts, 'dedupe.store')
  const cache = store && lookup(model).component(store.id)
  const ttl = cache?.kind === 'cache' ? number(cache.facts, 'ttl') : undefined
  return cache && ttl !== undefined ? { seconds: ttl, facts: [known(facts, 'dedupe.store')!.fact, known(cache.facts, 'ttl')!.fact], store: cache } : undefined
}

function* judged(model: Model, analysis: Analysis, back: Return, keeper: Component, window: Window | undefined, arrival: Arrival & { readonly over?: Edge }): Iterable<Case> {
  if (!window || window.seconds >= back.after) return
  const harms: readonly Harm[] = arrival.over && arrival.over !== back.edge ? [{ effect: arrival.over, certain: lasting(arrival.over) }] : harmsBehind(model, analysis, arrival, back.after)
  const judgedHarms = harms.filter(({ effect }) => !vague(effect)).map((harm) => ({ ...harm, intent: intentOfRepeat(model, analysis, { component: back.component, effect: harm.effect, by: back.edge }) }))
  // Of several, the one that somebody asks to happen once, in whichever order they are written.
  const [worst] = judgedHarms
    .filter(({ intent }) => intent.stance !== 'tolerates' && !intent.withheld)
    .sort((a, b) => Number(b.intent.stance === 'requires') - Number(a.intent.stance === 'requires') || (a.effect.relation.id < b.effect.relation.id ? -1 : 1))
  if (!worst) return
  const { over } = arrival
  yield { back, at: over?.relation.id ?? keeper.id, keeper, ...(over && { over }), window, path: arrival.path, ...worst }
}

interface Harm {
  /** What is then done again. */
  readonly effect: Edge
  /** It is known that it does not bear repetition; else it is only not known to. */
  readonly certain: boolean
  readonly also?: readonly Fact[]
}

/** The nearest effects behind the memory that have no other protection: those of one component that are known to be harmful, else one of which nobody says it. */
function harmsBehind(model: Model, analysis: Analysis, { component, before }: Arrival, after: number): readonly Harm[] {
  const find = lookup(model)
  const [seen, arrivals] = [new Set([component]), [{ component, before }]]
  let open: Edge | undefined
  for (const arrival of arrivals) {
    const found: Harm[] = []
    for (const { edge, to } of analysis.graph.sync(arrival.component)) {
      if (edge.waits === 'acceptance' || (arrival.before && !analysis.duplication.follows(arrival.before, edge))) continue
      const { safe } = analysis.duplication.idempotence(edge)
      const target = find.component(to)
      // A key that the other side has forgotten as well protects nothing.
      const known = target?.kind === 'external' && keyed(edge) && lasting(edge) ? windowOf(model, target.facts) : undefined
      if (known && known.seconds < after) {
        found.push({ effect: edge, certain: true, also: known.facts })
        continue
      }
      if ((safe === 'yes' && edge.verb.name !== 'routes') || analysis.duplication.dedupes(to) !== 'no' || vague(edge)) continue
      const further = analysis.graph.sync(to).length > 0
      if (safe === 'no' && (word(edge.relation.facts, 'op') !== undefined || !further)) {
        found.push({ effect: edge, certain: true })
        continue
      }
      if (!further && edge.verb.name === 'writes' && word(edge.relation.facts, 'op') === undefined) open ??= edge
      if (seen.has(to)) continue
      seen.add(to)
      arrivals.push({ component: to, before: edge })
    }
    if (found.length > 0) return found
  }
  return open ? [{ effect: open, certain: false }] : []
}

/** Said to be unknown, it may be a mere question. */
function vague({ relation: { facts } }: Edge): boolean {
  return ['op', 'idempotent', 'method', 'if', 'apply', 'effects'].some((path) => saysUnknown(facts, path))
}

/** What the key protects is known to be an effect, and not a question or a state that is set. */
function lasting({ relation: { facts } }: Edge): boolean {
  return ['charge', 'send', 'insert', 'append', 'increment'].includes(word(facts, 'op') ?? '') || word(facts, 'method') === 'POST'
}

function report(model: Model, analysis: Analysis, [first, ...rest]: readonly [Case, ...Case[]]): Finding {
  const { back, keeper, over, window, path, effect, intent, certain } = first
  const stated = window.facts.find((fact) => fact.from === 'stated' && fact.inheritedFrom === undefined)
  const key = words((over && known(over.relation.facts, 'dedupe.key') ? over.relation : keeper).facts, 'dedupe.key')?.join(', ') ?? keyOf(over)
  const because = intent.stance === 'requires' ? `, though ${intent.because}` : ''
  const remembers = over && over !== back.edge ? `\`${keeper.name}\` recognises ${key === undefined ? 'a repeat' : `\`${key}\``}` : `\`${keeper.name}\` remembers what it has done`
  const since = window.store ? ` (the \`ttl\` of \`${window.store.name}\`)` : ''
  const wanted = Number.isFinite(back.after) ? written(back.after) : 'forever'
  return {
    at: stated && stated.from === 'stated' ? stated.origin : over ? over.relation.origin : keeper.origin,
    subject: { component: over ? over.needer : keeper.id, ...(over && { relation: over.relation.id }) },
    ...(!certain && { severity: 'warning' as const }),
    message: `${remembers} for ${time(window.seconds)}${since}, but ${comes(model, back)}: what comes later than that ${again(model, effect)}${because}.`,
    help: `Remember it for at least as long (\`dedupe { window: ${wanted} }\`${over ? ` in \`${nameOf(model, over.needer)}\`` : ''}), or let a unique constraint in the store of the effect refuse the second one.`,
    related: [...[first, ...rest].flatMap((one) => cameFrom(model, one.back)).slice(0, 6), ...along(model, path)],
    facts: [...window.facts, ...back.facts, ...(first.also ?? []), ...(intent.fact ? [intent.fact] : [])],
    ...(intent.stance === 'unknown' && { intentUnknown: true }),
    fixes: fixes(model, analysis, first, wanted, key),
  }
}

function keyOf(over: Edge | undefined): string | undefined {
  const names = over && words(over.relation.facts, 'idempotent')
  return names?.length === 1 && names[0] !== 'yes' ? names[0] : undefined
}

function comes(model: Model, { how, after, from, edge, fills, component }: Return): string {
  const [who, source] = [nameOf(model, component), nameOf(model, from)]
  const endless = !Number.isFinite(after)
  switch (how) {
    case 'redrive':
      return `what \`${who}\` failed on in \`${nameOf(model, edge!.relation.from)}\` waits in \`${source}\` and can be sent back ${endless ? 'at any time' : `for ${time(after)}`}`
    case 'replay':
      return `\`${who}\` begins \`${source}\` from its first message when it has no position (\`offset-reset: earliest\`), and \`${source}\` keeps ${endless ? 'them all' : `${time(after)} of them`}`
    case 'rebuild':
      return `\`${nameOf(model, fills!)}\` is filled again from \`${source}\` by \`${who}\`, and \`${source}\` keeps ${endless ? 'every message' : `the messages of ${time(after)}`}`
    case 'retry':
      return from === component ? `it tries a step again ${endless ? 'without end' : `for ${time(after)}`}` : `\`${source}\` tries again ${endless ? 'without end' : `for up to ${time(after)}`}`
  }
}

function again(model: Model, effect: Edge): string {
  const [op, target] = [word(effect.relation.facts, 'op'), nameOf(model, effect.needed)]
  switch (op) {
    case 'charge':
      return `is charged at \`${target}\` a second time`
    case 'send':
      return `is sent over \`${target}\` a second time`
    case undefined:
      return `is done at \`${target}\` a second time`
    default:
      return `is done at \`${target}\` a second time (\`${op}\`)`
  }
}

function cameFrom(model: Model, { from, edge, how }: Return): readonly Related[] {
  const source = lookup(model).component(from)
  if (!source || !edge) return []
  if (how === 'retry') return [{ at: edge.relation.origin, message: `\`${source.name}\` tries again` }]
  return [{ at: source.origin, message: how === 'redrive' ? `\`${source.name}\` holds what failed, and it is sent back` : `\`${source.name}\` is read again` }]
}

function along(model: Model, path: readonly Edge[]): readonly Related[] {
  return path.map(({ relation, needer, needed }) => ({ at: relation.origin, message: `\`${nameOf(model, needer)}\` goes on to \`${nameOf(model, needed)}\`` }))
}

/** In whole days where it is one or more; never less than it must be. */
function written(seconds: number): string {
  if (seconds >= 86400) return `${Math.ceil(seconds / 86400)}d`
  if (seconds >= 3600) return `${Math.ceil(seconds / 3600)}h`
  return seconds >= 60 ? `${Math.ceil(seconds / 60)}min` : `${Math.ceil(seconds)}s`
}

/** A longer window where one is stated; for somebody else’s memory, one of our own in front of it. */
function fixes(model: Model, analysis: Analysis, { back, keeper, over, window, effect }: Case, wanted: string, key: string | undefined): readonly Fix[] {
  const title = `Remember for as long: \`dedupe { window: ${wanted} }\``
  if (window.store) return []
  if (over && known(over.relation.facts, 'dedupe.window')) {
    return alone(model, over.relation) ? [{ title, edits: setProperty(over.relation, 'dedupe.window', wanted) }] : []
  }
  if (!over) return [{ title, edits: setProperty(keeper, 'dedupe.window', wanted) }]
  const consumer = lookup(model).component(back.component)
  const name = key ?? words(lookup(model).data(analysis.carried.on(effect.relation.id)[0] ?? '')?.facts ?? {}, 'key')?.[0]
  if (!consumer || name === undefined || consumer.id !== over.needer || known(consumer.facts, 'dedupe')) return []
  return [{ title: `${title} in \`${consumer.name}\``, edits: [insertIntoBody(consumer, `dedupe { key: ${name}, window: ${wanted} }`)] }]
}
