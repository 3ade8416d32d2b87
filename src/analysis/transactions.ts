/** Transactions as the design states them: who runs them, over what, how much they change at once; and who can take part in one. */
import { flag, known, nameOf, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'

export interface Transaction {
  readonly name: string
  /** The component whose `tx { … }` declares it; unset where only relations name it. */
  readonly runner?: Component
  /** `local`, `2pc`, `xa`; `unknown` where the design says that word; unset where it says nothing. */
  readonly protocol?: string
  readonly protocolFact?: Fact
  /** How much it changes at once: `row`, `partition`, `shard`, `database`, `several`. */
  readonly scope?: string
  readonly scopeFact?: Fact
  /** The relations that join it, in the order of the text. */
  readonly relations: readonly Relation[]
  /** What they lead to, each once. */
  readonly participants: readonly Component[]
}

/** A block without a name stands for all transactions of its component. */
export function transactionsOf(model: Model): readonly Transaction[] {
  const find = lookup(model)
  const byName = new Map<string, Relation[]>()
  for (const relation of model.relations) {
    const name = nameOf(known(relation.facts, 'tx')?.value)
    if (name === undefined || name === 'none' || name === 'no') continue
    const list = byName.get(name)
    if (list) list.push(relation)
    else byName.set(name, [relation])
  }
  const made: Transaction[] = []
  const declared = new Set<string>()
  for (const runner of model.components) {
    if (!known(runner.facts, 'tx') || saysUnknown(runner.facts, 'tx.name')) continue
    const name = nameOf(known(runner.facts, 'tx.name')?.value)
    if (name !== undefined) declared.add(name)
    const own = name === undefined ? [...byName.values()].flat().filter(({ from }) => from === runner.id) : (byName.get(name) ?? [])
    made.push(transaction(name ?? runner.name, runner, own.filter(({ to }) => to !== runner.id)))
  }
  for (const [name, relations] of byName) {
    if (declared.has(name)) continue
    // A block whose name is open, or that has none, may be about any of them.
    const open = relations.some(({ from }) => known(find.component(from)?.facts ?? {}, 'tx') !== undefined || saysUnknown(find.component(from)?.facts ?? {}, 'tx'))
    if (!open) made.push(transaction(name, undefined, relations))
  }
  return made

  function transaction(name: string, runner: Component | undefined, relations: readonly Relation[]): Transaction {
    const facts = runner?.facts ?? {}
    const [protocol, scope] = [known(facts, 'tx.protocol'), known(facts, 'tx.scope')]
    return {
      name,
      ...(runner && { runner }),
      ...(protocol && { protocol: nameOf(protocol.value) ?? 'unknown', protocolFact: protocol.fact }),
      ...(saysUnknown(facts, 'tx.protocol') && { protocol: 'unknown' }),
      ...(scope && { scope: nameOf(scope.value) ?? 'unknown', scopeFact: scope.fact }),
      relations,
      participants: [...new Set(relations.map(({ to }) => to))].flatMap((id) => find.component(id) ?? []),
    }
  }
}

/** Why a component cannot promise to commit and keep the promise over a crash; unset where it can, or where that is not known. */
export function withoutPrepare({ name, kind, facts, technology }: Component): { readonly text: string; readonly facts: readonly Fact[] } | undefined {
  if (saysUnknown(facts, 'prepare')) return undefined
  const said = known(facts, 'prepare')
  if (said) return flag(facts, 'prepare') === false ? { text: `\`${name}\` has no prepare`, facts: [said.fact] } : undefined
  if (kind === 'external') return { text: `\`${name}\` is somebody else’s system and has no prepare`, facts: [] }
  const base = technology?.base
  if (base !== undefined && NO_PREPARE.has(base)) return { text: `\`${name}\` (${technology!.name}) has no prepare`, facts: [] }
  if (NO_PREPARE_KINDS[kind] !== undefined && technology === undefined) return { text: `\`${name}\`, ${NO_PREPARE_KINDS[kind]}, has no prepare`, facts: [] }
  const api = known(facts, 'interface')
  if ((kind === 'service' || kind === 'function') && api?.fact.from === 'stated' && ['http', 'grpc', 'websocket'].includes(word(facts, 'interface') ?? ''))
    return { text: `\`${name}\` is called over ${word(facts, 'interface') === 'grpc' ? 'gRPC' : 'HTTP'}, which has no prepare`, facts: [api.fact] }
  return undefined
}

/** Kinds that have none whoever makes them; some message brokers and databases do. */
const NO_PREPARE_KINDS: Readonly<Record<string, string>> = { search: 'a search index', 'object-store': 'an object store', cache: 'a cache' }

/** Technologies that no outside coordinator can have prepare: PostgreSQL, MySQL and others that speak XA are not among them. */
const NO_PREPARE: ReadonlySet<string> = new Set([
  'dynamodb', 'dynamodb-global', 'cassandra', 'scylladb', 'bigtable', 'hbase', 'mongodb', 'megastore', 'spanner',
  'redis', 'redis-cluster', 'memorydb', 'memcached', 'etcd', 'zookeeper', 'consul', 'chubby',
  'kafka', 'kinesis', 'nats-jetstream', 'redis-streams', 'rabbitmq', 'rabbitmq-quorum', 'rabbitmq-classic', 'sqs', 'sqs-fifo',
  'sns', 'eventbridge', 'google-pubsub', 'nats-core', 'redis-pubsub',
  's3', 'gcs', 'azure-blob', 'hdfs', 'gfs', 'elasticsearch', 'opensearch', 'stripe',
])
