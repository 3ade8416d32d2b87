/**
 * Circles of events: what a message or a change sets going without anybody asking again, as far as that is certain. A store or broker passes on
 * all that comes into it of one kind. A component turns what it gets into what it sends; which of the one into which of the other nobody says, but
 * where all that it gets comes from the circle, so does its cause.
 */
import { known, nameOf, number, protection, references, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { dataOf } from './carried.ts'
import { cyclesOf } from './cycles.ts'
import type { FlowPaths } from './flows.ts'
import type { Edge, Graph, Hop } from './graph.ts'
import { rowStores } from './outbox.ts'

export interface EventCycle {
  /** The relations of the ring, each leaving where the one before it leads. */
  readonly ring: readonly Edge[]
  /** All components of the same tangle. */
  readonly members: readonly string[]
}

const BROKERS: ReadonlySet<string> = new Set(['log', 'topic', 'queue', 'cdc'])
const STORES: ReadonlySet<string> = new Set(['database', 'object-store', 'search', 'cache', 'coordinator'])
const NOTIFYING: ReadonlySet<string> = new Set(['captures', 'triggers', 'delivers'])
/** Rounds of taking out what may have another cause; a design needs one or two. */
const ROUNDS = 30

/** A place in the graph of events: a component, or of a store or broker one kind of what it passes on; `*` where no kind is said. */
const place = (component: string, kind: string): string => `${component}#${kind}`
const componentOf = (node: string): string => node.slice(0, node.includes('#') ? node.lastIndexOf('#') : undefined)

export function eventCyclesOf(model: Model, graph: Graph, flows: readonly FlowPaths[]): readonly EventCycle[] {
  const find = lookup(model)
  const kindOf = (id: string): string => find.component(id)?.kind ?? ''
  const passes = (id: string): boolean => BROKERS.has(kindOf(id)) || STORES.has(kindOf(id))
  const sometimes = new Set(flows.flatMap(({ conditional }) => [...conditional]))
  const notifies = new Set(graph.edges.filter(({ verb, relation }) => NOTIFYING.has(verb.name) && STORES.has(kindOf(relation.from))).map(({ relation }) => relation.from))
  // Where some writes carry an outbox row, it is those rows that go out: a write without one tells nobody.
  const tellsByRow = rowStores(model)

  const edges = graph.edges.filter(({ verb, relation }) => {
    const { from, to } = relation
    switch (verb.name) {
      case 'publishes':
      case 'delivers':
      case 'captures':
        return true
      case 'replicates':
        // Stores that replicate both ways mark where a change came from by themselves.
        return BROKERS.has(kindOf(from)) && BROKERS.has(kindOf(to))
      case 'triggers':
        return passes(from)
      case 'writes':
        return notifies.has(to) && !tellsByRow.has(to)
      default:
        return false
    }
  })
  const entering = group(edges, ({ relation }) => relation.to)
  const ended = new Set(model.components.filter(endsIt).map(({ id }) => id))
  const next = new Map<string, Hop[]>()
  const sources = new Map<string, Set<string>>()
  for (const edge of edges) {
    const { from, to } = edge.relation
    const starts = passes(from) ? leaving(from, edge) : [from]
    const ends = passes(to) ? kindsOf(edge).map((kind) => place(to, kind)) : [to]
    for (const start of starts) {
      for (const end of ends) {
        // What is ended here still is a cause from elsewhere for whoever gets it.
        if (!sources.has(end)) sources.set(end, new Set())
        sources.get(end)!.add(start)
        if (ended.has(from) || ended.has(to) || endsThere(edge) || sometimes.has(edge.relation.id)) continue
        if (!next.has(start)) next.set(start, [])
        next.get(start)!.push({ edge, to: end })
      }
    }
    if (starts.length === 0 && !passes(to)) {
      // Of this nobody can say what it brings.
      if (!sources.has(to)) sources.set(to, new Set())
      sources.get(to)!.add('?')
    }
  }

  /** The kinds of a store or broker that go out over the edge. */
  function leaving(component: string, edge: Edge): readonly string[] {
    const wanted = kindsOf(edge)
    if (wanted[0] !== '*') return wanted.map((kind) => place(component, kind))
    const fed = entering.get(component) ?? []
    const all = new Set(fed.flatMap(kindsOf))
    if (all.has('*') && !oneKind(component, fed)) return []
    return [...all].map((kind) => place(component, kind))
  }

  /** All that goes in comes out: a change stream has all changes, a queue has one kind of work; a bus may have many kinds of event. */
  function oneKind(component: string, fed: readonly Edge[]): boolean {
    return kindOf(component) === 'queue' || STORES.has(kindOf(component)) || new Set(fed.map(({ relation }) => relation.from)).size < 2
  }

  const out = new Set(model.components.filter(({ id }) => !passes(id) && hasOtherCause(id)).map(({ id }) => id))
  for (let round = 0; round < ROUNDS; round++) {
    const within = (node: string): readonly Hop[] => (out.has(node) ? [] : (next.get(node) ?? []).filter(({ to }) => !out.has(to)))
    const cycles = cyclesOf(new Set([...next.keys(), ...sources.keys()]), within)
    let pruned = false
    for (const { members } of cycles) {
      const inside = new Set(members)
      for (const member of members) {
        if (passes(componentOf(member)) || [...(sources.get(member) ?? [])].every((source) => inside.has(source))) continue
        out.add(member)
        pruned = true
      }
    }
    if (pruned) continue
    return cycles
      .map(({ ring, members }) => ({ ring: plausible(ring, new Set(members), within), members: [...new Set(members.map(componentOf))] }))
      .filter(({ ring }) => isOneMatter(ring))
  }
  return []

  /**
   * Not a conversation, in which each says something else and the last word ends it: stores of different data, or several components that
   * answer each other over brokers without saying what they send.
   */
  function isOneMatter(ring: readonly Edge[]): boolean {
    const stores = ring.flatMap(({ relation }) => (STORES.has(kindOf(relation.from)) ? find.component(relation.from)! : []))
    if (stores.length === 0) {
      const doing = new Set(ring.flatMap(({ relation }) => (passes(relation.from) ? [] : [relation.from])))
      return doing.size < 2 || ring.every((edge) => kindsOf(edge)[0] !== '*')
    }
    return stores.every((store, index) => {
      const [own, following] = [dataOf(store), dataOf(stores[(index + 1) % stores.length]!)]
      return own.length === 0 || following.length === 0 || own.some((data) => following.includes(data))
    })
  }

  /** Asked by a client, a clock or another component, it may send for a reason of its own. */
  function hasOtherCause(id: string): boolean {
    const component = find.component(id)!
    if (component.kind === 'client' || component.kind === 'external' || component.kind === 'scheduler' || component.kind === 'monitor') return true
    if (['rate', 'cron', 'period'].some((path) => known(component.facts, path) ?? saysUnknown(component.facts, path))) return true
    return find.relationsTo(id).some(({ verb, from }) => verb === 'calls' || verb === 'routes' || (verb === 'triggers' && !passes(from)))
  }

  /** A ring in which nobody writes a change back to where it has just come from, while it could also have passed it on. */
  function plausible(shortest: readonly Hop[], inside: ReadonlySet<string>, within: (node: string) => readonly Hop[]): readonly Edge[] {
    const edgesOf = (hops: readonly Hop[]): readonly Edge[] => hops.map(({ edge }) => edge)
    if (shortest.length === 0) return []
    const taken: Hop[] = []
    let home: string | undefined
    let node = shortest.find(({ edge }) => STORES.has(kindOf(edge.relation.from)))?.edge.relation.from
    node = node === undefined ? undefined : [...inside].find((member) => componentOf(member) === node)
    if (node === undefined) return edgesOf(shortest)
    for (let step = 0; step <= 4 * inside.size; step++) {
      if (STORES.has(kindOf(componentOf(node)))) home = componentOf(node)
      const hops: readonly Hop[] = within(node).filter(({ to }) => inside.has(to))
      const hop: Hop | undefined = hops.find(({ to }) => componentOf(to) !== home) ?? hops[0]
      if (!hop) break
      const again = taken.findIndex(({ edge }) => edge === hop.edge)
      if (again >= 0) return edgesOf(taken.slice(again))
      taken.push(hop)
      node = hop.to
    }
    return edgesOf(shortest)
  }
}

/** What is said to travel: kinds of events, else kinds of data, else anything. */
function kindsOf({ relation: { facts } }: Edge): readonly string[] {
  const events = words(facts, 'events')
  if (events && events.length > 0) return events.map((event) => `event ${event}`)
  const data = references(facts, 'data').map(({ id }) => id)
  return data.length > 0 ? data.map((id) => `data ${id}`) : ['*']
}

/** It says what ends a circle that runs through it, or recognises what it has already seen. */
function endsIt({ facts }: Component): boolean {
  return ['terminates-by', 'origin-filter', 'dedupe', 'depth-limit'].some((path) => protection(facts, path) !== false)
}

function endsThere({ relation: { facts } }: Edge): boolean {
  // An outbox and a saga say one thing on purpose, and have an end.
  if (['origin-filter', 'dedupe', 'if', 'outbox'].some((path) => protection(facts, path) !== false) || known(facts, 'saga')) return true
  if (['saga', 'apply', 'share', 'events', 'data'].some((path) => saysUnknown(facts, path))) return true
  const apply = word(facts, 'apply')
  return apply === 'if-newer' || apply === 'once' || (number(facts, 'share') ?? 1) < 1 || nameOf(known(facts, 'op')?.value) === 'delete'
}

function group(edges: readonly Edge[], key: (edge: Edge) => string): ReadonlyMap<string, readonly Edge[]> {
  const map = new Map<string, Edge[]>()
  for (const edge of edges) {
    const list = map.get(key(edge))
    if (list) list.push(edge)
    else map.set(key(edge), [edge])
  }
  return map
}
