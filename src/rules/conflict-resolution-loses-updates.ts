import type { Analysis } from '../analysis/analysis.ts'
import { writingPlaces, type Places } from '../analysis/writers.ts'
import { flag, isNone, known, number, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { listed, nameOf } from './words.ts'

export const conflictResolutionLosesUpdates: Rule = {
  id: 'conflict-resolution-loses-updates',
  code: 'R7',
  severity: 'error',
  title: 'Two places write the same key, and one of the writes is dropped',
  why: 'Where several regions take writes of the same record and exchange them afterwards, two people can change it within one replication delay. If the last by the clock wins, the other change is gone, although it was acknowledged, and nobody finds out.',
  sources: [
    { title: 'Amazon DynamoDB Developer Guide, Global tables: how they work', url: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html' },
    { title: 'DeCandia et al., Dynamo: Amazon’s Highly Available Key-value Store (SOSP 2007), §4.4', url: 'https://www.allthingsdistributed.com/files/amazon-dynamo-sosp2007.pdf' },
    { title: 'Shapiro et al., Conflict-free Replicated Data Types (2011)', url: 'https://inria.hal.science/inria-00609399' },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 5' },
  ],
  needs: ['replication', 'active-active', 'conflict', 'write-home', 'regions', 'op', 'consistency'],
  fixable: true,
  *check(model, analysis) {
    for (const store of model.components) {
      const scheme = exchanging(store)
      if (!scheme || isResolved(store)) continue
      const writes = lookup(model).relationsTo(store.id).filter((relation) => relation.verb === 'writes' && mayCollide(model, analysis, relation))
      const places = writingPlaces(model, store, writes)
      if (!places) continue
      const intent = intentAt(analysis, store, writes)
      if (intent) yield report(model, analysis, store, { scheme, writes, places, intent })
    }
  },
}

interface Loss {
  readonly scheme: readonly Fact[]
  readonly writes: readonly Relation[]
  readonly places: Places
  readonly intent: { readonly because: string; readonly facts: readonly Fact[]; readonly unknown: boolean }
}

/** Whether copies take writes without agreeing first: what that was read from. */
function exchanging({ facts }: Component): readonly Fact[] | undefined {
  if (['replication', 'active-active', 'conflict', 'sync'].some((path) => saysUnknown(facts, path))) return undefined
  // Agreed before it is acknowledged, nothing is dropped afterwards.
  if (word(facts, 'sync') === 'quorum' || STRONG.has(word(facts, 'consistency') ?? '') || STRONG.has(word(facts, 'isolation') ?? '')) return undefined
  const scheme = word(facts, 'replication')
  if (scheme === 'consensus' || scheme === 'none') return undefined
  if (scheme === 'multi-leader' || scheme === 'leaderless') return [known(facts, 'replication')!.fact]
  return flag(facts, 'active-active') === true ? [known(facts, 'active-active')!.fact] : undefined
}

const STRONG: ReadonlySet<string> = new Set(['linearizable', 'serializable', 'strict'])

/** Nothing is dropped: it is merged, kept, refused, or no two regions write the same key. */
function isResolved({ facts }: Component): boolean {
  const conflict = word(facts, 'conflict')
  if (conflict !== undefined && conflict !== 'lww' && conflict !== 'none') return true
  if (flag(facts, 'immutable') === true || saysUnknown(facts, 'immutable')) return true
  return hasHome({ facts })
}

function hasHome({ facts }: Pick<Component, 'facts'>): boolean {
  return saysUnknown(facts, 'write-home') || (known(facts, 'write-home') !== undefined && !isNone(facts, 'write-home'))
}

/** Two of these at once are one too many: not where each makes a record of its own, and not where they agree on it first. */
function mayCollide(model: Model, analysis: Analysis, relation: Relation): boolean {
  if (['op', 'consistency', 'data'].some((path) => saysUnknown(relation.facts, path))) return false
  const op = word(relation.facts, 'op')
  if (op === 'insert' || op === 'append' || op === 'delete') return false
  if (word(relation.facts, 'consistency') === 'serial') return false
  const find = lookup(model)
  const data = analysis.carried.on(relation.id).flatMap((id) => find.data(id) ?? [])
  if (data.length > 0 && data.every(({ facts }) => flag(facts, 'mutable') === false || saysUnknown(facts, 'mutable'))) return false
  return !hasHome(find.component(relation.from)!)
}

/** Unset where a loss or a conflict is tolerated. */
function intentAt(analysis: Analysis, store: Component, writes: readonly Relation[]): Loss['intent'] | undefined {
  let unknown = false
  for (const { id } of writes) {
    const on = analysis.carried.on(id)
    const place = { relation: id, component: store.id, data: on.length > 0 ? on : analysis.carried.at(store.id) }
    const stances = (['conflicts', 'loss'] as const).map((aspect) => analysis.intents.at(place, aspect))
    if (stances.some(({ stance, withheld }) => stance === 'tolerates' || withheld)) continue
    const required = stances.find(({ stance }) => stance === 'requires')
    if (required) return { because: required.because, facts: required.fact ? [required.fact] : [], unknown: false }
    unknown = true
  }
  return unknown ? { because: '', facts: [], unknown } : undefined
}

function report(model: Model, analysis: Analysis, store: Component, { scheme, writes, places, intent }: Loss): Finding {
  const conflict = known(store.facts, 'conflict')
  const where = places.names.length > 1 ? `in ${listed(places.names)}` : 'in several regions'
  const how = conflict ? 'of two at the same time the last by the clock wins (`conflict: lww`) and the other is lost without a trace' : 'nothing says what becomes of two at the same time (`conflict`)'
  const lag = number(store.facts, 'lag.p99')
  const window = lag === undefined ? '' : ` (within ${lag < 1 ? `${lag * 1000}ms` : `${lag}s`} of each other)`
  return {
    at: store.origin,
    subject: { component: store.id },
    message: `\`${store.name}\` takes writes of the same key ${where}, and ${how}${window}${intent.because ? `, though ${intent.because}` : ''}.`,
    help: 'Give each key one region that writes it (`write-home: user-id`), or merge (`conflict: crdt`, `merge`, `siblings`), or state `tolerates: conflicts`.',
    related: writes.slice(0, 8).map(({ from, origin }) => ({ at: origin, message: `\`${nameOf(model, from)}\` writes` })),
    facts: [...scheme, ...(conflict ? [conflict.fact] : []), ...places.facts, ...intent.facts],
    intentUnknown: intent.unknown,
    fixes: fixes(model, analysis, store),
  }
}

function fixes(model: Model, analysis: Analysis, store: Component): readonly Fix[] {
  const data = analysis.carried.at(store.id).flatMap((id) => lookup(model).data(id) ?? [])
  const keys = new Set(data.map(({ facts }) => word(facts, 'key')))
  const [key] = keys
  return [
    ...(keys.size === 1 && key !== undefined ? [{ title: `One region writes each key: \`write-home: ${key}\``, edits: setProperty(store, 'write-home', key) }] : []),
    { title: 'Merge without loss: `conflict: crdt`', edits: setProperty(store, 'conflict', 'crdt') },
  ]
}
