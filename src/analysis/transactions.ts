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

/** A block without a name stands for all transactions of its component. Two that have nothing to do with each other may use the same name. */
export function transactionsOf(model: Model): readonly Transaction[] {
  const find = lookup(model)
  const byName = new Map<string, Relation[]>()
  const runners = new Map<string, string[]>()
  for (const relation of model.relations) {
    const name = nameOf(known(relation.facts, 'tx')?.value)
    if (name !== undefined && name !== 'none' && name !== 'no') add(byName, name, relation)
  }
  for (const { id, facts } of model.components) {
    const name = saysUnknown(facts, 'tx.name') ? undefined : nameOf(known(facts, 'tx.name')?.value)
    if (name !== undefined) add(runners, name, id)
  }
  /** By name, those who join it, in groups that call each other. */
  const groups = new Map([...byName].map(([name, relations]) => [name, together(model, [...(runners.get(name) ?? []), ...relations.map(({ from }) => from)])]))
  const made: Transaction[] = []
  for (const runner of model.components) {
    if (!known(runner.facts, 'tx') || saysUnknown(runner.facts, 'tx.name')) continue
    const name = nameOf(known(runner.facts, 'tx.name')?.value)
    const own = name === undefined ? [...byName.values()].flat().filter(({ from }) => from === runner.id) : relationsOf(name, runner.id)
    made.push(transaction(name ?? runner.name, runner, own.filter(({ to }) => to !== runner.id)))
  }
  for (const [name, all] of byName) {
    for (const group of groups.get(name)!) {
      if (runners.get(name)?.some((id) => group.has(id))) continue
      const relations = all.filter(({ from }) => group.has(from))
      // A block whose name is open, or that has none, may be about any of them.
      const open = relations.some(({ from }) => known(find.component(from)?.facts ?? {}, 'tx') !== undefined || saysUnknown(find.component(from)?.facts ?? {}, 'tx'))
      if (!open) made.push(transaction(name, undefined, relations))
    }
  }
  return made

  /** Of several runners in one group each has its own arrows; whose those of others are is open. */
  function relationsOf(name: string, runner: string): readonly Relation[] {
    const group = groups.get(name)?.find((each) => each.has(runner))
    const alone = runners.get(name)!.every((id) => id === runner || !group?.has(id))
    return (byName.get(name) ?? []).filter(({ from }) => from === runner || (alone && group?.has(from)))
  }

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

/** Calls over which it is looked whether two components have to do with each other, and how many there may be that it is worth looking. */
const NEAR = 4
const MOST = 50

/** Components in groups, each of whose members calls another one of it, or is called, at most a few calls away. */
function together(model: Model, components: readonly string[]): readonly ReadonlySet<string>[] {
  const members = [...new Set(components)]
  const groupOf = new Map(members.map((id) => [id, new Set([id])]))
  if (members.length > MOST) return [...groupOf.values()]
  const find = lookup(model)
  for (const start of members) {
    let ends: readonly string[] = [start]
    const seen = new Set(ends)
    for (let calls = 0; calls < NEAR && ends.length > 0; calls++) {
      ends = [...new Set(ends.flatMap((id) => find.relationsFrom(id).filter(({ verb }) => CALLING.has(verb)).map(({ to }) => to)))].filter((id) => !seen.has(id))
      for (const id of ends) {
        seen.add(id)
        const [own, other] = [groupOf.get(start)!, groupOf.get(id)]
        if (!other || own === other) continue
        for (const each of other) groupOf.set(each, own.add(each))
      }
    }
  }
  return [...new Set(groupOf.values())]
}

const CALLING: ReadonlySet<string> = new Set(['calls', 'routes', 'triggers', 'publishes', 'delivers'])

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
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
