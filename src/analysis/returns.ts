/**
 * What can bring work back long after it was first done (DECISIONS, `idempotency-window-too-short`): retries of whoever sends it, messages
 * that were put aside and are sent back, and logs that are stated to be read again. That a broker keeps its messages brings none of them back.
 */
import { isNone, known, limit, number, references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import { uniqueFacts } from './figure.ts'
import type { Edge, Graph } from './graph.ts'

export interface Return {
  /** Who gets it again. */
  readonly component: string
  /** The delivery or request by which it comes; unset where a workflow repeats its own steps. */
  readonly edge?: Edge
  /** Seconds after which it can still come; Infinity where nothing ends it. */
  readonly after: number
  /** Sent back from where it was put aside, read again from the log's beginning, read again to fill a store, or tried again. */
  readonly how: 'redrive' | 'replay' | 'rebuild' | 'retry'
  /** Where it comes from: the dead-letter queue, the log, or who sends. */
  readonly from: string
  /** The store that is filled again. */
  readonly fills?: string
  readonly facts: readonly Fact[]
}

const LOGS: ReadonlySet<string> = new Set(['log', 'topic'])
const BROKERS: ReadonlySet<string> = new Set([...LOGS, 'queue'])

export function returnsOf(model: Model, graph: Graph): readonly Return[] {
  return [...graph.edges.flatMap((edge) => (edge.verb.name === 'delivers' ? ofDelivery(model, edge) : ofRequest(edge))), ...model.components.flatMap(ofWorkflow)]
}

/** Whether something can come back after the component has forgotten what it did: a key is then no help against that. */
export function outlives(model: Model, graph: Graph, remembering: Component): boolean {
  const window = number(remembering.facts, 'dedupe.window')
  return window !== undefined && returnsOf(model, graph).some(({ after }) => after > window)
}

/** Whether something forgets what it did before so many seconds have passed: what is kept longer could then come too late to be recognised. */
export function forgetsWithin(model: Model, seconds: number): boolean {
  const shortest = windows.get(model) ?? [...model.components, ...model.relations].reduce((least, { facts }) => Math.min(least, number(facts, 'dedupe.window') ?? Infinity), Infinity)
  windows.set(model, shortest)
  return shortest < seconds
}

/** By model, the shortest time for which something remembers, in seconds. */
const windows = new WeakMap<Model, number>()

function ofDelivery(model: Model, edge: Edge): readonly Return[] {
  const find = lookup(model)
  const { from, to } = edge.relation
  const [broker, consumer] = [find.component(from), find.component(to)]
  // From one broker to another nothing is done yet.
  if (!broker || !consumer || BROKERS.has(consumer.kind)) return []
  return [...redrives(model, edge, broker, consumer), ...replays(edge, broker, consumer), ...rebuilds(model, edge, broker)]
}

/** What the consumer failed on, as long as the place where it lies keeps it. */
function redrives(model: Model, edge: Edge, broker: Component, consumer: Component): readonly Return[] {
  const find = lookup(model)
  const aside = [broker.id, consumer.id].flatMap((id) => find.relationsFrom(id)).filter(({ verb }) => verb === 'dead-letters')
  return [...new Set(aside.map(({ to }) => to))].flatMap((id): readonly Return[] => {
    const parked = find.component(id)
    if (!parked || saysUnknown(parked.facts, 'redrive')) return []
    const said = known(parked.facts, 'redrive')
    const manual = said && ['manual', 'auto'].includes(word(parked.facts, 'redrive') ?? '')
    const back = find.relationsFrom(id).find(({ verb, to }) => verb === 'delivers' && (to === broker.id || to === consumer.id))
    const after = limit(parked.facts, 'retention')
    if ((!manual && !back) || after === undefined) return []
    return [{ component: consumer.id, edge, after, how: 'redrive', from: id, facts: uniqueFacts([manual ? said.fact : undefined, known(parked.facts, 'retention')?.fact]) }]
  })
}

/** Stated, not by default: somebody wants all of it read again when the position is lost. */
function replays(edge: Edge, broker: Component, consumer: Component): readonly Return[] {
  if (!LOGS.has(broker.kind)) return []
  const where = [edge.relation.facts, consumer.facts, broker.facts].find((facts) => known(facts, 'offset-reset') ?? saysUnknown(facts, 'offset-reset'))
  const said = where && known(where, 'offset-reset')
  const after = limit(broker.facts, 'retention')
  if (!said || said.fact.from !== 'stated' || word(where, 'offset-reset') !== 'earliest' || after === undefined) return []
  return [{ component: consumer.id, edge, after, how: 'replay', from: broker.id, facts: uniqueFacts([said.fact, known(broker.facts, 'retention')?.fact]) }]
}

/** A store that its consumer fills is stated to be filled again from here. */
function rebuilds(model: Model, edge: Edge, broker: Component): readonly Return[] {
  const find = lookup(model)
  const after = limit(broker.facts, 'retention')
  if (!LOGS.has(broker.kind) || after === undefined) return []
  const filled = find.relationsFrom(edge.relation.to).flatMap(({ verb, to }) => (verb === 'writes' ? (find.component(to) ?? []) : []))
  const store = filled.find(({ facts }) => references(facts, 'rebuild-from').some(({ id }) => id === broker.id))
  if (!store) return []
  const facts = uniqueFacts([known(store.facts, 'rebuild-from')?.fact, known(broker.facts, 'retention')?.fact])
  return [{ component: edge.relation.to, edge, after, how: 'rebuild', from: broker.id, fills: store.id, facts }]
}

/** As long as its deadline lets it try, or one time-out for each further try; what it waits between them is not known. */
function ofRequest(edge: Edge): readonly Return[] {
  const { facts } = edge.relation
  const retries = isNone(facts, 'retries') ? 0 : limit(facts, 'retries')
  if (!retries || !REPEATED.has(edge.verb.name) || ['deadline', 'timeout'].some((path) => saysUnknown(facts, path))) return []
  const [deadline, timeout] = [number(facts, 'deadline'), number(facts, 'timeout')]
  const after = deadline ?? (Number.isFinite(retries) ? timeout && retries * timeout : Infinity)
  if (after === undefined) return []
  const used = ['retries', ...(deadline !== undefined ? ['deadline'] : Number.isFinite(retries) ? ['timeout'] : [])]
  return [{ component: edge.relation.to, edge, after, how: 'retry', from: edge.relation.from, facts: factsAt(facts, used) }]
}

const REPEATED: ReadonlySet<string> = new Set(['calls', 'routes', 'publishes', 'triggers'])

function ofWorkflow(component: Component): readonly Return[] {
  if (component.kind !== 'workflow') return []
  const path = known(component.facts, 'retry.max-time') ? 'retry.max-time' : word(component.facts, 'retry') === 'forever' ? 'retry' : undefined
  const after = path === undefined ? undefined : limit(component.facts, path)
  if (path === undefined || after === undefined || known(component.facts, path)!.fact.from !== 'stated') return []
  return [{ component: component.id, after, how: 'retry', from: component.id, facts: factsAt(component.facts, [path]) }]
}

function factsAt(facts: Facts, paths: readonly string[]): readonly Fact[] {
  return uniqueFacts(paths.map((path) => known(facts, path)?.fact))
}
