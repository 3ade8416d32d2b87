/**
 * Where data lives: which stores may forget it, which only copy it from elsewhere, and which holds the truth (CONVENTIONS 0.3, truth(d) and
 * derived(s)).
 */
import { flag, known, references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { dataOf, type Carried } from './carried.ts'
import { uniqueFacts } from './figure.ts'
import type { Certainty, Edge, Graph } from './graph.ts'

export interface Forgetting {
  readonly certain: Certainty
  /** As a message says it: `evicts entries when memory is full, and keeps them in memory only`. */
  readonly how: string
  readonly facts: readonly Fact[]
}

export interface Truths {
  /** Whether the store may lose what it was told it has, without any failure beyond a restart or full memory. */
  forgets(store: string): Forgetting
  /** Whether it is filled from elsewhere: stated, captured, replicated, consumed, or named as rebuildable. */
  derived(store: string): boolean
  /** Stores that hold the truth of the data: flagged ones, else those written to that neither forget nor are derived. */
  of(data: string): readonly string[]
  /** Components of which it is said to be unknown what they store: it may be anything. */
  readonly untold: readonly string[]
  /**
   * What else may hold the data, beside `store`: every durable store or log into which the same writers may put it, out of which they may
   * have got it, or to which the store itself hands it on. Empty only where that is certain.
   */
  otherHomes(store: string, data: string | undefined): readonly string[]
  /** Whether there is one: found without looking for all of them. */
  hasOtherHome(store: string, data: string | undefined): boolean
}

const DURABLE_KINDS: ReadonlySet<string> = new Set(['database', 'object-store', 'search', 'coordinator', 'log'])

export function truthsOf(model: Model, graph: Graph, carried: Carried): Truths {
  const find = lookup(model)

  function forgets(store: string): Forgetting {
    const component = find.component(store)
    return component ? forgettingOf(component) : UNKNOWN
  }

  function derived(store: string): boolean {
    const component = find.component(store)
    if (!component) return false
    if (flag(component.facts, 'derived') === true || known(component.facts, 'rebuild-from')) return true
    if (flag(component.facts, 'truth') === true) return false
    const brings = graph.dataSources(store).filter(({ edge }) => BRINGING.has(edge.verb.name))
    return brings.length > 0 && brings.every(({ edge }) => edge.verb.name !== 'writes' || consumes(edge.relation.from))
  }

  /** A component that only acts on messages writes what those brought. */
  function consumes(component: string): boolean {
    const entering = find.relationsTo(component)
    return entering.length > 0 && entering.every((relation) => relation.verb === 'delivers' || relation.verb === 'captures')
  }

  function truthOf(data: string): readonly string[] {
    const declared = find.data(data)
    const named = declared ? references(declared.facts, 'truth').flatMap((target) => (target.kind === 'component' ? [target.id] : [])) : []
    if (named.length > 0) return named
    const holders = holding().get(data) ?? []
    const flagged = holders.filter((component) => flag(component.facts, 'truth') === true)
    if (flagged.length > 0) return flagged.map((component) => component.id)
    return holders.filter((component) => forgets(component.id).certain !== 'yes' && !derived(component.id)).map((component) => component.id)
  }

  const untold = model.components.flatMap((component) => (saysUnknown(component.facts, 'stores') ? [component.id] : []))
  let stored: Map<string, string[]> | undefined

  /** By data, the components that say that they store it. */
  function storing(): ReadonlyMap<string, readonly string[]> {
    if (stored) return stored
    stored = new Map()
    for (const component of model.components) {
      for (const data of dataOf(component)) {
        const list = stored.get(data)
        if (list) list.push(component.id)
        else stored.set(data, [component.id])
      }
    }
    return stored
  }

  let held: Map<string, Component[]> | undefined

  /** By data, the components that say that they store it, or to which somebody writes it. */
  function holding(): ReadonlyMap<string, readonly Component[]> {
    if (held) return held
    held = new Map()
    for (const component of model.components) {
      const written = find.relationsTo(component.id).flatMap((relation) => (relation.verb === 'writes' ? carried.on(relation.id) : []))
      for (const data of new Set([...dataOf(component), ...written])) {
        const list = held.get(data)
        if (list) list.push(component)
        else held.set(data, [component])
      }
    }
    return held
  }

  /** Each at least once. */
  function* homes(store: string, data: string | undefined): Iterable<string> {
    const isHome = (component: string): boolean => component !== store && mayHold(component, data)
    if (data !== undefined) for (const component of [...(storing().get(data) ?? []), ...untold]) if (isHome(component)) yield component
    const writers = find
      .relationsTo(store)
      .filter((relation) => relation.verb === 'writes' && mayCarry(relation.id, data))
      .map((relation) => relation.from)
    // A writer that acts on messages hands on what their senders put in.
    const senders = new Set(writers)
    for (const component of senders) {
      for (const { edge, to } of graph.dataSources(component))
        if (MESSAGING.has(edge.verb.name) && mayCarry(edge.relation.id, data)) senders.add(to)
    }
    // Onwards: the writers, whom they call, and what the store hands on.
    const onwards = new Set([store, ...senders])
    for (const component of onwards) {
      if (isHome(component)) yield component
      for (const { edge, to } of [...graph.dataFlow(component), ...graph.sync(component)]) {
        if (to === store || !spreads(edge) || !mayCarry(edge.relation.id, data)) continue
        onwards.add(to)
      }
    }
    // Back: where the writers, or the cache itself, may have got it from.
    const back = new Set([store, ...senders])
    for (const component of back) {
      if (isHome(component)) yield component
      for (const { edge, to } of graph.dataSources(component)) {
        const answers = edge.verb.name === 'calls' || edge.verb.name === 'routes'
        if (component === store ? edge.verb.name === 'writes' : answers) continue
        if (mayCarry(edge.relation.id, data)) back.add(to)
      }
      for (const { edge, to } of component === store ? [] : graph.sync(component)) {
        if (to === store || edge.verb.name !== 'calls' || changes(edge) || !mayCarry(edge.relation.id, data)) continue
        // The answer of another service, or of a third party, may be what is cached here.
        if (find.component(to)?.kind === 'external') yield to
        else back.add(to)
      }
    }
  }

  function hasOtherHome(store: string, data: string | undefined): boolean {
    for (const _ of homes(store, data)) return true
    return false
  }

  /** Durable, and either said to hold this data, or not said to hold only other data. */
  function mayHold(component: string, data: string | undefined): boolean {
    const declared = find.component(component)
    if (!declared || !(DURABLE_KINDS.has(declared.kind) || forgets(component).certain === 'no')) return false
    if (forgets(component).certain === 'yes') return false
    if (data === undefined || saysUnknown(declared.facts, 'stores')) return true
    const stored = dataOf(declared)
    return stored.length === 0 || stored.includes(data)
  }

  /** Says that it carries this data, or does not say what it carries: for what is handed on, whatever may have been put in. */
  function mayCarry(relation: string, data: string | undefined, asking: ReadonlySet<string> = new Set()): boolean {
    const declared = find.relation(relation)
    if (data === undefined || !declared || asking.has(relation)) return data === undefined
    if (saysUnknown(declared.facts, 'data')) return true
    if (!HANDING.has(declared.verb) || known(declared.facts, 'data')) {
      const on = carried.on(relation)
      return on.length === 0 || on.includes(data)
    }
    const from = find.component(declared.from)
    if (!from || saysUnknown(from.facts, 'stores')) return true
    const stored = dataOf(from)
    if (stored.length > 0) return stored.includes(data)
    const brought = graph.dataSources(from.id).filter(({ edge }) => BRINGING.has(edge.verb.name))
    const further = new Set([...asking, relation])
    return brought.length === 0 || brought.some(({ edge }) => mayCarry(edge.relation.id, data, further))
  }

  const truths = new Map<string, readonly string[]>()
  function of(data: string): readonly string[] {
    const found = truths.get(data) ?? truthOf(data)
    truths.set(data, found)
    return found
  }

  return { forgets, derived, of, untold, otherHomes: (store, data) => [...new Set(homes(store, data))], hasOtherHome }
}

const BRINGING: ReadonlySet<string> = new Set(['writes', 'captures', 'replicates', 'delivers', 'publishes'])
/** Verbs that hand on what their sender holds. */
const HANDING: ReadonlySet<string> = new Set(['captures', 'replicates', 'backs-up', 'delivers', 'dead-letters'])
const MESSAGING: ReadonlySet<string> = new Set(['delivers', 'captures', 'publishes', 'triggers', 'dead-letters'])
const SPREADING: ReadonlySet<string> = new Set([
  'writes',
  'publishes',
  'delivers',
  'captures',
  'replicates',
  'backs-up',
  'calls',
  'routes',
  'triggers',
  'dead-letters',
])

function spreads(edge: Edge): boolean {
  return SPREADING.has(edge.verb.name)
}

/** A call that is there for its effect brings nothing back to keep. */
function changes(edge: Edge): boolean {
  const op = word(edge.relation.facts, 'op')
  return op !== undefined && op !== 'read'
}

const UNKNOWN: Forgetting = { certain: 'unknown', how: '', facts: [] }

function forgettingOf(component: Component): Forgetting {
  const { facts } = component
  if (saysUnknown(facts, 'durability') || saysUnknown(facts, 'eviction')) return UNKNOWN
  const eviction = known(facts, 'eviction')
  const durability = known(facts, 'durability')
  const policy = word(facts, 'eviction')
  const evicts = eviction ? policy !== 'noeviction' && policy !== 'none' : component.kind === 'cache' && component.technology === undefined
  const kept = word(facts, 'durability')
  const volatile = kept === 'memory' || kept === 'snapshot'
  const how: string[] = []
  if (evicts) how.push('drops entries when its memory is full')
  if (kept === 'memory') how.push('loses them all when it restarts')
  if (kept === 'snapshot') how.push('saves only a snapshot now and then and forgets the rest at a restart or failover')
  if (how.length > 0)
    return {
      certain: 'yes',
      how: how.join(' and '),
      facts: uniqueFacts([evicts ? eviction?.fact : undefined, volatile ? durability?.fact : undefined]),
    }
  return kept === undefined ? UNKNOWN : { certain: 'no', how: '', facts: uniqueFacts([durability?.fact, eviction?.fact]) }
}
