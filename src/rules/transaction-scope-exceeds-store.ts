import type { Analysis } from '../analysis/analysis.ts'
import { dataOf } from '../analysis/carried.ts'
import { transactionsOf, withoutPrepare, type Transaction } from '../analysis/transactions.ts'
import { flag, isNone, known, list, nameOf as valueName, number, protection, saysUnknown, word, words } from '../model/facts.ts'
import { isContainer, lookup } from '../model/lookup.ts'
import type { Component, Data, Model, Relation } from '../model/model.ts'
import type { Call, Fact } from '../model/value.ts'
import type { Finding, Rule } from './rule.ts'
import { listed, nameOf } from './words.ts'

export const transactionScopeExceedsStore: Rule = {
  id: 'transaction-scope-exceeds-store',
  code: 'T6',
  severity: 'error',
  title: 'A transaction is asked of a store that does not give it that far',
  why: 'Each store is atomic up to a point: one row, one partition, one database. Beyond it a crash leaves half of the change, and two transactions at once can each be right by themselves and together break the rule that both kept. The store does not say so; it just does less than was drawn.',
  sources: [
    { title: 'Redis cluster specification', url: 'https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/' },
    { title: 'Amazon DynamoDB Developer Guide, Managing complex workflows with DynamoDB transactions', url: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html' },
    { title: 'Berenson et al., A Critique of ANSI SQL Isolation Levels (SIGMOD 1995)' },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 7, Write Skew and Phantoms' },
  ],
  needs: ['tx', 'tx.name', 'tx.scope', 'tx.protocol', 'tx-scope', 'shards', 'batch', 'batch-limit', 'isolation', 'invariants', 'if', 'decides', 'consistency'],
  fixable: false,
  *check(model, analysis) {
    for (const transaction of transactionsOf(model)) {
      const finding = tooWide(model, transaction) ?? overSeveral(model, transaction)
      if (finding) yield finding
      yield* tooMany(model, transaction)
      yield* besideTheLeader(model, transaction)
    }
    yield* skewed(model, analysis)
  },
}

/** From the narrowest to the widest. What a transaction changes, and what a store is atomic over, on one scale. */
const WIDTH: Readonly<Record<string, number>> = { none: 0, object: 1, row: 1, key: 1, partition: 2, shard: 3, database: 4, global: 5 }
const WIDTHS: Readonly<Record<string, string>> = { object: 'one object', row: 'one row', key: 'one key', partition: 'one partition', shard: 'one shard', database: 'one database' }
const SPANS: Readonly<Record<string, string>> = { row: 'a row', partition: 'rows of one partition key', shard: 'rows of one shard', database: 'rows anywhere in the database' }

/** It changes more at once than a store of it is atomic over. */
function tooWide(model: Model, { name, runner, scope, scopeFact, relations, participants }: Transaction): Finding | undefined {
  const width = WIDTH[scope ?? '']
  if (!runner || !scopeFact || scope === undefined || width === undefined) return undefined
  for (const store of participants) {
    const given = givenBy(store)
    if (!given || WIDTH[given.scope]! >= width) continue
    const on = relations.filter(({ to }) => to === store.id)
    return {
      at: scopeFact.from === 'stated' ? scopeFact.origin : runner.origin,
      subject: { component: runner.id },
      ...(given.assumed && { severity: 'warning' }),
      message: `\`${name}\` changes ${SPANS[scope]} of \`${store.name}\` at once, but \`${store.name}\`${store.technology ? ` (${store.technology.name})` : ''} ${given.scope === 'none' ? 'has no transactions' : `is atomic within ${WIDTHS[given.scope]} only`}${given.because}: a crash can leave half of it.`,
      help: `Choose keys so that what changes together lies together, write it as one record, make it a saga, or use a store that commits over ${scope === 'database' ? 'the whole database' : `a ${scope}`}.`,
      related: joins(model, on),
      facts: [scopeFact, ...given.facts],
      fixes: [],
    }
  }
  return undefined
}

interface Given {
  readonly scope: string
  readonly facts: readonly Fact[]
  /** Behind the scope: why it is no wider. */
  readonly because: string
  /** What the technology does on one machine was narrowed to a shard of several. */
  readonly assumed: boolean
}

/** How far a store is atomic. A store of one piece has one partition; a database that is one machine’s by default is so for each shard. */
function givenBy({ facts, technology }: Component): Given | undefined {
  const scope = known(facts, 'tx-scope')
  const said = scope && valueName(scope.value)
  if (!scope || said === undefined || WIDTH[said] === undefined || saysUnknown(facts, 'shards') || saysUnknown(facts, 'partitioning')) return undefined
  const shards = number(facts, 'shards')
  const split = shards !== undefined && shards > 1
  if ((said === 'partition' || said === 'shard') && (shards === 1 || isNone(facts, 'partitioning'))) return undefined
  const machine = technology?.base === 'postgres' || technology?.base === 'mysql'
  if (said === 'database' && split && machine && scope.fact.from === 'default') {
    return { scope: 'shard', facts: [known(facts, 'shards')!.fact], because: ` (it has ${shards})`, assumed: true }
  }
  return { scope: said, facts: [scope.fact], because: '', assumed: false }
}

const CHANGING: ReadonlySet<string> = new Set(['writes', 'publishes', 'calls', 'triggers', 'delivers'])
/** What keeps what it is told. A cache may forget it anyway; a call to somebody else within a transaction is no part of it, only a long wait. */
const KEEPING: ReadonlySet<string> = new Set(['database', 'object-store', 'search', 'coordinator', 'queue', 'log', 'topic'])

/** One local transaction over two systems, or one with a system that no protocol can bind to others. */
function overSeveral(model: Model, transaction: Transaction): Finding | undefined {
  const { name, runner, protocol, protocolFact, relations } = transaction
  if (protocol !== undefined && protocol !== 'local') return undefined
  const changing = relations.filter(({ verb, facts }) => CHANGING.has(verb) && word(facts, 'op') !== 'read' && !saysUnknown(facts, 'op'))
  const systems = transaction.participants.filter(({ id, kind }) => KEEPING.has(kind) && changing.some(({ to }) => to === id))
  if (systems.length < 2 || mayBeOne(model, systems)) return undefined
  const cannot = systems.flatMap((system) => withoutPrepare(system) ?? [])
  if (protocol === undefined && cannot.length === 0) return undefined
  const at = protocolFact?.from === 'stated' ? protocolFact.origin : changing.find(({ to }) => to === systems[1]!.id)!.origin
  const relation = changing.find(({ to }) => withoutPrepare(lookup(model).component(to)!) !== undefined) ?? changing.find(({ to }) => to === systems[1]!.id)!
  const why = protocol === 'local' ? 'a local transaction ends where its one database ends' : `${cannot[0]!.text}, so nothing can commit it together with ${listed(others(systems, cannot[0]!.text))}`
  return {
    at: protocol === 'local' ? at : relation.origin,
    subject: { relation: relation.id, component: runner?.id ?? relation.from },
    message: `\`${name}\` is drawn as one transaction over ${listed(systems.map((system) => system.name))}, but ${why}: a crash between the two leaves one of them changed and the other not.`,
    help: 'Write an outbox row in the transaction of the one and carry it to the other (change data capture), or make it a saga whose steps are undone or repeated.',
    related: joins(model, changing),
    facts: [...(protocolFact && protocol === 'local' ? [protocolFact] : []), ...cannot.flatMap(({ facts }) => facts)],
    fixes: [],
  }
}

function others(systems: readonly Component[], said: string): readonly string[] {
  return systems.map(({ name }) => name).filter((name) => !said.startsWith(`\`${name}\``))
}

/** Two databases on one server, or two streams of one cluster, can share a transaction. */
function mayBeOne(model: Model, systems: readonly Component[]): boolean {
  const find = lookup(model)
  const bases = new Set(systems.map(({ technology, kind }) => technology?.base ?? kind))
  if (bases.size > 1) return false
  if (systems.every(({ kind }) => kind === 'log' || kind === 'topic' || kind === 'queue')) return true
  if (systems.some(({ facts }) => saysUnknown(facts, 'runs-on'))) return true
  const places = systems.map(({ id, facts }) => words(facts, 'runs-on')?.[0] ?? find.ancestors(id).find((place) => !isContainer(place) || place.kind === 'host')?.id)
  return places[0] !== undefined && places.every((place) => place === places[0])
}

/** More items than one transaction of the store may hold. */
function* tooMany(model: Model, { name, relations }: Transaction): Iterable<Finding> {
  for (const relation of relations) {
    const store = lookup(model).component(relation.to)
    const [batch, most] = [known(relation.facts, 'batch'), store && known(store.facts, 'batch-limit')]
    const [items, limit] = [number(relation.facts, 'batch'), store && number(store.facts, 'batch-limit')]
    if (!store || !batch || !most || items === undefined || limit === undefined || items <= limit) continue
    yield {
      at: batch.fact.from === 'stated' ? batch.fact.origin : relation.origin,
      subject: { relation: relation.id, component: relation.from },
      message: `\`${name}\` writes ${items} items to \`${store.name}\` in one transaction, which holds at most ${limit}.`,
      help: `Write at most ${limit} at a time, or make what belongs together one item.`,
      related: [],
      facts: [batch.fact, most.fact],
      fixes: [],
    }
  }
}

/** A read that goes to a follower is not in the transaction that writes at the leader. */
function* besideTheLeader(model: Model, { name, relations }: Transaction): Iterable<Finding> {
  for (const relation of relations) {
    const from = known(relation.facts, 'consistency')
    // What is decided on an old read is a fault of its own, with a rule of its own.
    if (relation.verb !== 'reads' || !from || !['follower', 'stale'].includes(valueName(from.value) ?? '') || flag(relation.facts, 'decides') === true || saysUnknown(relation.facts, 'decides')) continue
    const write = relations.find(({ verb, to }) => verb === 'writes' && to === relation.to)
    if (!write) continue
    yield {
      at: from.fact.from === 'stated' ? from.fact.origin : relation.origin,
      subject: { relation: relation.id, component: relation.from },
      message: `\`${nameOf(model, relation.from)}\` reads a follower of \`${nameOf(model, relation.to)}\` within \`${name}\`, which writes at the leader: the follower knows nothing of the transaction, so what is read is neither isolated nor up to date.`,
      help: 'Read at the leader within the transaction, or take the read out of it and let the write check what it rests on (`if: version`).',
      related: joins(model, [write]),
      facts: [from.fact],
      fixes: [],
    }
  }
}

/** Levels under which two transactions can each keep a rule over several rows that they break together. */
const SKEWED: ReadonlySet<string> = new Set(['read-uncommitted', 'read-committed', 'snapshot', 'repeatable-read'])

/** `at-most(10, user-id)`: counted in one row after the other, and then one more is added. */
function* skewed(model: Model, analysis: Analysis): Iterable<Finding> {
  const find = lookup(model)
  for (const store of model.components) {
    const isolation = known(store.facts, 'isolation')
    if (!isolation || !SKEWED.has(valueName(isolation.value) ?? '') || flag(store.facts, 'single-threaded') === true) continue
    if (['multi-leader', 'leaderless'].includes(word(store.facts, 'replication') ?? '')) continue
    for (const write of find.relationsTo(store.id)) {
      const writer = find.component(write.from)
      const op = word(write.facts, 'op')
      if (write.verb !== 'writes' || !writer || (op !== 'insert' && op !== 'upsert' && op !== 'append') || isGuarded(model, writer, write)) continue
      const counted = ruleOverRows(analysis.carried.on(write.id).flatMap((id) => find.data(id) ?? []), store)
      const read = counted && find.relationsFrom(writer.id).find((relation) => relation.verb === 'reads' && relation.to === store.id && belongTogether(relation, write))
      if (!counted || !read) continue
      const level = valueName(isolation.value)!
      yield {
        at: write.origin,
        subject: { relation: write.id, component: writer.id, data: counted.data.id },
        message: `\`${writer.name}\` counts \`${counted.data.name}\` in \`${store.name}\` and then adds one, under ${level}: two at the same moment count the same, both add, and ${counted.text} is broken.`,
        help: `Lock one row that stands for \`${counted.scope}\` before counting (SELECT … FOR UPDATE), keep the count in that row and check it as part of the write (\`if: …\`), or run it under \`isolation: serializable\` and repeat what it refuses.`,
        related: [{ at: read.origin, message: `\`${writer.name}\` counts here` }, { at: counted.fact.from === 'stated' ? counted.fact.origin : counted.data.origin, message: `\`${counted.data.name}\` must keep ${counted.text}` }],
        facts: [isolation.fact, counted.fact],
        fixes: [],
      }
    }
  }
}

/** One transaction does both, or what is read decides. */
function belongTogether(read: Relation, write: Relation): boolean {
  const [one, other] = [valueName(known(read.facts, 'tx')?.value), valueName(known(write.facts, 'tx')?.value)]
  // What a follower says is old as well, which is another rule’s matter.
  if (saysUnknown(read.facts, 'consistency') || ['follower', 'stale', 'any', 'eventual'].includes(word(read.facts, 'consistency') ?? '')) return false
  return (one !== undefined && one === other) || flag(read.facts, 'decides') === true
}

function isGuarded(model: Model, writer: Component, write: Relation): boolean {
  if (protection(write.facts, 'if') !== false) return true
  if (['consistency', 'tx', 'op'].some((path) => saysUnknown(write.facts, path)) || ['serial', 'strong', 'linearizable', 'lwt'].includes(word(write.facts, 'consistency') ?? '')) return true
  // Messages of one key come one after the other.
  if (writer.kind === 'worker' || writer.kind === 'stream-processor' || protection(writer.facts, 'escrow') !== false) return true
  if (flag(writer.facts, 'singleton') === true || saysUnknown(writer.facts, 'singleton')) return true
  return lookup(model).relationsFrom(writer.id).some(({ verb }) => verb === 'locks')
}

interface Counted {
  readonly data: Data
  readonly scope: string
  /** As written: `` `at-most(10, user-id)` ``. */
  readonly text: string
  readonly fact: Fact
}

/** A number of records for each value of something that is not the record’s own key. */
function ruleOverRows(data: readonly Data[], store: Component): Counted | undefined {
  for (const one of data) {
    for (const facts of [one.facts, dataOf(store).length === 1 ? store.facts : {}]) {
      const rule = list(facts, 'invariants')?.find((value): value is Call => value.type === 'call' && value.name === 'at-most' && value.args.length > 1)
      const scope = rule && valueName(rule.args.at(-1))
      const key = words(one.facts, 'key')
      if (!rule || scope === undefined || key === undefined || (key.length === 1 && key[0] === scope)) continue
      const most = rule.args[0]
      return { data: one, scope, text: `\`at-most(${most?.type === 'quantity' ? (most.text ?? most.value) : '…'}, ${scope})\``, fact: known(facts, 'invariants')!.fact }
    }
  }
  return undefined
}

function joins(model: Model, relations: readonly Relation[]): Finding['related'] {
  return relations.slice(0, 8).map(({ origin, from, to }) => ({ at: origin, message: `\`${nameOf(model, from)} → ${nameOf(model, to)}\` belongs to it` }))
}
