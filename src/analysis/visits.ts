/**
 * How often one run of a flow travels each relation (NUMBERS M1, M2). Steps are walked in their order, each once; what the flow includes
 * without naming it is solved as a linear system over the rest, so that a cycle is summed and not walked.
 */
import { number, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model, Step } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { copyingOf, type Copying } from './copying.ts'
import { leastSure, type Sureness } from './figure.ts'
import { afterwards, type FlowPaths } from './flows.ts'
import type { Edge, Graph } from './graph.ts'
import { solve, type LinearSystem } from './linear.ts'
import type { Multiplicities, VisitClass } from './multiplicity.ts'
import { carriesRow } from './outbox.ts'
import { components } from './strongly-connected.ts'

export interface Visit {
  readonly edge: Edge
  /** Mean times a run; where something is unknown, at least this. Infinity never: an endless cycle counts its first round only. */
  readonly count: number
  readonly sureness: Sureness
  /** Its own reasons, without those of what leads to it. */
  readonly facts: readonly Fact[]
  readonly missing: readonly string[]
  /** Relations from whose visits its own follow. */
  readonly after: readonly string[]
}

/** By relation, for the relations that belong to the flow. */
export type Visits = ReadonlyMap<string, Visit>

export function visitsOf(model: Model, graph: Graph, flow: FlowPaths, multiplicities: Multiplicities): Visits {
  const find = lookup(model)
  const named = namedVisits(graph, flow, multiplicities)
  return impliedVisits(flow, named, multiplicities, copyingOf(graph), graph, (component) => find.component(component)?.kind)
}

/**
 * What stores copy to others of what the flow writes, and what goes on behind the copies. It is nothing that the flow does or waits for, but it costs
 * the other side its writes.
 */
function copied(flow: FlowPaths, graph: Graph, copying: Copying): readonly Edge[] {
  if (!copying.any) return []
  const own = [...flow.waited, ...flow.caused]
  const known = new Set(own.map(({ relation }) => relation.id))
  const found: Edge[] = []
  const written = new Set(own.flatMap((edge) => (classesOf(edge).includes('writes') ? [edge.relation.to] : [])))
  const behind = new Set<string>()
  const add = (edge: Edge): void => {
    if (!known.has(edge.relation.id)) (known.add(edge.relation.id), found.push(edge))
    behind.add(edge.relation.to)
  }
  for (const store of written) {
    for (const edge of copying.from(store)) {
      add(edge)
      written.add(edge.relation.to)
    }
    for (const component of behind) {
      for (const { edge } of afterwards(graph, component, false)) {
        add(edge)
        if (classesOf(edge).includes('writes')) written.add(edge.relation.to)
      }
    }
  }
  return found
}

/** What came into a component by named steps so far, and within which `when` and `repeat` it stands. */
interface Arrival {
  counts: Record<VisitClass, number>
  probability: number
  repeats: number
  by: string[]
  /** Once it has passed something on, the next arrival starts anew: a second call is another visit, not a double one. */
  passedOn: boolean
}

function namedVisits(graph: Graph, flow: FlowPaths, multiplicities: Multiplicities): Map<string, Visit> {
  const visits = new Map<string, Visit>()
  const arrivals = new Map<string, Arrival>()
  const effects = effectsBehind(flow)
  const doubts = { missing: [] as string[], sureness: 'exact' as Sureness }

  function run(steps: readonly Step[], probability: number, repeats: number): void {
    for (const step of steps) {
      switch (step.type) {
        case 'relation':
          for (const id of step.relations) {
            const edge = graph.edge(id)
            if (edge) travel(edge, probability, repeats, isChoice(graph, edge, step.relations))
          }
          break
        case 'when':
          doubting(step.share === undefined, `the share of \`when "${step.why}"\``, () =>
            run(step.steps, probability * (step.share ?? 0), repeats),
          )
          break
        case 'repeat':
          doubting(step.times === undefined, 'the number of a `repeat`', () => run(step.steps, probability, repeats * (step.times ?? 1)))
          break
        case 'any-of':
          if (sharesKnown(graph, step.steps)) run(step.steps, probability, repeats)
          else
            doubting(step.steps.length > 1, 'how often each of an `any-of` is taken', () =>
              run(step.steps, step.steps.length > 1 ? 0 : probability, repeats),
            )
          break
        case 'parallel':
          run(step.steps, probability, repeats)
          break
      }
    }
  }

  function doubting(doubtful: boolean, what: string, inside: () => void): void {
    const before = { ...doubts }
    if (doubtful) ((doubts.missing = [...before.missing, what]), (doubts.sureness = leastSure(doubts.sureness, 'bound')))
    inside()
    doubts.missing = before.missing
    doubts.sureness = before.sureness
  }

  function travel(edge: Edge, probability: number, repeats: number, choice: boolean): void {
    const { relation } = edge
    const own = choice ? multiplicities.chosen(edge) : multiplicities.stated(edge)
    const arrival = arrivals.get(relation.from)
    const thinned = arrival && !effects.has(relation.id) ? multiplicities.misses(edge) : undefined
    const count = own.factor * (thinned?.factor ?? 1) * (arrival ? passing(arrival, edge, multiplicities.of(edge).per, probability, repeats) : probability * repeats)
    if (arrival) arrival.passedOn = true
    const old = visits.get(relation.id)
    visits.set(relation.id, {
      edge,
      count: count + (old?.count ?? 0),
      sureness: leastSure(own.sureness, thinned?.sureness ?? 'exact', doubts.sureness, old?.sureness ?? 'exact'),
      facts: [...own.facts, ...(thinned?.facts ?? []), ...(old?.facts ?? [])],
      missing: [...own.missing, ...(thinned?.missing ?? []), ...doubts.missing, ...(old?.missing ?? [])],
      after: [...(arrival?.by ?? []), ...(old?.after ?? [])],
    })
    arrive(relation.to, edge, count, probability, repeats)
  }

  function arrive(component: string, edge: Edge, count: number, probability: number, repeats: number): void {
    let arrival = arrivals.get(component)
    if (!arrival || arrival.passedOn) {
      arrival = { counts: { all: 0, writes: 0, rows: 0, reads: 0, messages: 0 }, probability, repeats, by: [], passedOn: false }
      arrivals.set(component, arrival)
    }
    for (const kind of classesOf(edge)) arrival.counts[kind] += count
    arrival.probability = Math.max(arrival.probability, probability)
    arrival.repeats = Math.max(arrival.repeats, repeats)
    arrival.by.push(edge.relation.id)
  }

  if (flow.flow) run(flow.flow.steps, 1, 1)
  return visits
}

/** Each of the ways out of where an `any-of` begins says which `share` of the requests goes there. */
function sharesKnown(graph: Graph, steps: readonly Step[]): boolean {
  const edges = steps.flatMap((step) => (step.type === 'relation' ? step.relations : [])).flatMap((id) => graph.edge(id) ?? [])
  const first = edges.filter(({ relation }) => relation.from === edges[0]!.relation.from)
  return first.length > 1 && steps.every((step) => step.type === 'relation') && first.every(({ relation }) => number(relation.facts, 'share') !== undefined)
}

/** `lb -> a, b` names the targets of a balancer together: each request goes to one of them. */
function isChoice(graph: Graph, edge: Edge, together: readonly string[]): boolean {
  if (edge.verb.name !== 'routes' || together.length < 2) return false
  return together.filter((id) => graph.edge(id)?.verb.name === 'routes' && graph.edge(id)?.relation.from === edge.relation.from).length > 1
}

/**
 * What an arrival passes on over a step. A step outside of the `repeat` that led here happens once, not once a round; one inside of a
 * further `when` only in that share. A stream of changes carries writes only, or the outbox rows among them.
 */
function passing(arrival: Arrival, edge: Edge, usual: VisitClass, probability: number, repeats: number): number {
  const streamed = edge.verb.load !== 'writes' ? [] : (['rows', 'writes'] as const).filter((kind) => kind === 'writes' || usual === 'rows')
  const per: VisitClass = streamed.find((kind) => arrival.counts[kind] > 0) ?? 'all'
  const branch = probability < arrival.probability ? probability / arrival.probability : 1
  return (arrival.counts[per] * repeats * branch) / arrival.repeats
}

/**
 * Relations of the flow behind which it changes something. A cache or CDN on the way to those passes every request on; what only reads, it
 * answers by itself as its hit ratio says.
 */
export function effectsBehind(flow: FlowPaths): ReadonlySet<string> {
  return behindThese(flow, flow.waited.filter(hasEffect))
}

/** The same, and behind which it may change something, as what is done there, or whether it belongs to the flow, is said to be unknown. */
export function possibleEffectsBehind(flow: FlowPaths): ReadonlySet<string> {
  const unknown = ({ relation: { facts } }: Edge): boolean => saysUnknown(facts, 'op') || saysUnknown(facts, 'method')
  return behindThese(flow, [...flow.waited, ...flow.unsure].filter((edge) => hasEffect(edge) || unknown(edge)))
}

function behindThese(flow: FlowPaths, changing: readonly Edge[]): ReadonlySet<string> {
  const behind = new Set<string>()
  const into = new Map<string, Edge[]>()
  const all = [...flow.waited, ...flow.caused]
  for (const edge of all) {
    const list = into.get(edge.relation.to)
    if (list) list.push(edge)
    else into.set(edge.relation.to, [edge])
  }
  const queue = [...changing]
  for (const edge of queue) behind.add(edge.relation.id)
  for (let edge = queue.pop(); edge; edge = queue.pop()) {
    for (const before of into.get(edge.relation.from) ?? []) {
      if (behind.has(before.relation.id) || before.waits === 'no') continue
      behind.add(before.relation.id)
      queue.push(before)
    }
  }
  return behind
}

const EFFECTS: ReadonlySet<string> = new Set(['writes', 'publishes', 'locks'])

function hasEffect(edge: Edge): boolean {
  return EFFECTS.has(edge.verb.name) || changes(edge)
}

function changes(edge: Edge): boolean {
  const op = word(edge.relation.facts, 'op')
  return op !== undefined && op !== 'read'
}

function impliedVisits(
  flow: FlowPaths,
  named: Map<string, Visit>,
  multiplicities: Multiplicities,
  copying: Copying,
  graph: Graph,
  kindOf: (component: string) => string | undefined,
): Visits {
  const implied = [...flow.waited, ...flow.caused, ...copied(flow, graph, copying)].filter((edge) => !named.has(edge.relation.id))
  if (implied.length === 0) return named
  const visits = new Map(named)
  const index = new Map(implied.map((edge, at) => [edge.relation.id, at]))
  const into = new Map<string, Edge[]>()
  for (const edge of [...[...named.values()].map((visit) => visit.edge), ...implied]) {
    const list = into.get(edge.relation.to)
    if (list) list.push(edge)
    else into.set(edge.relation.to, [edge])
  }
  const entries = new Set(flow.entries)
  const factors = implied.map((edge) => multiplicities.of(edge))
  const source: number[] = []
  const feeds: { from: number; factor: number }[][] = []
  const doubtful: boolean[] = []
  const feeding: string[][] = []
  implied.forEach((edge, at) => {
    const { factor, per } = factors[at]!
    const from = edge.relation.from
    const origins = copying.carries(edge.relation.id)
    const arriving = (origins === undefined ? (into.get(from) ?? []) : origins.flatMap((origin) => into.get(origin) ?? [])).filter(
      (before) =>
        (before.relation.id !== edge.relation.id || before.relation.from === before.relation.to) &&
        // What came to a store from its peers they have already.
        (origins === undefined || before.verb.name !== 'replicates' || !copying.together(before.relation.from, before.relation.to)),
    )
    // What reaches a client does not make it ask again.
    const counted = kindOf(from) === 'client' ? [] : arriving.filter((before) => counts(before, per, kindOf(from)))
    // A flow that begins with a message has the receiver as its entry: the step itself already counts that visit.
    source[at] = entries.has(from) && !arriving.some((before) => named.has(before.relation.id)) ? factor : 0
    feeds[at] = []
    feeding[at] = counted.map((before) => before.relation.id)
    doubtful[at] = (per === 'writes' || per === 'rows') && arriving.some((before) => before.verb.name === 'calls' && !known(before))
    for (const before of counted) {
      const feeder = index.get(before.relation.id)
      if (feeder === undefined) source[at]! += factor * visits.get(before.relation.id)!.count
      else feeds[at]!.push({ from: feeder, factor })
    }
  })
  const system = { size: implied.length, source, feeds }
  const { values } = solve(system)
  const atLeast = values.every(Number.isFinite) ? values : solve(firstRound(system, values)).values
  implied.forEach((edge, at) => {
    const endless = !Number.isFinite(values[at]!)
    const own = factors[at]!
    const after = [...new Set(feeding[at]!)]
    const missing = [...own.missing]
    if (endless) missing.push('how often a cycle repeats')
    if (doubtful[at]) missing.push('whether a call reads or writes')
    visits.set(edge.relation.id, {
      edge,
      count: atLeast[at]!,
      sureness: leastSure(endless || doubtful[at] ? 'bound' : 'exact', own.sureness),
      facts: own.facts,
      missing,
      after,
    })
  })
  return visits
}

/** The system with its endless cycles cut open: what the first way round brings, which is certain. */
function firstRound(system: LinearSystem, values: readonly number[]): LinearSystem {
  const partOf = new Map<number, number>()
  components(system.size, (node) => system.feeds[node]!.map((feed) => feed.from)).forEach((part, at) =>
    part.forEach((node) => partOf.set(node, at)),
  )
  return {
    ...system,
    feeds: system.feeds.map((feeds, node) =>
      feeds.filter(({ from }) => Number.isFinite(values[node]!) || partOf.get(from) !== partOf.get(node)),
    ),
  }
}

function counts(before: Edge, per: VisitClass, kind: string | undefined): boolean {
  // Names that also choose among places send on whoever asked for them.
  if (before.verb.name === 'resolves' && kind === 'dns') return per === 'all'
  if (before.verb.load === 'none' || before.verb.load === 'failures') return false
  // A relay or broker passes on what was captured, whatever the verb that brought it.
  if (per === 'messages' || kind === 'cdc') return before.verb.name !== 'reads'
  return classesOf(before).includes(per)
}

/** What an arriving relation counts as for the component that it enters. */
function classesOf(edge: Edge): readonly VisitClass[] {
  switch (edge.verb.name) {
    case 'reads':
    case 'caches':
      return ['all', 'reads']
    case 'writes':
    case 'replicates':
      return carriesRow(edge.relation) ? ['all', 'writes', 'rows'] : ['all', 'writes']
    case 'publishes':
    case 'delivers':
    case 'captures':
    case 'dead-letters':
      return ['all', 'writes', 'messages']
    case 'invalidates':
      return ['all']
    default:
      if (carriesRow(edge.relation)) return ['all', 'writes', 'rows']
      return changes(edge) ? ['all', 'writes'] : word(edge.relation.facts, 'op') === 'read' ? ['all', 'reads'] : ['all']
  }
}

function known(edge: Edge): boolean {
  return word(edge.relation.facts, 'op') !== undefined
}
