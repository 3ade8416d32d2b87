import type { Analysis } from '../analysis/analysis.ts'
import { certainlyOn } from '../analysis/carried.ts'
import { invariantsOf, type Invariant } from '../analysis/invariants.ts'
import { concurrentWriters, writingPlaces } from '../analysis/writers.ts'
import { flag, known, number, protection, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import type { Finding, Rule } from './rule.ts'
import { listed, nameOf } from './words.ts'

export const invariantWithoutCoordination: Rule = {
  id: 'invariant-without-coordination',
  code: 'R8',
  severity: 'error',
  title: 'A rule that needs agreement is kept where nobody agrees',
  why: 'That a name is unique or that stock never falls below zero is true of all writes together. Where two places take writes without asking each other, each keeps the rule by itself and both together break it, and no merge can tell afterwards which of the two was right.',
  sources: [
    { title: 'Bailis et al., Coordination Avoidance in Database Systems (VLDB 2014)', url: 'https://www.vldb.org/pvldb/vol8/p185-bailis.pdf' },
    { title: 'O’Neil, The Escrow Transactional Method (ACM TODS 1986)' },
    { title: 'Brewer, CAP Twelve Years Later: How the "Rules" Have Changed (2012)', url: 'https://www.infoq.com/articles/cap-twelve-years-later-how-the-rules-have-changed/' },
  ],
  needs: ['invariants', 'replication', 'active-active', 'on-partition', 'shards', 'key', 'indexes', 'write-home', 'escrow', 'if', 'consistency'],
  fixable: false,
  *check(model, analysis) {
    for (const store of model.components) {
      if (!HOLDING.has(store.kind) || protection(store.facts, 'escrow') !== false) continue
      for (const invariant of invariantsOf(model, analysis.carried, store)) {
        const writes = changesOf(model, analysis, store, invariant)
        const gap = writes.length === 0 ? undefined : (unagreed(model, store, invariant, writes) ?? acrossShards(model, store, invariant, writes))
        // One finding a store: what is to change is how it takes writes, whatever the rules are.
        if (gap) {
          yield report(model, store, invariant, writes, gap)
          break
        }
      }
    }
  },
}

const HOLDING: ReadonlySet<string> = new Set(['database', 'cache', 'object-store', 'coordinator'])

interface Gap {
  /** Behind "is to hold in `stock`, ": what lets two writes pass each other. */
  readonly how: string
  readonly breaks: string
  readonly help: string
  readonly facts: readonly Fact[]
}

/** Writes that could break it: not where the store agrees or looks first, where it can be taken back, or where a conflict is all right. */
function changesOf(model: Model, analysis: Analysis, store: Component, { data, invariant }: Invariant): readonly Relation[] {
  const find = lookup(model)
  return find.relationsTo(store.id).filter((relation) => {
    const { facts } = relation
    if (relation.verb !== 'writes' || ['op', 'consistency', 'data', 'if'].some((path) => saysUnknown(facts, path))) return false
    if (data !== undefined && !certainlyOn(analysis.carried, relation).includes(data)) return false
    const op = word(facts, 'op')
    if (op === 'read' || (op === 'delete' && invariant !== 'foreign-key' && invariant !== 'sum-preserved')) return false
    if (['saga', 'compensate', 'expires', 'escrow'].some((path) => protection(facts, path) !== false)) return false
    if (['serial', 'local-serial', 'lwt'].includes(word(facts, 'consistency') ?? '')) return false
    const writer = find.component(relation.from)
    if (!writer || protection(writer.facts, 'escrow') !== false) return false
    const intent = analysis.intents.at({ relation: relation.id, component: store.id, data: data === undefined ? analysis.carried.on(relation.id) : [data] }, 'conflicts')
    return intent.stance !== 'tolerates' && !intent.withheld
  })
}

/** Copies that take writes without asking each other, and writers who do so at the same time. */
function unagreed(model: Model, store: Component, invariant: Invariant, writes: readonly Relation[]): Gap | undefined {
  const { facts } = store
  if (TELLING.some((path) => saysUnknown(facts, path))) return undefined
  const scheme = word(facts, 'replication')
  if (word(facts, 'sync') === 'quorum' || scheme === 'consensus' || scheme === 'none' || STRONG.has(word(facts, 'isolation') ?? '')) return undefined
  if (isMadeDisjoint(model, invariant, writes) || hasOnePlaceEach(model, store, invariant, writes)) return undefined
  const help = helpFor(store, invariant)
  if (scheme === 'leaderless') {
    // A condition is checked among the copies. Where it is unknown how something is written, the question of agreement is open.
    if (lookup(model).relationsTo(store.id).some((relation) => relation.verb === 'writes' && ['data', 'op', 'consistency'].some((path) => saysUnknown(relation.facts, path)))) return undefined
    const blind = writes.filter((relation) => protection(relation.facts, 'if') === false)
    const several = concurrentWriters(model, blind)
    return several && { how: `which takes writes on any copy and puts two at once into no order (\`replication: leaderless\`)`, breaks: `${several.what} can write at the same time, and ${bothCan(invariant, several.facts.length > 0 ? 'two of them' : 'both')}`, help, facts: [known(facts, 'replication')!.fact, ...several.facts] }
  }
  const exchanging = scheme === 'multi-leader' ? known(facts, 'replication') : flag(facts, 'active-active') === true ? known(facts, 'active-active') : undefined
  if (exchanging) {
    const places = writingPlaces(model, store, writes)
    const where = places && (places.names.length > 1 ? listed(places.names) : 'several regions')
    return places && { how: `which takes writes in ${where} without asking the other first`, breaks: bothCan(invariant), help, facts: [exchanging.fact, ...places.facts] }
  }
  const cut = known(facts, 'on-partition')
  if (cut?.fact.from !== 'stated' || word(facts, 'on-partition') !== 'accept-both') return undefined
  return { how: 'which takes writes on both sides when the network is cut (`on-partition: accept-both`)', breaks: bothCan(invariant), help, facts: [cut.fact] }
}

/** What decides how a store takes writes: where one of it is said to be unknown, it may well agree. */
const TELLING = ['replication', 'replication-factor', 'n', 'r', 'w', 'replicas', 'regions', 'sloppy', 'clock', 'read-repair', 'sync', 'active-active', 'on-partition', 'consistency', 'isolation', 'conflict', 'key']
const STRONG: ReadonlySet<string> = new Set(['serializable', 'strict'])

/** Each key has one place that writes it. For a rule over many keys that helps only where the place follows from what the rule is about. */
function hasOnePlaceEach(model: Model, store: Component, invariant: Invariant, writes: readonly Relation[]): boolean {
  const homes = [store, ...writes.flatMap(({ from }) => lookup(model).component(from) ?? [])]
  if (homes.some(({ facts }) => saysUnknown(facts, 'write-home'))) return true
  return homes.some(({ facts }) => protection(facts, 'write-home') === true && !isAcross(invariant, word(facts, 'write-home')))
}

/** Whether the rule is about records of different keys, where records are told apart by this key. */
function isAcross({ invariant, field, scope, limit }: Invariant, ...key: readonly (string | undefined)[]): boolean {
  switch (invariant) {
    case 'unique':
      return !key.includes(field) && !(scope !== undefined && key.includes(scope))
    case 'at-most':
      return limit !== undefined && !(scope !== undefined && key.includes(scope))
    case 'sum-preserved':
      return !(scope !== undefined && key.includes(scope))
    case 'exactly-one':
      return true
    default:
      return false
  }
}

/** Unique by the way it is made: instances with numbers of their own, or enough chance. */
function isMadeDisjoint(model: Model, { invariant }: Invariant, writes: readonly Relation[]): boolean {
  if (invariant !== 'unique') return false
  const find = lookup(model)
  return writes.every(({ from }) => {
    const makers = [find.component(from), ...find.relationsFrom(from).map(({ to }) => find.component(to))]
    return makers.some((maker) => maker && (word(maker.facts, 'role') === 'id-generator' || saysUnknown(maker.facts, 'role') || saysUnknown(maker.facts, 'worker-id') || protection(maker.facts, 'random-bits') !== false || ['leased', 'static'].includes(word(maker.facts, 'worker-id') ?? '')))
  })
}

/** Each shard sees only its own records: a rule over all of them is checked by nobody. */
function acrossShards(model: Model, store: Component, invariant: Invariant, writes: readonly Relation[]): Gap | undefined {
  const { facts } = store
  if (['shards', 'key', 'indexes', 'partitioning', 'replication', 'isolation'].some((path) => saysUnknown(facts, path))) return undefined
  const shards = number(facts, 'shards')
  const key = words(facts, 'key')
  if (shards === undefined || shards < 2 || !key || (invariant.invariant !== 'unique' && invariant.invariant !== 'sum-preserved')) return undefined
  // A database that agrees over all of its ranges keeps it, and so does an index that is split by the field itself.
  if (word(facts, 'replication') === 'consensus' || STRONG.has(word(facts, 'isolation') ?? '') || !isAcross(invariant, ...key)) return undefined
  if (words(facts, 'indexes')?.includes(invariant.field ?? '') || isMadeDisjoint(model, invariant, writes)) return undefined
  if (writes.some((relation) => protection(relation.facts, 'tx') !== false) || isClaimedElsewhere(model, invariant)) return undefined
  const why = { how: `which is split into ${shards} shards by \`${key.join(', ')}\``, facts: [known(facts, 'shards')!.fact, known(facts, 'key')!.fact] }
  return invariant.invariant === 'unique'
    ? { ...why, breaks: `each shard sees only its own records, so the same \`${invariant.field}\` can be given out on two of them`, help: `Claim each \`${invariant.field}\` first in a table that is keyed by it (\`if: not-exists\`), or split by \`${invariant.field}\`.` }
    : { ...why, breaks: `a change over two shards is two writes, and between them the sum of \`${invariant.field}\` is wrong`, help: 'Change both in one transaction (`tx`, two-phase commit), or as a saga whose steps are compensated, over a ledger in which each transfer is one record.' }
}

/** What it is keyed by may be the field, where that is said to be unknown. */
function isKeyedBy(facts: Facts, field: string): boolean {
  return saysUnknown(facts, 'key') || (words(facts, 'key')?.includes(field) ?? false)
}

/** Another store, keyed by the field, takes each value only once. */
function isClaimedElsewhere(model: Model, { field }: Invariant): boolean {
  const find = lookup(model)
  return model.relations.some((relation) => {
    const condition = word(relation.facts, 'if')
    return relation.verb === 'writes' && (condition === 'not-exists' || saysUnknown(relation.facts, 'if')) && field !== undefined && isKeyedBy(find.component(relation.to)?.facts ?? {}, field)
  })
}

function bothCan({ invariant, field, limit }: Invariant, both = 'both'): string {
  switch (invariant) {
    case 'unique':
      return `${both} can give out the same \`${field}\``
    case 'non-negative':
      return `${both} can take the last of \`${field}\``
    case 'at-most':
      return `${both} can let in number ${limit}`
    case 'sum-preserved':
      return `${both} can move the same \`${field}\``
    case 'foreign-key':
      return `${both === 'both' ? 'one' : 'one of them'} can delete what another has just pointed at`
    case 'exactly-one':
      return `${both} can make one`
  }
}

function helpFor(store: Component, invariant: Invariant): string {
  const agree = `keep it in a store that agrees before it answers (\`replication: consensus\`${word(store.facts, 'replication') === 'leaderless' ? ', or `consistency: serial` on these writes' : ''})`
  if (invariant.invariant === 'non-negative' || invariant.invariant === 'at-most') return `Let one place write each key (\`write-home\`), give each place a share of its own (\`escrow\`), or ${agree}. If both may overshoot and somebody settles it later, say so (\`tolerates: conflicts\`).`
  return `Let one place decide it, or ${agree}. If a conflict can be settled later, say so (\`tolerates: conflicts\`).`
}

function report(model: Model, store: Component, invariant: Invariant, writes: readonly Relation[], gap: Gap): Finding {
  const data = invariant.data === undefined ? undefined : lookup(model).data(invariant.data)
  const own = invariant.fact.from === 'stated' ? invariant.fact.origin : store.origin
  return {
    at: data ? store.origin : own,
    subject: { component: store.id, ...(data && { data: data.id }) },
    message: `\`${invariant.text}\`${data ? ` of \`${data.name}\`` : ''} is to hold in \`${store.name}\`, ${gap.how}: ${gap.breaks}.`,
    help: gap.help,
    related: [
      ...(data ? [{ at: own, message: `\`${data.name}\` is to keep \`${invariant.text}\`` }] : []),
      ...writes.slice(0, 8).map((relation) => ({ at: relation.origin, message: `\`${nameOf(model, relation.from)}\` writes` })),
    ],
    facts: [invariant.fact, ...gap.facts],
    fixes: [],
  }
}
