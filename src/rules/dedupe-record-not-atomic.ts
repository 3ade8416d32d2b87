import type { Analysis } from '../analysis/analysis.ts'
import { losesAtFailover } from '../analysis/durable-copies.ts'
import type { Edge } from '../analysis/graph.ts'
import type { Intent } from '../analysis/intent.ts'
import { known, protection, reference, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { intentOfRepeat } from './asked.ts'
import { alone, setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { listed, nameOf } from './words.ts'

export const dedupeRecordNotAtomic: Rule = {
  id: 'dedupe-record-not-atomic',
  code: 'D6',
  severity: 'error',
  title: 'The record that something was done is kept apart from what was done',
  why: 'A record in one store and an effect in another are two writes, and a crash between them leaves one without the other: the next try finds no record and does it again. A record in a cache goes the same way whenever the cache is full, restarts or fails over.',
  sources: [
    { title: 'Leach, Implementing Stripe-like Idempotency Keys in Postgres', url: 'https://brandur.org/idempotency-keys' },
    { title: 'Redis documentation, Replication', url: 'https://redis.io/docs/latest/operate/oss_and_stack/management/replication/' },
    { title: 'AWS Builders’ Library, Making retries safe with idempotent APIs', url: 'https://aws.amazon.com/builders-library/making-retries-safe-with-idempotent-APIs/' },
  ],
  needs: ['dedupe.store', 'op', 'idempotent', 'if', 'apply', 'tx', 'resolve', 'eviction', 'durability', 'sync', 'class', 'tolerates'],
  fixable: true,
  *check(model, analysis) {
    const find = lookup(model)
    for (const component of model.components) {
      if (protection(component.facts, 'dedupe') !== true) continue
      const effects = analysis.graph.sync(component.id).map(({ edge }) => edge)
      const finding = judge(model, analysis, { subject: component, keeper: component, effects })
      if (finding) yield finding
    }
    for (const edge of analysis.graph.edges) {
      if (protection(edge.relation.facts, 'dedupe') !== true) continue
      // On a delivery it stands before all that the consumer does, on an effect before that one.
      const delivered = edge.verb.name === 'delivers' || edge.verb.name === 'captures' || edge.verb.name === 'triggers'
      const keeper = find.component(delivered ? edge.relation.to : edge.needer)
      if (!keeper) continue
      const finding = judge(model, analysis, { subject: edge.relation, keeper, effects: delivered ? analysis.graph.sync(keeper.id).map((hop) => hop.edge) : [edge] })
      if (finding) yield finding
    }
  },
}

/** Who remembers, where that is said, and what the memory protects. */
interface Memory {
  readonly subject: Component | Relation
  readonly keeper: Component
  readonly effects: readonly Edge[]
}

interface Harm {
  readonly effect: Edge
  readonly intent: Intent
  /** Known not to bear repetition; else nobody says. */
  readonly certain: boolean
}

/** Money and stock: done twice they are gone. */
const GRAVE: ReadonlySet<string> = new Set(['money', 'inventory'])
const STORES: ReadonlySet<string> = new Set(['database', 'object-store', 'search', 'coordinator', 'cache', 'external'])

function judge(model: Model, analysis: Analysis, memory: Memory): Finding | undefined {
  const { facts } = memory.subject
  const said = reference(facts, 'dedupe.store')
  const store = said && lookup(model).component(said.id)
  if (!store || saysUnknown(store.facts, 'stores')) return undefined
  const losing = loss(analysis, store)
  const harms = memory.effects.flatMap((effect) => harmOf(model, analysis, memory, store, effect, losing !== undefined))
  const first = harms.toSorted((a, b) => weight(model, analysis, b) - weight(model, analysis, a))[0]
  return first && report(model, analysis, memory, store, first, harms, losing)
}

/** Effects that go elsewhere than the record, and have nothing else that makes them happen once. */
function harmOf(model: Model, analysis: Analysis, { keeper }: Memory, store: Component, effect: Edge, forgets: boolean): readonly Harm[] {
  const { facts } = effect.relation
  const target = lookup(model).component(effect.needed)
  if (!target || target.id === store.id || effect.waits !== 'yes' || !STORES.has(target.kind)) return []
  // A status that is asked for, or one transaction over both, needs no record beside it.
  if (['op', 'idempotent', 'method', 'if', 'apply', 'effects', 'resolve', 'tx'].some((path) => saysUnknown(facts, path))) return []
  if (known(facts, 'resolve') && word(facts, 'resolve') !== 'none') return []
  if (inOneTransaction(model, keeper.id, store.id, facts['tx'])) return []
  const { safe } = analysis.duplication.idempotence(effect)
  const op = word(facts, 'op')
  const certain = safe === 'no' && op !== undefined
  // A write of which nobody says what it is would not need a memory in front of it if it bore repetition.
  if (!certain && (op !== undefined || effect.verb.name !== 'writes' || safe === 'yes' || target.kind === 'cache')) return []
  const intent = intentOfRepeat(model, analysis, { component: keeper.id, effect, by: undefined })
  if (intent.stance === 'tolerates' || intent.withheld) return []
  // Between a mail and the note that it was sent there is always a moment: asked only where it matters, or where the note itself gets lost.
  const matters = intent.stance === 'requires' && (op === 'charge' || !intent.implied)
  if (target.kind === 'external' && !matters && !forgets) return []
  return [{ effect, intent, certain }]
}

function inOneTransaction(model: Model, keeper: string, store: string, tx: Fact | undefined): boolean {
  if (!tx) return false
  const records = lookup(model).relationsFrom(keeper).filter(({ to, verb }) => to === store && verb !== 'reads')
  return records.some(({ facts }) => saysUnknown(facts, 'tx') || (known(facts, 'tx') && word(facts, 'tx') === word({ tx }, 'tx')))
}

/** Why the record itself may vanish. */
function loss({ truths }: Analysis, store: Component): { readonly how: string; readonly facts: readonly Fact[] } | undefined {
  const forgetting = truths.forgets(store.id)
  if (forgetting.certain === 'yes') return { how: `which ${forgetting.how}`, facts: forgetting.facts }
  const failover = known(store.facts, 'failover.mode')
  if (word(store.facts, 'failover.mode') !== 'auto' || losesAtFailover(store) !== true) return undefined
  return { how: 'which can lose its latest writes when it fails over', facts: failover ? [failover.fact] : [] }
}

function weight(model: Model, analysis: Analysis, harm: Harm): number {
  return (isGrave(model, analysis, harm) ? 4 : 0) + (harm.certain ? 2 : 0) + (harm.intent.stance === 'requires' ? 1 : 0)
}

function isGrave(_: Model, analysis: Analysis, { effect, intent }: Harm): boolean {
  if (intent.stance !== 'requires') return false
  return word(effect.relation.facts, 'op') === 'charge' || analysis.carried.on(effect.relation.id).some((data) => GRAVE.has(analysis.intents.classOf(data) ?? ''))
}

function report(model: Model, analysis: Analysis, memory: Memory, store: Component, harm: Harm, harms: readonly Harm[], losing: ReturnType<typeof loss>): Finding {
  const { keeper, subject } = memory
  const { effect, intent, certain } = harm
  const targets = [...new Set(harms.map(({ effect: { needed } }) => nameOf(model, needed)))]
  const record = known(subject.facts, 'dedupe.store')!.fact
  const op = known(effect.relation.facts, 'op')
  const grave = isGrave(model, analysis, harm)
  const external = lookup(model).component(effect.needed)?.kind === 'external'
  return {
    at: record.from === 'stated' ? record.origin : subject.origin,
    subject: { component: keeper.id, ...('verb' in subject && { relation: subject.id }) },
    severity: grave && certain ? 'error' : 'warning',
    message: `\`${keeper.name}\` notes in \`${store.name}\` what it has done, ${losing ? `${losing.how}, ` : ''}and ${does(effect)} ${listed(targets)}: after ${losing ? 'a lost note, or ' : ''}a crash between the two${losing ? ',' : ''} it ${twice(effect)} a second time${intent.stance === 'requires' ? `, though ${intent.because}` : ''}.`,
    help: external
      ? `Send a key along that \`${nameOf(model, effect.needed)}\` itself recognises, and keep the note in a durable store: begun before the call, done after it.`
      : `Keep the note in \`${nameOf(model, effect.needed)}\`, in the same transaction as the effect (\`dedupe { store: ${nameOf(model, effect.needed)} }\`), or let a unique constraint there refuse the second one.`,
    related: [
      { at: store.origin, message: `\`${store.name}\` keeps the note` },
      ...harms.map(({ effect: { relation, needed } }) => ({ at: relation.origin, message: `what it protects goes to \`${nameOf(model, needed)}\`` })),
    ],
    facts: [record, ...(losing?.facts ?? []), ...(op ? [op.fact] : []), ...(intent.fact ? [intent.fact] : [])],
    fixes: fixes(model, analysis, memory, harms, targets),
  }
}

function does(effect: Edge): string {
  switch (word(effect.relation.facts, 'op')) {
    case 'charge':
      return 'charges at'
    case 'send':
      return 'sends over'
    default:
      return effect.verb.name === 'writes' ? 'writes to' : 'acts at'
  }
}

function twice(effect: Edge): string {
  switch (word(effect.relation.facts, 'op')) {
    case 'charge':
      return 'charges'
    case 'send':
      return 'sends'
    default:
      return 'does it'
  }
}

/** One store that keeps the effect can keep the note as well. */
function fixes(model: Model, analysis: Analysis, { subject }: Memory, harms: readonly Harm[], targets: readonly string[]): readonly Fix[] {
  const target = lookup(model).component(harms[0]!.effect.needed)
  if (targets.length !== 1 || target?.kind !== 'database' || analysis.truths.forgets(target.id).certain === 'yes') return []
  if ('verb' in subject && !alone(model, subject)) return []
  // A name that is used twice is written with its container.
  const written = model.components.filter(({ name }) => name === target.name).length > 1 ? target.id : target.name
  return [{ title: `Keep the note with the effect: \`dedupe { store: ${written} }\``, edits: setProperty(subject, 'dedupe.store', written) }]
}
