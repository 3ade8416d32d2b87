import type { Analysis } from '../analysis/analysis.ts'
import type { RepeatedEffect, Seed } from '../analysis/duplication.ts'
import type { Edge } from '../analysis/graph.ts'
import type { Lock } from '../analysis/locks.ts'
import { time } from '../analysis/staleness.ts'
import { copiesOf } from '../analysis/units.ts'
import { factAt, flag, isNone, known, number, protection, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { vocabulary } from '../vocabulary/index.ts'
import { setProperty, statementAfter } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { joined, nameOf } from './words.ts'

export const singletonWithoutElection: Rule = {
  id: 'singleton-without-election',
  code: 'L2',
  severity: 'error',
  title: 'Exactly one must run, but nothing makes it one',
  why: 'What runs by the clock or by itself runs on every replica unless one of them is elected: the invoices go out three times. And where one is elected, or there is only one, nothing runs at all until the next one has taken over.',
  sources: [
    { title: 'Beyer et al., Site Reliability Engineering (2016), ch. 24, Distributed Periodic Scheduling with Cron', url: 'https://sre.google/sre-book/distributed-periodic-scheduling/' },
    { title: 'AWS Builders’ Library, Leader election in distributed systems', url: 'https://aws.amazon.com/builders-library/leader-election-in-distributed-systems/' },
  ],
  needs: ['singleton', 'role', 'replicas', 'max-gap', 'restart', 'lease.ttl', 'failover.mode', 'voters', 'standby', 'dedupe', 'delivery', 'op', 'idempotent'],
  fixable: true,
  *check(model, analysis) {
    for (const component of model.components) {
      const claim = claimOf(component)
      if (!claim) continue
      const elected = electionOf(analysis, component)
      const finding = elected ? gone(component, elected) : (twice(model, analysis, component, claim) ?? gone(component, undefined))
      if (finding) yield finding
    }
  },
}

/** Why there should be one: it says so, its role does, or a scheduler that would fire on each of its replicas. */
interface Claim {
  readonly stated: boolean
  readonly fact: Fact
}

const ALONE: ReadonlySet<string> = new Set(['leader', 'sequencer', 'reaper'])

/** Kinds that work by themselves; a store has its own way of electing a leader, which is another rule's question. */
const WORKS: ReadonlySet<string> = new Set(['service', 'function', 'worker', 'stream-processor', 'batch', 'workflow', 'scheduler', 'cdc', 'gateway', 'monitor'])

function claimOf(component: Component): Claim | undefined {
  const { facts } = component
  if (!WORKS.has(component.kind)) return undefined
  if (flag(facts, 'singleton') === true) return { stated: true, fact: known(facts, 'singleton')!.fact }
  if (flag(facts, 'singleton') === false || saysUnknown(facts, 'singleton')) return undefined
  if (ALONE.has(word(facts, 'role') ?? '')) return { stated: true, fact: known(facts, 'role')!.fact }
  const delivery = known(facts, 'delivery')
  return component.kind === 'scheduler' && delivery && word(facts, 'delivery') === 'at-least-once' ? { stated: false, fact: delivery.fact } : undefined
}

interface Election {
  /** How long nobody runs when the one that does is lost, and what it is made of; unset where it is not known. */
  readonly gap?: { readonly seconds: number; readonly how: string; readonly facts: readonly Fact[] }
}

/** Properties that say that somebody sees to it that one runs. */
const ELECTED = ['failover', 'failover.mode', 'failover.arbiter', 'voters', 'standby', 'lease', 'replication', 'partitions', 'managed']

/** A lock that it takes or that is taken for it, a quorum of its own, a standby. What is said to be unknown may be one. */
function electionOf(analysis: Analysis, component: Component): Election | undefined {
  const { facts, id } = component
  const lock = analysis.locks.find(({ holders }) => holders.includes(id))
  if (lock) return { ...gapOfLock(analysis, lock) }
  if (!ELECTED.some((path) => factAt(facts, path) !== undefined && !isNone(facts, path))) return undefined
  const parts = ['failover.detect', 'failover.promote'].flatMap((path) => (number(facts, path) === undefined ? [] : [{ seconds: number(facts, path)!, fact: known(facts, path)!.fact }]))
  if (parts.length < 2 || word(facts, 'failover.mode') === 'manual') return {}
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0)
  return { gap: { seconds, how: `${joined(parts.map((part) => time(part.seconds)))} until it is noticed and another one has taken over`, facts: parts.map(({ fact }) => fact) } }
}

function gapOfLock(analysis: Analysis, lock: Lock): Election {
  if (!lock.ttl || !Number.isFinite(lock.ttl.seconds)) return {}
  const store = lookup(analysis.model).component(lock.edge.needed)!
  const delay = number(store.facts, 'lock-delay')
  const seconds = lock.ttl.seconds + (delay ?? 0)
  const how = `the lease of ${time(lock.ttl.seconds)}${delay === undefined ? '' : ` and the lock delay of ${time(delay)}`} must end first`
  return { gap: { seconds, how, facts: [lock.ttl.fact, ...(delay === undefined ? [] : [known(store.facts, 'lock-delay')!.fact])] } }
}

function twice(model: Model, analysis: Analysis, component: Component, claim: Claim): Finding | undefined {
  const copies = copiesOf(component)
  if (!copies || copies.count < 2 || protection(component.facts, 'dedupe') !== false) return undefined
  const find = lookup(model)
  const entering = find.relationsTo(component.id).filter(({ verb }) => verb !== 'configures' && verb !== 'observes')
  // Each message is handed to one of them: the work is claimed piece by piece.
  if (entering.length > 0 && entering.every(({ verb }) => verb === 'delivers')) return undefined
  const repeated = seedsFrom(model, analysis, component).flatMap((seed) => analysis.duplication.repeated(seed))
  const judged = repeated.flatMap((one) => {
    const intent = analysis.intents.at({ relation: one.effect.relation.id, component: one.effect.needer }, 'duplicates')
    return intent.stance === 'tolerates' || intent.withheld || isBlurred(model, analysis, one.effect) ? [] : [one]
  })
  const worst = judged.toSorted((a, b) => a.path.length - b.path.length || (a.effect.relation.id < b.effect.relation.id ? -1 : 1))[0]
  const requested = entering.some(({ verb }) => verb === 'calls' || verb === 'routes')
  const open = analysis.graph.needs(component.id).concat(triggered(analysis, component)).find((edge) => isOpen(analysis, edge))
  if (!worst && (!claim.stated || (repeated.length > 0 && judged.length === 0) || !(open || requested))) return undefined
  return reportTwice(model, component, claim, copies, worst, requested)
}

/** Of what is said to be unknown, it may be something that can bear it. */
function isBlurred(model: Model, { carried }: Analysis, { relation }: Edge): boolean {
  const find = lookup(model)
  const tables = [relation.facts, find.component(relation.to)?.facts ?? {}, ...carried.on(relation.id).map((id) => find.data(id)?.facts ?? {})]
  return tables.some((facts) => ['data', 'stores', 'class', 'tolerates', 'requires'].some((path) => saysUnknown(facts, path)))
}

function triggered({ graph }: Analysis, component: Component): readonly Edge[] {
  return graph.edges.filter(({ relation, verb }) => relation.from === component.id && verb.name === 'triggers' && graph.needs(component.id).every((edge) => edge.relation.id !== relation.id))
}

/** An effect of which nobody says whether it bears repetition. */
function isOpen({ duplication }: Analysis, edge: Edge): boolean {
  return ['writes', 'publishes', 'triggers'].includes(edge.verb.name) && duplication.idempotence(edge).safe === 'unknown'
}

/** What each replica does by itself, and what it sets going: the targets that it triggers, the consumers of what it publishes. */
function seedsFrom(model: Model, { graph, duplication }: Analysis, component: Component): readonly Seed[] {
  const find = lookup(model)
  const seeds: Seed[] = [{ component: component.id, facts: [], how: '' }]
  const pending = find.relationsFrom(component.id).filter(({ verb }) => verb === 'triggers' || verb === 'publishes')
  const seen = new Set(pending.map(({ id }) => id))
  for (const relation of pending) {
    const edge = graph.edge(relation.id)
    if (!edge || duplication.idempotence(edge).safe === 'yes' || protection(relation.facts, 'dedupe') !== false || protection(relation.facts, 'carries') !== false) continue
    const target = find.component(relation.to)
    if (!target || protection(target.facts, 'producer-dedupe') !== false) continue
    if (target.kind !== 'queue' && target.kind !== 'log' && target.kind !== 'topic') seeds.push({ edge, component: relation.to, facts: [], how: '' })
    else for (const next of find.relationsFrom(target.id)) if (next.verb === 'delivers' && !seen.has(next.id)) (seen.add(next.id), pending.push(next))
  }
  return seeds
}

function reportTwice(model: Model, component: Component, claim: Claim, copies: { readonly count: number; readonly fact: Fact }, worst: RepeatedEffect | undefined, requested: boolean): Finding {
  const { name } = component
  const effect = worst && effectOf(model, worst)
  const what = component.kind === 'scheduler' ? 'each run happens' : 'its work is done'
  const consequence = effect ? `${what} ${copies.count} times, and ${effect} is not idempotent` : requested && component.kind !== 'scheduler' ? `${copies.count} of them answer at once` : `${what} ${copies.count} times`
  const one = claim.stated ? 'should be one, but ' : ''
  const path = worst ? [...(worst.seed.edge ? [worst.seed.edge] : []), ...worst.path] : []
  return {
    at: component.origin,
    subject: { component: component.id },
    severity: worst ? 'error' : 'warning',
    message: `\`${name}\` ${one}runs on ${copies.count} replicas and nothing elects one of them: ${consequence}.`,
    help: `Let one of them hold a lease that the others wait for (\`${name} -> … : locks\`), or make each run recognisable (\`dedupe { key: [job, scheduled-at] }\`).`,
    related: path.slice(0, 8).map((edge) => ({ at: edge.relation.origin, message: `\`${nameOf(model, edge.relation.from)}\` ${edge.verb.name} \`${nameOf(model, edge.relation.to)}\`` })),
    facts: [claim.fact, copies.fact, ...(worst?.idempotence.fact ? [worst.idempotence.fact] : [])],
    fixes: fixesFor(model, component),
  }
}

function effectOf(model: Model, { effect }: RepeatedEffect): string {
  const op = word(effect.relation.facts, 'op')
  const ends = `\`${nameOf(model, effect.needer)} → ${nameOf(model, effect.needed)}\``
  return op === undefined ? ends : `\`${op}\` on ${ends}`
}

/** Nobody runs for longer than the design allows. */
function gone(component: Component, election: Election | undefined): Finding | undefined {
  const { facts, name } = component
  const most = number(facts, 'max-gap')
  if (most === undefined) return undefined
  const copies = copiesOf(component)
  const restart = number(facts, 'restart')
  const alone = copies?.count === 1 && restart !== undefined && !election ? { seconds: restart, how: `it takes ${time(restart)} to start again`, facts: [copies.fact, known(facts, 'restart')!.fact] } : undefined
  const gap = alone ?? (copies?.count === 1 ? undefined : election?.gap)
  if (!gap || gap.seconds <= most) return undefined
  return {
    at: component.origin,
    subject: { component: component.id },
    severity: 'warning',
    message: `When the running \`${name}\` is lost, nothing runs for ${time(gap.seconds)} (${gap.how}), but it may be gone for ${time(most)} at most.`,
    help: alone ? 'Run a second one that waits for a lease, shorter than the gap that is allowed.' : `Shorten what is waited for, so that another one runs within ${time(most)}; or allow a longer \`max-gap\`.`,
    related: [],
    facts: [known(facts, 'max-gap')!.fact, ...gap.facts],
    fixes: [],
  }
}

/** A lease in a coordinator of the design, else in a new one; and the key by which a run is recognised. */
function fixesFor(model: Model, component: Component): readonly Fix[] {
  const [coordinator] = model.components.filter(({ kind }) => kind === 'coordinator').toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const taken = new Set([...model.components, ...model.containers, ...model.data].map(({ name }) => name))
  let fresh = 'election'
  for (let next = 2; taken.has(fresh); next++) fresh = `election-${next}`
  const lock = `${component.id} -> ${coordinator?.id ?? fresh} : locks "leader" { lease { ttl: 15s, renew: 5s }, fencing: token }`
  const text = coordinator ? lock : `coordinator ${fresh} uses etcd { voters: 3, zones: 3 }\n${' '.repeat(component.extent.range.start.character)}${lock}`
  const elect = vocabulary.verbJoins('locks', component.kind, 'coordinator')
  return [
    ...(elect ? [{ title: coordinator ? `Elect one with a lease in \`${coordinator.name}\`` : `Elect one with a lease in a new coordinator \`${fresh}\``, edits: [statementAfter(component.extent, text)] }] : []),
    { title: 'Recognise a run that was already done: `dedupe { key: [job, scheduled-at] }`', edits: setProperty(component, 'dedupe.key', '[job, scheduled-at]') },
  ]
}
