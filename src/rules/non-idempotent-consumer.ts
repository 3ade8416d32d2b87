import type { Analysis } from '../analysis/analysis.ts'
import type { RepeatedEffect } from '../analysis/duplication.ts'
import type { Edge } from '../analysis/graph.ts'
import type { Intent } from '../analysis/intent.ts'
import { outlives } from '../analysis/returns.ts'
import { saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Fix, Model } from '../model/model.ts'
import { intentOfRepeat } from './asked.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Related, Rule } from './rule.ts'
import { arrows, listed, nameOf } from './words.ts'

export const nonIdempotentConsumer: Rule = {
  id: 'non-idempotent-consumer',
  code: 'D1',
  severity: 'error',
  title: 'A message that comes twice takes effect twice',
  why: 'Brokers, schedulers and webhooks hand a message on again when the word that it was done got lost: after a crash, a rebalance, a time-out. That happens every day, so whatever a consumer does must be safe to repeat, or must remember that it was done.',
  sources: [
    { title: 'Apache Kafka documentation, Message Delivery Semantics', url: 'https://kafka.apache.org/documentation/#semantics' },
    {
      title: 'Debezium documentation, Exactly once delivery',
      url: 'https://debezium.io/documentation/reference/stable/configuration/eos.html',
    },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 11' },
  ],
  needs: ['delivery', 'guarantee', 'ack', 'op', 'method', 'idempotent', 'if', 'dedupe', 'class', 'tolerates'],
  fixable: true,
  *check(model, analysis) {
    // One root cause is one effect, however many ways lead to it.
    const causes = new Map<string, [Judged, ...Judged[]]>()
    for (const seed of analysis.duplication.seeds) {
      // A claim of exactly once is judged by what it claims.
      const { facts } = lookup(model).component(seed.component)!
      if (saysUnknown(facts, 'guarantee') || (facts['guarantee']?.from === 'stated' && word(facts, 'guarantee') === 'exactly-once')) continue
      for (const repeated of analysis.duplication.repeated(seed)) {
        const intent = intentOfRepeat(model, analysis, { component: seed.component, effect: repeated.effect, by: seed.edge })
        if (intent.stance === 'tolerates' || inOneTransaction(repeated)) continue
        const cause = causes.get(repeated.effect.relation.id)
        if (cause) cause.push({ ...repeated, intent })
        else causes.set(repeated.effect.relation.id, [{ ...repeated, intent }])
      }
    }
    for (const cause of causes.values()) yield report(model, analysis, cause)
  },
}

interface Judged extends RepeatedEffect {
  readonly intent: Intent
}

/** Effect and acknowledgement in one stated transaction commit together or not at all. */
function inOneTransaction({ seed, effect }: RepeatedEffect): boolean {
  const tx = word(effect.relation.facts, 'tx')
  if (saysUnknown(effect.relation.facts, 'tx') || (seed.edge && saysUnknown(seed.edge.relation.facts, 'tx'))) return true
  return tx !== undefined && seed.edge !== undefined && tx === word(seed.edge.relation.facts, 'tx')
}

function report(model: Model, analysis: Analysis, cause: readonly [Judged, ...Judged[]]): Finding {
  const first = cause.reduce((best, each) => (compare(each, best) < 0 ? each : best))
  const { seed, path, effect, idempotence, intent } = first
  const consumer = nameOf(model, seed.component)
  const what = effectName(model, effect)
  const target = nameOf(model, effect.needed)
  const through = path.length > 1 ? ` by way of ${arrows(model, [seed.component, ...path.map((edge) => edge.needed)])}` : ''
  const key = keyFor(model, analysis, first)
  const others = [...new Set(cause.filter((each) => each.seed !== seed).map((each) => nameOf(model, each.seed.component)))].filter(
    (name) => name !== consumer,
  )
  const because = intent.stance === 'requires' ? `, though ${intent.because}` : ''
  return {
    at: effect.relation.origin,
    subject: { relation: effect.relation.id, component: effect.needer },
    message: `\`${consumer}\` ${seed.how}, but ${what}${through} is not idempotent: one crash or time-out after it and before it is marked as done ${twice(effect, target)}${because}.${others.length > 0 ? ` So do repeats at ${listed(others)}.` : ''}`,
    help: `Send an idempotency key${key ? ` (\`${key}\`)` : ''} along that \`${target}\` enforces, or record the message’s id in the same transaction as the effect.`,
    related: [
      ...senders(model, analysis, first),
      ...path
        .slice(0, -1)
        .map((edge): Related => ({
          at: edge.relation.origin,
          message: `\`${nameOf(model, edge.needer)}\` goes on to \`${nameOf(model, edge.needed)}\``,
        })),
    ],
    facts: [...seed.facts, ...(idempotence.fact ? [idempotence.fact] : []), ...(intent.fact ? [intent.fact] : [])],
    ...(intent.stance === 'unknown' && { intentUnknown: true }),
    fixes: fixes(model, analysis, effect, key ?? 'message-id'),
  }
}

/** What is required, the shorter way, the surer seed; then its name, so that the order of statements does not matter. */
function compare(a: Judged, b: Judged): number {
  const rank = ({ path, intent, seed }: Judged): number => path.length * 3 + (intent.stance === 'requires' ? 0 : 10_000) + Math.max(0, ...seed.facts.map((fact) => (fact.from !== 'default' ? 0 : SURE.indexOf(fact.confidence))))
  const name = ({ seed }: Judged): string => `${seed.component} ${seed.how} ${seed.edge?.relation.id ?? ''}`
  return rank(a) - rank(b) || (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0)
}

const SURE = ['high', 'medium', 'low']

function effectName(model: Model, effect: Edge): string {
  const op = word(effect.relation.facts, 'op')
  const ends = `\`${nameOf(model, effect.needer)} → ${nameOf(model, effect.needed)}\``
  if (op !== undefined) return `\`${op}\` on ${ends}`
  return effect.relation.label !== undefined ? `“${effect.relation.label}” on ${ends}` : ends
}

function twice(effect: Edge, target: string): string {
  switch (word(effect.relation.facts, 'op')) {
    case 'charge':
      return 'charges twice'
    case 'send':
      return 'sends twice'
    case 'insert':
      return `leaves two records in \`${target}\``
    case 'append':
      return `appends to \`${target}\` twice`
    case 'increment':
      return `counts twice in \`${target}\``
    default:
      return `does it twice at \`${target}\``
  }
}

/** How the message came in: who puts it there, and the delivery itself. */
function senders(model: Model, analysis: Analysis, { seed }: Judged): readonly Related[] {
  const { edge: handing } = seed
  if (!handing)
    return [{ at: lookup(model).component(seed.component)!.origin, message: `\`${nameOf(model, seed.component)}\` ${seed.how}` }]
  const into = analysis.graph
    .dataSources(handing.relation.from)
    .filter(({ edge }) => edge.verb.name === 'publishes' || edge.verb.name === 'captures')
  const handed: Related = { at: handing.relation.origin, message: `\`${nameOf(model, seed.component)}\` ${seed.how}` }
  return [
    ...into
      .slice(0, 3)
      .map(({ edge }): Related => ({
        at: edge.relation.origin,
        message: `\`${nameOf(model, edge.relation.from)}\` puts messages into \`${nameOf(model, edge.relation.to)}\``,
      })),
    handed,
  ]
}

/** What names the record that the message is about. The partition key does not: it is often a person or a place, with many effects each. */
function keyFor(model: Model, analysis: Analysis, { seed, effect }: Judged): string | undefined {
  const find = lookup(model)
  for (const relation of [effect.relation.id, seed.edge?.relation.id]) {
    for (const id of relation === undefined ? [] : analysis.carried.on(relation)) {
      const key = words(find.data(id)?.facts ?? {}, 'key')
      if (key?.length === 1) return key[0]
    }
  }
  return undefined
}

function fixes(model: Model, analysis: Analysis, effect: Edge, key: string): readonly Fix[] {
  // A key that is forgotten too early is the next fault: what may come so late is to be decided first.
  if (outlives(model, analysis.graph, lookup(model).component(effect.needed)!)) return []
  const edits = setOnRelation(model, effect.relation, { idempotent: key })
  return edits ? [{ title: `Make it recognisable: \`idempotent: ${key}\``, edits }] : []
}
