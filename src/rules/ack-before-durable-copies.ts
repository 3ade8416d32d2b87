import type { Analysis } from '../analysis/analysis.ts'
import { copiesAtAck, sizeOf, type CopiesAtAck } from '../analysis/durable-copies.ts'
import { flowsWaiting } from '../analysis/flows.ts'
import { majority } from '../analysis/quorum.ts'
import { flag, isNone, known, number, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import { setOnRelations, setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { nameOf } from './words.ts'

export const ackBeforeDurableCopies: Rule = {
  id: 'ack-before-durable-copies',
  code: 'R3',
  severity: 'error',
  title: 'A write counts as saved on fewer copies than may be lost',
  why: 'Copies protect a write only once they have it. Where the writer hears "saved" while one machine alone has the write, and another machine takes over by itself when that one is lost, the write is gone although somebody was told that it is safe.',
  sources: [
    { title: 'Apache Kafka documentation, min.insync.replicas and acks', url: 'https://kafka.apache.org/documentation/#topicconfigs_min.insync.replicas' },
    { title: 'PostgreSQL documentation, Synchronous Replication', url: 'https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION' },
    { title: 'Redis documentation, Replication', url: 'https://redis.io/docs/latest/operate/oss_and_stack/management/replication/' },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 5' },
  ],
  needs: ['replication', 'replicas', 'replication-factor', 'sync', 'acks', 'min-isr', 'w', 'durability', 'failover.mode', 'survives', 'rpo'],
  fixable: true,
  *check(model, analysis) {
    for (const store of model.components) {
      if (isRefillable(store)) continue
      const finding = judge(model, analysis, store)
      if (finding) yield finding
    }
  },
}

interface Ack {
  readonly copies: CopiesAtAck
  /** The publish that waits for less than the broker would have it wait for. */
  readonly relation?: Relation
}

interface Tolerance {
  /** As a message says it: `another copy takes over by itself`. */
  readonly because: string
  readonly facts: readonly Fact[]
  /** Nothing at all may be lost: then a time-out after which nobody waits counts too. */
  readonly strict: boolean
}

/** What it holds can be had again from elsewhere, or nobody says that it cannot. */
function isRefillable({ facts }: Component): boolean {
  return known(facts, 'rebuild-from') !== undefined || saysUnknown(facts, 'rebuild-from') || flag(facts, 'derived') === true || saysUnknown(facts, 'derived')
}

function judge(model: Model, analysis: Analysis, store: Component): Finding | undefined {
  const size = sizeOf(store)
  // A default number of copies is a question; one copy alone is a single point of failure, not a promise broken by a failover.
  if (!size || size.count < 2 || size.fact.from === 'default') return undefined
  const entering = lookup(model).relationsTo(store.id).filter(({ verb }) => verb === 'writes' || verb === 'publishes' || verb === 'captures')
  const writes = entering.filter(({ verb }) => verb !== 'captures')
  // What is only captured from a database is still in the database.
  if (entering.length > 0 && writes.length === 0) return undefined
  const places = writes.length > 0 ? writes.map(({ id }) => ({ relation: id, component: store.id, data: dataOn(analysis, id, store) })) : [{ component: store.id }]
  const intents = places.map((place) => analysis.intents.at(place, 'loss'))
  const index = intents.findIndex(({ stance }) => stance === 'requires')
  if (index < 0) return undefined
  const intent = intents[index]!
  const flows = flowsWaiting(analysis.flows, writes.map(({ id }) => id)).flatMap(({ flow }) => flow ?? [])
  const find = lookup(model)
  const held = dataOn(analysis, writes[index]?.id, store).flatMap((id) => find.data(id) ?? [])
  const about: readonly Facts[] = [store.facts, ...held.map(({ facts }) => facts), ...flows.map(({ facts }) => facts)]
  // A stated loss is the business of the recovery objective.
  if (about.some((facts) => saysUnknown(facts, 'rpo') || (number(facts, 'rpo') ?? 0) > 0)) return undefined
  const tolerance = toleranceOf(store, about)
  if (!tolerance) return undefined
  const ack = weakest(store, writes)
  if (!ack || ack.copies.count === undefined) return undefined
  const lapses = ack.copies.count >= 2 && word(store.facts, 'sync') === 'semi-sync' && tolerance.strict
  if (ack.copies.count >= 2 && !lapses) return undefined
  return report(model, store, size.count, writes, ack, tolerance, { because: intent.because, fact: intent.fact }, lapses)
}

function dataOn(analysis: Analysis, relation: string | undefined, store: Component): readonly string[] {
  const on = relation === undefined ? [] : analysis.carried.on(relation)
  return on.length > 0 ? on : analysis.carried.at(store.id)
}

/** Why the loss of one machine must not lose a write: it is stated, or a copy that may not have the write takes over by itself. */
function toleranceOf(store: Component, about: readonly Facts[]): Tolerance | undefined {
  for (const facts of about) {
    const rpo = known(facts, 'rpo')
    if (rpo && number(facts, 'rpo') === 0) return { because: 'nothing may be lost (`rpo: 0`)', facts: [rpo.fact], strict: true }
  }
  for (const facts of about) {
    const survives = known(facts, 'survives')
    if (survives?.fact.from === 'stated') return { because: `the loss of a ${word(facts, 'survives')} is to be survived`, facts: [survives.fact], strict: false }
  }
  const mode = known(store.facts, 'failover.mode')
  const scheme = word(store.facts, 'replication')
  if (!mode || word(store.facts, 'failover.mode') !== 'auto' || scheme !== 'leader-follower') return undefined
  return { because: 'another copy takes over by itself', facts: [known(store.facts, 'replication')!.fact, mode.fact], strict: false }
}

/** What the least careful writer waits for. Unset where any of it is not known. */
function weakest(store: Component, writes: readonly Relation[]): Ack | undefined {
  const acks = writes.flatMap((relation): Ack[] => {
    const own = known(relation.facts, 'acks')
    if (saysUnknown(relation.facts, 'acks') || saysUnknown(relation.facts, 'consistency')) return []
    if (own?.fact.from === 'stated') {
      const copies = copiesAtAck({ ...store, facts: { ...store.facts, acks: own.fact } })
      return copies ? [{ copies, relation }] : []
    }
    // A level that is said on the write decides instead of the store: what that comes to is a question of quorums.
    if (known(relation.facts, 'consistency')) return []
    const copies = copiesAtAck(store)
    return copies ? [{ copies }] : []
  })
  if (writes.length === 0) {
    const copies = copiesAtAck(store)
    if (copies) acks.push({ copies })
  }
  // Of equals the store itself, then by name, so that the order of statements does not matter.
  const rank = ({ copies, relation }: Ack): readonly [number, string] => [copies.count ?? Infinity, relation?.id ?? '']
  return acks.toSorted((a, b) => compare(rank(a), rank(b)))[0]
}

function compare([a, first]: readonly [number, string], [b, second]: readonly [number, string]): number {
  return a !== b ? (a < b ? -1 : 1) : first < second ? -1 : first > second ? 1 : 0
}

function report(
  model: Model,
  store: Component,
  size: number,
  writes: readonly Relation[],
  { copies, relation }: Ack,
  tolerance: Tolerance,
  intent: { readonly because: string; readonly fact?: Fact | undefined },
  lapses: boolean,
): Finding {
  const name = `\`${store.name}\``
  const lost = lapses ? 'when no follower answers in time, the next write is on one machine only' : copies.count === 0 ? 'the loss of one machine loses it' : 'the loss of that machine loses it'
  return {
    at: relation ? relation.origin : store.origin,
    subject: { component: store.id, ...(relation && { relation: relation.id }) },
    ...(lapses && { severity: 'warning' as const }),
    message: `${relation ? `\`${nameOf(model, relation.from)}\` is told` : `Writers to ${name} are told`} "saved" ${howOf(store, size, copies, relation)}: ${lost}, though ${tolerance.because} and ${intent.because}.`,
    help: helpOf(store, size, copies, relation),
    related: relation ? [{ at: store.origin, message: `${name} keeps ${size} copies` }] : [],
    facts: [...copies.facts, ...tolerance.facts, ...(intent.fact ? [intent.fact] : [])],
    fixes: fixes(model, store, size, writes, copies, relation),
  }
}

/** Behind "told saved": how little there is then. */
function howOf(store: Component, size: number, copies: CopiesAtAck, relation: Relation | undefined): string {
  if (copies.count === 0) return known(store.facts, 'acks') || relation ? 'before any copy has the write' : `while all ${size} copies have it in memory only`
  if (word(store.facts, 'sync') === 'semi-sync') return `once one follower has the write, and after a time-out without one`
  if (waitsForInSync(store, relation)) return `once the copies that are in sync have the write, of which there may be one (\`min-isr: 1\`, of ${size})`
  return `once 1 of ${size} copies has the write`
}

/** It waits for all that are in sync, and is content with few. */
function waitsForInSync(store: Component, relation: Relation | undefined): boolean {
  const acks = relation ? word(relation.facts, 'acks') : word(store.facts, 'acks')
  return acks === 'all' || acks === 'quorum'
}

function helpOf(store: Component, size: number, copies: CopiesAtAck, relation: Relation | undefined): string {
  const relax = 'or state what may be lost (`rpo: 5s`, `tolerates: loss`)'
  if (copies.count === 0 && !relation && !known(store.facts, 'acks')) return `Write to disk before the answer, on a majority of the copies (\`durability: quorum-fsync\`), ${relax}.`
  if (waitsForInSync(store, relation)) return `Take a write only where two copies are in sync: \`min-isr: 2\`${size < 3 ? ', of three copies, so that one may fail' : ''}, ${relax}.`
  if (relation || known(store.facts, 'acks')) return `Wait for all copies that are in sync, and for at least two (\`acks: all\`, \`min-isr: 2\`), ${relax}.`
  return `Wait for a second copy before the answer (\`sync: quorum\`${size < 3 ? ' of three copies, so that one may fail' : ''}), ${relax}.`
}

function fixes(model: Model, store: Component, size: number, writes: readonly Relation[], copies: CopiesAtAck, relation: Relation | undefined): readonly Fix[] {
  // Of two copies both would have to be there for every write: that trades a loss for a standstill, and is nothing to do with one click.
  if (size < 3 || (copies.count === 0 && !known(store.facts, 'acks') && !relation)) return []
  const least = number(store.facts, 'min-isr')
  // All that wait for less are changed together: one of them left is the same fault again.
  const careless = writes.filter(({ facts }) => known(facts, 'acks')?.fact.from === 'stated' && !['all', 'quorum'].includes(word(facts, 'acks') ?? ''))
  const careful = setOnRelations(model, careless, { acks: 'all' })
  if (!careful) return []
  if (relation) {
    if (least === undefined) return []
    if (least < 2) return [{ title: 'Wait for two copies in sync: `acks: all` and `min-isr: 2`', edits: [...careful, ...setProperties(store, { 'min-isr': '2' })] }]
    return [{ title: 'Wait for all copies in sync: `acks: all`', edits: careful }]
  }
  if (known(store.facts, 'acks') && (store.kind === 'log' || store.kind === 'topic' || store.kind === 'queue')) {
    const wanted = { ...(!waitsForInSync(store, undefined) && { acks: 'all' }), ...((least ?? 0) < 2 && { 'min-isr': '2' }) }
    return [{ title: 'Wait for two copies in sync: `min-isr: 2`', edits: [...setProperties(store, wanted), ...careful] }]
  }
  if (word(store.facts, 'replication') === 'leaderless') {
    const w = String(majority(size))
    return [{ title: `Wait for a majority: \`w: ${w}\``, edits: setProperties(store, { w }) }]
  }
  return isNone(store.facts, 'replication') ? [] : [{ title: 'Wait for a majority of the copies: `sync: quorum`', edits: setProperties(store, { sync: 'quorum' }) }]
}
