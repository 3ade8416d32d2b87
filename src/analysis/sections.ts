/**
 * Work that only one request at a time can be in for each value of a key: under a lock, in a transaction that holds a row, in a component of
 * which one runs with one thread. How long each stays in it, and how many come (NUMBERS M26). Only what is known counts, so both are at least.
 */
import { call, known, number, numberOf, protection, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { uniqueFacts } from './figure.ts'
import type { FlowPaths } from './flows.ts'
import type { Edge, Graph } from './graph.ts'
import type { Load } from './load.ts'
import { isBefore, type Lock } from './locks.ts'
import { keySkewOf } from './partitions.ts'

/** What takes time inside. */
export interface Part {
  /** Unset for what is stated of the whole, and for the component's own work. */
  readonly edge?: Edge
  readonly seconds: number
  /** Whether it is the usual time (p50); the p99 is longer than the mean. */
  readonly usual: boolean
  readonly fact: Fact
}

export interface Section {
  readonly type: 'lock' | 'transaction' | 'component'
  /** As a message says it: `` the lock in `etcd` ``, `` transaction `sell` ``. */
  readonly name: string
  /** Who is in it. */
  readonly holder: Component
  /** The arrow that makes it serial; unset where the component itself is. */
  readonly relation?: Relation
  readonly parts: readonly Part[]
  /** Seconds, at least. */
  readonly hold: number
  /** How many pass together. */
  readonly together: number
  /** The part of the requests that meet at one value; `key` is its name, unset where all meet. */
  readonly key?: string
  readonly share: number
  /** As a message says it: `its busiest value carries 3%`; empty where all meet. */
  readonly how: string
  /** 1/s, of all values together. */
  readonly rate: number
  readonly exact: boolean
  /** Made when asked for: they follow the load back through the whole design. */
  facts(): readonly Fact[]
}

export interface Sections {
  readonly serial: readonly Section[]
  /** Transactions of one database that wait for a third party meanwhile. */
  readonly waiting: readonly { readonly name: string; readonly external: Edge; readonly held: Edge; readonly facts: readonly Fact[] }[]
}

export function sectionsOf(model: Model, graph: Graph, flows: readonly FlowPaths[], load: Load, locks: readonly Lock[]): Sections {
  const transactions = transactionsOf(model, graph, flows)
  const serial = [
    ...locks.flatMap((lock) => lockSection(model, load, lock) ?? []),
    ...transactions.flatMap((transaction) => transactionSection(model, load, transaction) ?? []),
    ...model.components.flatMap((component) => componentSection(model, flows, load, component) ?? []),
  ]
  return { serial: serial.filter(({ hold, rate, share }) => hold > 0 && rate > 0 && share > 0), waiting: transactions.flatMap((transaction) => waitingOf(model, transaction) ?? []) }
}

function lockSection(model: Model, load: Load, lock: Lock): Section | undefined {
  const { relation } = lock.edge
  // A lock that is taken inside a transaction ends with it.
  if (saysUnknown(relation.facts, 'tx') || known(relation.facts, 'tx') || saysUnknown(relation.facts, 'lease.hold')) return undefined
  const find = lookup(model)
  const scope = scopeOf(relation, [...lock.guarded.flatMap(({ component }) => find.component(component) ?? []), find.component(relation.to)!])
  if (!scope) return undefined
  const stated = number(relation.facts, 'lease.hold')
  const parts = stated !== undefined ? [{ seconds: stated, usual: false, fact: known(relation.facts, 'lease.hold')!.fact }] : longest(lock.flows.map((flow) => partsOf(model, insideLock(flow, lock))))
  const store = find.component(relation.to)!.name
  return section(load, { type: 'lock', name: `the lock in \`${store}\``, holder: find.component(relation.from)!, relation, parts, ...scope })
}

/** What the holder waits for in the flow once it has the lock, as far as the flow names it. */
function insideLock(flow: FlowPaths, { edge: lock }: Lock): readonly Edge[] {
  if (!flow.names(lock.relation.id)) return []
  return flow.waited.filter((edge) => edge.needer === lock.needer && edge !== lock && flow.names(edge.relation.id) && !flow.conditional.has(edge.relation.id) && !isBefore(flow, edge, lock))
}

/** Which requests meet: all (`per: global`), or those for one value of the key, of which the component says how uneven it is. */
interface Scope extends Pick<Section, 'key' | 'share' | 'how'> {
  readonly facts: readonly Fact[]
}

function scopeOf(relation: Relation, stores: readonly Component[]): Scope | undefined {
  const per = known(relation.facts, 'per')
  if (!per) return undefined
  const name = word(relation.facts, 'per')
  if (name === 'global') return { share: 1, how: '', facts: [per.fact] }
  const store = stores.find(({ facts }) => words(facts, 'key')?.includes(name ?? ''))
  const skew = store && keySkewOf(store)
  return skew && skew.topKey > 0 ? { ...(name !== undefined && { key: name }), share: skew.topKey, how: skew.how, facts: [per.fact, ...skew.facts] } : undefined
}

interface Transaction {
  readonly name: string
  readonly holder: Component
  /** Relations that say that they belong to it. */
  readonly members: readonly Edge[]
  /** Those, and what the flow that has most of it waits for between them. */
  readonly inside: readonly Edge[]
}

function transactionsOf(model: Model, graph: Graph, flows: readonly FlowPaths[]): readonly Transaction[] {
  const groups = new Map<string, Edge[]>()
  for (const edge of graph.edges) {
    const name = word(edge.relation.facts, 'tx')
    if (name === undefined || name === 'none' || edge.needer !== edge.relation.from) continue
    const key = `${edge.needer} ${name}`
    const list = groups.get(key)
    if (list) list.push(edge)
    else groups.set(key, [edge])
  }
  const find = lookup(model)
  return [...groups.values()].flatMap((members): Transaction | [] => {
    const holder = find.component(members[0]!.needer)
    // Between databases, the other side takes part and is no mere wait.
    const protocol = holder && word(holder.facts, 'tx.protocol')
    if (!holder || saysUnknown(holder.facts, 'tx.protocol') || (protocol !== undefined && protocol !== 'local')) return []
    const between = flows.map((flow) => betweenOf(flow, members)).reduce((most, each) => (each.length > most.length ? each : most), [])
    return { name: word(members[0]!.relation.facts, 'tx')!, holder, members, inside: [...members, ...between] }
  })
}

function betweenOf(flow: FlowPaths, members: readonly Edge[]): readonly Edge[] {
  const mine = flow.waited.filter((edge) => edge.needer === members[0]!.needer && flow.names(edge.relation.id))
  const at = mine.flatMap((edge, index) => (members.some(({ relation }) => relation.id === edge.relation.id) ? [index] : []))
  return mine.slice(at[0] ?? 0, (at.at(-1) ?? -1) + 1).filter((edge) => !members.some(({ relation }) => relation.id === edge.relation.id) && !flow.conditional.has(edge.relation.id) && !saysUnknown(edge.relation.facts, 'tx'))
}

/** Operations that take the lock of a record that is there; a new record is nobody else's. */
const HOLDING: ReadonlySet<string> = new Set(['update', 'upsert', 'set', 'increment', 'delete'])

/** The change of a record that others change as well, without a condition that is checked only at the end. */
function holding({ members }: Transaction): readonly Edge[] {
  return members.filter(({ verb, relation: { facts } }) => verb.name === 'locks' || (verb.name === 'writes' && HOLDING.has(word(facts, 'op') ?? '') && protection(facts, 'if') === false))
}

function transactionSection(model: Model, load: Load, transaction: Transaction): Section | undefined {
  const find = lookup(model)
  const { holder, inside, name } = transaction
  if (saysUnknown(holder.facts, 'tx.scope') || protection(holder.facts, 'escrow') !== false) return undefined
  const rateOf = (edge: Edge): number => load.relation(edge.relation.id).peak
  const hottest = holding(transaction)
    .flatMap((edge) => {
      const store = find.component(edge.needed)
      const stated = store && scopeOf(edge.relation, [store])
      const skew = store && !known(edge.relation.facts, 'per') && !saysUnknown(edge.relation.facts, 'per') ? keySkewOf(store) : undefined
      const key = store && words(store.facts, 'key')?.join(', ')
      if (stated) return [{ edge, ...stated }]
      return skew && skew.topKey > 0 && protection(store!.facts, 'escrow') === false ? [{ edge, ...(key !== undefined && { key }), share: skew.topKey, how: skew.how, facts: skew.facts }] : []
    })
    .toSorted((a, b) => b.share * rateOf(b.edge) - a.share * rateOf(a.edge) || (a.edge.relation.id < b.edge.relation.id ? -1 : 1))[0]
  if (!hottest) return undefined
  const { edge, ...scope } = hottest
  const facts = [...scope.facts, ...['tx', 'op'].flatMap((path) => known(edge.relation.facts, path)?.fact ?? [])]
  return section(load, { type: 'transaction', name: `transaction \`${name}\``, holder, relation: edge.relation, parts: partsOf(model, inside), ...scope, facts })
}

const ALONE: ReadonlySet<string> = new Set(['leader', 'sequencer', 'id-generator'])

/** One that runs with one thread, and is asked and waited for: what it does for one request, all others wait for. */
function componentSection(model: Model, flows: readonly FlowPaths[], load: Load, component: Component): Section | undefined {
  const { facts } = component
  const alone = known(facts, 'singleton') && word(facts, 'singleton') === 'yes' ? known(facts, 'singleton') : ALONE.has(word(facts, 'role') ?? '') && number(facts, 'replicas') === 1 ? known(facts, 'replicas') : undefined
  const serial = known(facts, 'single-threaded') && word(facts, 'single-threaded') === 'yes' ? known(facts, 'single-threaded') : number(facts, 'concurrency') === 1 ? known(facts, 'concurrency') : undefined
  if (!alone || serial?.fact.from !== 'stated' || saysUnknown(facts, 'id-block')) return undefined
  const asked = lookup(model).relationsTo(component.id).filter(({ verb }) => verb === 'calls' || verb === 'routes' || verb === 'reads' || verb === 'writes')
  if (asked.length === 0) return undefined
  const own = timeAt(facts)
  const inside = flows.map((flow) => partsOf(model, flow.waited.filter((edge) => edge.needer === component.id && flow.names(edge.relation.id) && !flow.conditional.has(edge.relation.id))))
  const parts = [...(own ? [own] : []), ...longest(inside)]
  const rates = asked.map(({ id }) => load.relation(id))
  return {
    type: 'component', name: `\`${component.name}\``, holder: component, parts, hold: sumOf(parts), share: 1, how: '',
    together: number(facts, 'id-block') ?? Math.max(1, ...asked.map((relation) => number(relation.facts, 'batch') ?? 1)),
    rate: rates.reduce((sum, { peak }) => sum + peak, 0),
    exact: rates.every(({ sureness }) => sureness !== 'estimate'),
    facts: () => uniqueFacts([alone.fact, serial.fact, known(facts, 'id-block')?.fact, ...load.facts({ component: component.id })]),
  }
}

function section(load: Load, base: Omit<Section, 'hold' | 'together' | 'rate' | 'exact' | 'facts'> & Scope): Section {
  const relation = base.relation!
  const rate = load.relation(relation.id)
  const batch = known(relation.facts, 'batch')
  return {
    ...base,
    hold: sumOf(base.parts),
    together: number(relation.facts, 'batch') ?? 1,
    rate: saysUnknown(relation.facts, 'batch') ? 0 : rate.peak,
    exact: rate.sureness !== 'estimate',
    facts: () => uniqueFacts([...base.facts, batch?.fact, ...load.facts({ relation: relation.id })]),
  }
}

/** The usual time of each that is waited for, the p99 where only that is known; none where nothing is. */
function partsOf(model: Model, edges: readonly Edge[]): readonly Part[] {
  const find = lookup(model)
  return edges.flatMap((edge): Part[] => {
    if (edge.waits === 'no') return []
    const one = timeAt(edge.relation.facts) ?? timeAt(find.component(edge.needed)?.facts ?? {})
    if (!one || saysUnknown(edge.relation.facts, 'calls')) return []
    return [{ edge, ...one, seconds: one.seconds * (number(edge.relation.facts, 'calls') ?? numberOf(call(edge.relation.facts, 'calls', 'sequential')?.args[0]) ?? 1) }]
  })
}

function timeAt(facts: Component['facts']): Omit<Part, 'edge'> | undefined {
  for (const [path, usual] of [['latency.p50', true], ['latency.p99', false]] as const) {
    const seconds = number(facts, path)
    if (seconds !== undefined) return { seconds, usual, fact: known(facts, path)!.fact }
  }
  return undefined
}

function waitingOf(model: Model, { name, members, inside, holder }: Transaction): Sections['waiting'][number] | undefined {
  const find = lookup(model)
  const held = members.find((edge) => find.component(edge.needed)?.kind === 'database' && (edge.verb.name === 'writes' || edge.verb.name === 'locks') && word(edge.relation.facts, 'op') !== 'read')
  const external = inside.find((edge) => find.component(edge.needed)?.kind === 'external' && edge.waits === 'yes' && edge.verb.name === 'calls')
  return held && external && { name, external, held, facts: uniqueFacts([known(held.relation.facts, 'tx')?.fact, known(holder.facts, 'tx.protocol')?.fact]) }
}

function longest(ways: readonly (readonly Part[])[]): readonly Part[] {
  return ways.reduce<readonly Part[]>((most, way) => (sumOf(way) > sumOf(most) ? way : most), [])
}

function sumOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { seconds }) => sum + seconds, 0)
}
