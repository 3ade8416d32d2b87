import type { Analysis } from '../analysis/analysis.ts'
import { idempotenceOf } from '../analysis/duplication.ts'
import { losesAtFailover } from '../analysis/durable-copies.ts'
import { walk, type Edge } from '../analysis/graph.ts'
import type { Guarded, Lock } from '../analysis/locks.ts'
import { time } from '../analysis/staleness.ts'
import { flag, isNone, known, number, protection, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Fix, Model, Relation } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { joined, nameOf } from './words.ts'

export const lockWithoutFencing: Rule = {
  id: 'lock-without-fencing',
  code: 'L1',
  severity: 'error',
  title: 'Whoever lost the lock can still write',
  why: 'A lease ends by the clock while its holder may be paused, and a holder that wakes up does not know that somebody else has the lock by now. Unless what it writes to can tell the old holder from the new one, both write.',
  sources: [
    { title: 'Kleppmann, How to do distributed locking (2016)', url: 'https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html' },
    { title: 'etcd documentation, etcd versus other key-value stores: notes on the usage of lock and lease', url: 'https://etcd.io/docs/v3.6/learning/why/' },
    { title: 'Redis documentation, Distributed Locks with Redis', url: 'https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/' },
    { title: 'Burrows, The Chubby lock service for loosely-coupled distributed systems (OSDI 2006)' },
  ],
  needs: ['lease', 'lease.ttl', 'lease.renew', 'lease.hold', 'protects', 'purpose', 'fencing', 'if', 'op', 'idempotent', 'class', 'truth', 'tolerates'],
  fixable: true,
  *check(model, analysis) {
    for (const lock of analysis.locks) {
      if (lock.lease !== 'yes' || isFenced(lock.edge.relation)) continue
      const harmed = lock.guarded.flatMap((guarded) => harmOf(model, analysis, lock, guarded) ?? [])
      const worst = harmed.find(({ intentUnknown }) => !intentUnknown) ?? harmed[0]
      if (worst) yield report(model, lock, worst, harmed)
    }
  },
}

interface Harm {
  readonly guarded: Guarded
  /** Why two holders would do harm, as a message says it; empty where nobody says what the lock is for. */
  readonly because: string
  readonly intentUnknown: boolean
  readonly facts: readonly Fact[]
  /** The lock is kept where it is used, and that place itself may grant it twice. */
  readonly grantsTwice: boolean
}

/** A stated fence; said to be unknown, it may be one. */
function isFenced({ facts }: Relation): boolean {
  return protection(facts, 'fencing') !== false
}

function harmOf(model: Model, analysis: Analysis, lock: Lock, guarded: Guarded): Harm | undefined {
  const find = lookup(model)
  const effect = guarded.path.at(-1)
  const target = find.component(guarded.component)
  if (!target || (effect && refusesLate(effect)) || protection(target.facts, 'dedupe') !== false) return undefined
  // Where the lock and the record are one store, the write and the lock can be checked together; only the store's own failover splits them.
  const store = find.component(lock.edge.needed)!
  const own = guarded.component === store.id
  const copies = own && losesAtFailover(store) === true ? ['sync', 'replication'].flatMap((path) => known(store.facts, path)?.fact ?? []) : undefined
  if (own && (!copies || (number(store.facts, 'replicas') ?? 1) < 2)) return undefined

  const place = { ...(effect && { relation: effect.relation.id }), component: guarded.component }
  const intents = (['duplicates', 'conflicts'] as const).map((aspect) => analysis.intents.at(place, aspect))
  if (intents.some(({ withheld }) => withheld) || isBlurred(model, analysis, place, lock.edge.needer, [target.facts, effect?.relation.facts ?? {}, lock.edge.relation.facts])) return undefined
  const stated = known(lock.edge.relation.facts, 'purpose') !== undefined
  // What the lock says that it is for is nearer than what a class of data usually puts up with.
  if (intents.some(({ stance, implied }) => stance === 'tolerates' && !(stated && implied)) && !intents.some(({ stance }) => stance === 'requires')) return undefined
  const facts = copies ?? []
  const harm = { guarded, facts, grantsTwice: own, because: '', intentUnknown: false }

  const { facts: said } = lock.edge.relation
  if (saysUnknown(said, 'purpose')) return undefined
  const purpose = known(said, 'purpose')
  const idem = effect ? idempotenceOf(effect) : { safe: 'unknown' as const }
  if (word(said, 'purpose') === 'efficiency') {
    if (idem.safe !== 'no') return undefined
    return { ...harm, because: `doing it twice is not without effect (\`${word(effect!.relation.facts, 'op') ?? 'idempotent: no'}\`)`, facts: [...facts, purpose!.fact, ...(idem.fact ? [idem.fact] : [])] }
  }
  if (purpose) return { ...harm, because: 'the lock is there for correctness', facts: [...facts, purpose.fact] }
  const required = intents.find(({ stance }) => stance === 'requires') ?? lossOf(analysis, place)
  if (required) return { ...harm, because: required.because, facts: [...facts, ...(required.fact ? [required.fact] : [])] }
  const truth = flag(target.facts, 'truth') === true ? known(target.facts, 'truth')! : undefined
  if (truth) return { ...harm, because: `\`${target.name}\` holds the truth`, facts: [...facts, truth.fact] }
  // Nobody says what for: a state that is merely set once more is the same state.
  if (idem.safe === 'yes' || (effect && ['op', 'method', 'idempotent'].some((path) => saysUnknown(effect.relation.facts, path)))) return undefined
  return { ...harm, intentUnknown: true, facts: [...facts, ...(idem.fact ? [idem.fact] : [])] }
}

/** Of what is said to be unknown, it may be something that can bear it. */
function isBlurred(model: Model, { carried, graph }: Analysis, place: { readonly relation?: string; readonly component: string }, holder: string, tables: readonly Facts[]): boolean {
  const data = place.relation === undefined ? carried.at(place.component) : carried.on(place.relation)
  const classes = data.map((id) => lookup(model).data(id)?.facts ?? {})
  // What messages brought may be what is written.
  const untold = graph.edges.some(({ relation }) => saysUnknown(relation.facts, 'data'))
  const brought = walk(untold ? [place.component, holder] : [], graph.dataSources)
  if ([...brought.components.keys()].some((id) => graph.dataSources(id).some(({ edge }) => saysUnknown(edge.relation.facts, 'data')))) return true
  return tables.some((facts) => ['stores', 'data', 'truth', 'tolerates', 'requires'].some((path) => saysUnknown(facts, path))) || classes.some((facts) => ['class', 'tolerates', 'requires'].some((path) => saysUnknown(facts, path)))
}

/** Data that must not be lost must not be overwritten by one that is late either. */
function lossOf({ intents }: Analysis, place: { readonly relation?: string; readonly component: string }): { readonly because: string; readonly fact?: Fact } | undefined {
  const intent = intents.at(place, 'loss')
  return intent.stance === 'requires' ? intent : undefined
}

/** The write carries something by which a late one is recognised: a fence, a condition, a key, a version. A plain put carries nothing. */
function refusesLate(effect: Edge): boolean {
  const { facts } = effect.relation
  if (protection(facts, 'fencing') !== false || protection(facts, 'dedupe') !== false || protection(facts, 'effects') !== false) return true
  if (['if', 'apply', 'idempotent'].some((path) => saysUnknown(facts, path))) return true
  if (known(facts, 'if') && !isNone(facts, 'if')) return true
  if (['once', 'if-newer'].includes(word(facts, 'apply') ?? '')) return true
  const { safe, how } = idempotenceOf(effect)
  return safe === 'yes' && (how === 'key' || how === 'offset')
}

function report(model: Model, lock: Lock, worst: Harm, harmed: readonly Harm[]): Finding {
  const { relation, needed } = lock.edge
  const [holder, store] = [nameOf(model, relation.from), nameOf(model, needed)]
  const target = nameOf(model, worst.guarded.component)
  const last = worst.guarded.path.at(-1)
  const changes = last === undefined ? `protects \`${target}\` with it` : last.needer === relation.from ? `${last.verb.name === 'writes' ? 'writes' : 'changes'} \`${target}\` under it` : `\`${nameOf(model, last.needer)}\` changes \`${target}\` under it`
  const because = worst.because === '' ? '' : `, though ${worst.because}`
  const { text, facts } = pauseOf(lock)
  const message = worst.grantsTwice
    ? `\`${holder}\` takes a lock in \`${store}\` and ${changes}, but a failover of \`${store}\` can forget the lock: a second holder gets it while the first one writes${because}.`
    : `\`${holder}\` takes a lock in \`${store}\` and ${changes} without a fencing token: ${text} both write${because}.`
  const also = harmed.filter((harm) => harm !== worst)
  return {
    at: relation.origin,
    subject: { relation: relation.id, component: relation.from },
    message,
    help: helpOf(model, lock, worst, target),
    related: [...worst.guarded.path, ...also.flatMap(({ guarded }) => guarded.path.slice(-1))].slice(0, 8).map((edge) => ({ at: edge.relation.origin, message: `\`${nameOf(model, edge.needer)}\` ${edge.verb.name} \`${nameOf(model, edge.needed)}\` under the lock` })),
    facts: [...worst.facts, ...(worst.grantsTwice ? [] : facts)],
    ...(worst.intentUnknown && { intentUnknown: true }),
    fixes: fixesFor(model, lock, harmed),
  }
}

/** What it takes for a second holder: with a lease that is known, how long a pause. */
function pauseOf({ edge, ttl }: Lock): { readonly text: string; readonly facts: readonly Fact[] } {
  if (!ttl || !Number.isFinite(ttl.seconds)) return { text: 'when it is paused until the lease has ended, the next holder gets the lock and', facts: [] }
  const { facts } = edge.relation
  const hold = known(facts, 'lease.hold')
  const work = number(facts, 'lease.hold')
  const renewed = known(facts, 'lease.renew') !== undefined || saysUnknown(facts, 'lease.renew')
  if (hold && work !== undefined && !renewed && work >= ttl.seconds) {
    return { text: `the work takes ${time(work)} at p99 and the lease ends after ${time(ttl.seconds)} without renewal, so the next holder gets the lock and`, facts: [ttl.fact, hold.fact] }
  }
  return { text: `after a pause of more than ${time(ttl.seconds)} the next holder has the lock, and`, facts: [ttl.fact] }
}

function helpOf(model: Model, lock: Lock, worst: Harm, target: string): string {
  const store = lookup(model).component(lock.edge.needed)!
  const token = flag(store.facts, 'fencing-token') === true ? `the number that \`${store.name}\` gives with each lock` : 'a number that rises with each lock'
  const weak = losesAtFailover(store) === true && word(store.facts, 'replication') !== 'consensus'
  const elsewhere = weak ? ` Keep the lock in a store that a majority agrees on: \`${store.name}\` can forget it at a failover.` : ''
  if (worst.grantsTwice) return `Make the write conditional (\`if: version\`), or keep the lock in a store that a majority agrees on.`
  return `Send ${token} along and let \`${target}\` refuse an older one (\`fencing: token\`), or make the write conditional (\`if: version\`).${elsewhere}`
}

/** On each change under the lock, where the statements can be edited one by one; else on the lock itself. */
function fixesFor(model: Model, { edge }: Lock, harmed: readonly Harm[]): readonly Fix[] {
  const effects = [...new Map(harmed.flatMap(({ guarded }) => guarded.path.slice(-1)).map((effect) => [effect.relation.id, effect])).values()]
  const only = effects.length === 1 && harmed.every(({ guarded }) => guarded.path.length > 0) ? effects[0]! : edge
  const edits = setOnRelation(model, only.relation, { fencing: 'token' })
  const title = only === edge ? `Fence what is written under the lock: \`fencing: token\`` : `Let \`${joined([nameOf(model, only.needed)])}\` refuse a late holder: \`fencing: token\``
  return edits ? [{ title, edits }] : []
}
