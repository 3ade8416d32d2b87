/**
 * Locks and leases: who takes them, whether they end by themselves, and what is changed under them. What a lock guards is what it says
 * (`protects`), else what its holder changes in the flows that take it.
 */
import { isNone, isUnlimited, known, number, references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import type { FlowPaths } from './flows.ts'
import { walk, type Certainty, type Edge, type Graph } from './graph.ts'

export interface Lock {
  /** From the one that takes it to where it is kept. */
  readonly edge: Edge
  /** The one that takes it, and those for whom it does. */
  readonly holders: readonly string[]
  /** Whether it ends by itself, so that its holder may have lost it without knowing. */
  readonly lease: Certainty
  /** Seconds until it ends without renewal, where that is known. */
  readonly ttl?: { readonly seconds: number; readonly fact: Fact }
  /** What is changed under it, the nearest first. */
  readonly guarded: readonly Guarded[]
  /** Flows that take it. */
  readonly flows: readonly FlowPaths[]
}

export interface Guarded {
  readonly component: string
  /** From a holder to the change, which is last; empty where the lock names what it protects and no arrow leads there. */
  readonly path: readonly Edge[]
}

export function locksOf(model: Model, graph: Graph, flows: readonly FlowPaths[]): readonly Lock[] {
  const locks = graph.edges.filter(({ verb }) => verb.name === 'locks')
  const taking = new Map<string, FlowPaths[]>(locks.map(({ relation }) => [relation.id, []]))
  if (locks.length > 0) for (const flow of flows) for (const { relation } of new Set([...flow.waited, ...flow.caused])) taking.get(relation.id)?.push(flow)
  return locks.map((edge) => lockOf(model, graph, taking.get(edge.relation.id)!, edge))
}

function lockOf(model: Model, graph: Graph, taking: readonly FlowPaths[], edge: Edge): Lock {
  const { facts, from } = edge.relation
  const behalf = references(facts, 'on-behalf-of').flatMap((target) => (target.kind === 'component' ? [target.id] : []))
  const holders = [...new Set([from, ...behalf])]
  const store = lookup(model).component(edge.relation.to)
  const ttl = ttlOf(edge, store)
  const guarded = saysUnknown(facts, 'protects') ? [] : known(facts, 'protects') ? named(model, graph, edge, holders) : followed(model, graph, edge, holders, taking)
  return { edge, holders, lease: leased(edge, store), ...(ttl && { ttl }), guarded, flows: taking }
}

/** A lock service gives leases; a row lock of a database ends with its transaction, unless a lease is stated. */
function leased({ relation: { facts } }: Edge, store: Component | undefined): Certainty {
  if (!store) return 'unknown'
  for (const table of [facts, store.facts]) {
    if (saysUnknown(table, 'lease') || saysUnknown(table, 'lease.ttl')) return 'unknown'
    if (isNone(table, 'lease') || isUnlimited(table, 'lease.ttl')) return 'no'
    if (known(table, 'lease') || known(table, 'lease.ttl')) return 'yes'
  }
  return store.kind === 'coordinator' || store.kind === 'cache' ? 'yes' : 'no'
}

function ttlOf({ relation }: Edge, store: Component | undefined): Lock['ttl'] {
  for (const facts of [relation.facts, store?.facts ?? {}]) {
    for (const path of ['lease.ttl', 'lease']) {
      const seconds = number(facts, path)
      if (seconds !== undefined) return { seconds, fact: known(facts, path)!.fact }
    }
  }
  return undefined
}

function named(model: Model, graph: Graph, lock: Edge, holders: readonly string[]): readonly Guarded[] {
  const reach = walk(holders, graph.sync)
  return references(lock.relation.facts, 'protects').flatMap((target): Guarded[] => {
    if (target.kind !== 'component') return []
    const changing = graph.neededBy(target.id).filter((edge) => reach.has(edge.needer) && isChange(model, edge, true))
    // Who only reads it, or of whom it is not known, changes nothing under the lock; where no arrow leads, nothing is drawn of what is done.
    if (changing.length === 0) return graph.neededBy(target.id).some((edge) => reach.has(edge.needer) && edge !== lock) ? [] : [{ component: target.id, path: [] }]
    return changing.map((edge): Guarded => ({ component: target.id, path: [...reach.path(edge.needer), edge] })).sort((a, b) => a.path.length - b.path.length)
  })
}

/** What its holder changes in the same flow, and not before it has the lock where the flow names both. */
function followed(model: Model, graph: Graph, lock: Edge, holders: readonly string[], taking: readonly FlowPaths[]): readonly Guarded[] {
  const held = new Set(holders)
  const mine = (edge: Edge): boolean => held.has(edge.needer) && edge !== lock && isChange(model, edge, false)
  const edges = taking.length > 0 ? taking.flatMap((flow) => [...flow.waited, ...flow.caused].filter((edge) => mine(edge) && !isBefore(flow, edge, lock))) : holders.flatMap((holder) => graph.needs(holder).filter((edge) => mine(edge) && belongs(edge)))
  return [...new Map(edges.map((edge) => [edge.relation.id, edge])).values()].map((edge) => ({ component: edge.needed, path: [edge] }))
}

/** As in a flow that does not name it: what is soft, or may be, is not counted. */
function belongs(edge: Edge): boolean {
  const open = ['criticality', 'fallback'].some((path) => saysUnknown(edge.relation.facts, path))
  return !open && (edge.hard === 'yes' || edge.fallback !== undefined)
}

/** Whether the flow names both, and the first comes before the second. */
export function isBefore(flow: FlowPaths, first: Edge, second: Edge): boolean {
  if (!flow.names(first.relation.id) || !flow.names(second.relation.id)) return false
  const at = (edge: Edge): number => flow.waited.findIndex(({ relation }) => relation.id === edge.relation.id)
  return at(first) < at(second) && at(first) >= 0
}

/** Operations of a call that leave something behind. */
const LASTING: ReadonlySet<string> = new Set(['charge', 'send', 'insert', 'append', 'update', 'upsert', 'set', 'delete', 'increment'])

/** A write, or a call that is said to change something. What is put into a cache is a copy; `protected_` says that somebody guards it all the same. */
function isChange(model: Model, edge: Edge, protected_: boolean): boolean {
  const op = word(edge.relation.facts, 'op')
  if (edge.verb.name === 'calls') return op !== undefined && LASTING.has(op)
  if (edge.verb.name !== 'writes' || op === 'read' || saysUnknown(edge.relation.facts, 'op')) return false
  const target = lookup(model).component(edge.needed)
  return target !== undefined && (protected_ || target.kind !== 'cache' || word(target.facts, 'truth') === 'yes')
}
