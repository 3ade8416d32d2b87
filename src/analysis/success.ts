/**
 * What a flow does when something falls. The success graph of a flow is an AND/OR graph: a component works while each of its needs is met,
 * a need is met while one of its alternatives works. Falling is propagated from what fell towards the entry, each edge once, so one failure
 * costs no more than the part of the flow that it touches, and the first way on which it reaches the entry is a shortest witness.
 */
import { isNone, known, reference, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import type { FlowPaths } from './flows.ts'
import { walk, type Edge, type Graph, type Hop, type Reach } from './graph.ts'
import { LEVELS, placeOf, type Level, type Loss } from './units.ts'

/** A need of a component within a flow. */
export interface Need {
  readonly needer: string
  /** Any of these is enough. */
  readonly alternatives: readonly Alternative[]
  /** Whether the needer fails with it; `branch` where only some requests take it, `unknown` never counts as failing. */
  readonly hard: 'yes' | 'no' | 'branch' | 'unknown'
  /** What made them alternatives: somebody meant one to do where the other fails. Unset where nothing says so. */
  readonly meant?: 'any-of' | 'failover' | 'fallback' | 'routes'
  /** The largest kind of unit over which the alternatives are spread. */
  readonly apart?: Level
}

export interface Alternative {
  readonly component: string
  /** The arrow that leads there, or to the component that this one stands in for. */
  readonly edge: Edge
  /** The arrows `fails-over-to` over which it takes over; unset for what is asked in the first place, and for a fallback. */
  readonly takeover?: readonly Edge[]
}

export type State = 'available' | 'degraded' | 'deferred' | 'unavailable'

export interface Outcome {
  readonly state: State
  /** From the entry to what fell, where the state is not `available`. */
  readonly witness: readonly Edge[]
  /** The component at its end. */
  readonly fallen?: string
  /** The choice of alternatives that were meant to stand in for each other and were lost as a whole, where there was one on that way. */
  readonly choice?: Need
}

export interface SuccessGraph {
  readonly flow: FlowPaths
  readonly needs: readonly Need[]
  readonly components: ReadonlySet<string>
  fails(losses: ReadonlyMap<string, Loss>): Outcome
}

export function successOf(model: Model, graph: Graph, flow: FlowPaths): SuccessGraph {
  const { needs, components } = needsOf(model, graph, flow)
  const dependants = new Map<string, { readonly need: Need; readonly edge: Edge }[]>()
  for (const need of needs) {
    for (const { component, edge } of need.alternatives) {
      const list = dependants.get(component)
      if (list) list.push({ need, edge })
      else dependants.set(component, [{ need, edge }])
    }
  }
  const later = new Set(flow.caused.map((edge) => edge.relation.to))
  const fatal = fatalAlone(flow, needs)

  function fails(losses: ReadonlyMap<string, Loss>): Outcome {
    // Most of what is fatal needs no simulation: nothing on its way to the entry has an alternative.
    for (const [component, loss] of losses) {
      if (loss.of !== 'all' || !fatal.has(component)) continue
      let way: readonly Edge[] | undefined
      return { state: 'unavailable', fallen: component, get witness() { return (way ??= fatal.path(component)) } }
    }
    return simulate(losses)
  }

  function simulate(losses: ReadonlyMap<string, Loss>): Outcome {
    const fell = new Map<string, { readonly by?: { readonly need: Need; readonly edge: Edge; readonly from: string } }>()
    const lost = new Map<Need, Set<string>>()
    const queue: { readonly component: string; readonly of: Loss['of'] }[] = []
    let degraded: { readonly need: Need; readonly edge: Edge; readonly from: string } | undefined
    for (const [component, loss] of losses) {
      if (!components.has(component)) continue
      if (loss.of === 'all') fell.set(component, {})
      queue.push({ component, of: loss.of })
    }
    for (const { component, of } of queue) {
      for (const { need, edge } of dependants.get(component) ?? []) {
        if (of === 'writes' && edge.verb.name !== 'writes' && edge.verb.name !== 'locks') continue
        const gone = lost.get(need) ?? new Set()
        lost.set(need, gone.add(component))
        if (need.alternatives.some((alternative) => !gone.has(alternative.component))) {
          if (need.meant === 'fallback' && need.alternatives[0]!.component === component) degraded ??= { need, edge, from: component }
          continue
        }
        const by = { need, edge, from: component }
        if (need.hard === 'yes') {
          if (fell.has(need.needer)) continue
          fell.set(need.needer, { by })
          queue.push({ component: need.needer, of: 'all' })
        } else if (need.hard !== 'unknown') degraded ??= by
      }
    }
    const entry = flow.entries.find((component) => fell.has(component))
    if (entry !== undefined) return { state: 'unavailable', ...trace(entry) }
    if (degraded) {
      const rest = trace(degraded.from)
      return { state: 'degraded', ...rest, witness: [...flow.reach.path(degraded.need.needer), degraded.edge, ...rest.witness] }
    }
    const deferred = [...losses.keys()].find((component) => later.has(component))
    return deferred === undefined ? { state: 'available', witness: [] } : { state: 'deferred', witness: flow.causeReach.path(deferred), fallen: deferred }

    function trace(from: string): { witness: readonly Edge[]; fallen: string; choice?: Need } {
      const witness: Edge[] = []
      let choice: Need | undefined
      let at = from
      for (let by = fell.get(at)?.by; by; by = fell.get(at)?.by) {
        witness.push(by.edge)
        if (by.need.meant !== undefined) choice ??= by.need
        at = by.from
      }
      return { witness, fallen: at, ...(choice && { choice }) }
    }
  }

  return { flow, needs, components, fails }
}

/** What the flow cannot do without, whatever else works: reached from its entries over hard needs that have no alternative. */
function fatalAlone(flow: FlowPaths, needs: readonly Need[]): Reach {
  const next = new Map<string, Hop[]>()
  for (const { needer, alternatives, hard } of needs) {
    if (hard !== 'yes' || alternatives.length > 1) continue
    const hop = { edge: alternatives[0]!.edge, to: alternatives[0]!.component }
    const list = next.get(needer)
    if (list) list.push(hop)
    else next.set(needer, [hop])
  }
  return walk(flow.entries, (component) => next.get(component) ?? [])
}

/** All needs that count for the flow, those of fallbacks and of what takes over included: each component once. */
function needsOf(model: Model, graph: Graph, flow: FlowPaths): { readonly needs: readonly Need[]; readonly components: ReadonlySet<string> } {
  const byNeeder = new Map<string, Edge[]>()
  for (const edge of flow.waited) {
    const list = byNeeder.get(edge.needer)
    if (list) list.push(edge)
    else byNeeder.set(edge.needer, [edge])
  }
  const components = new Set(flow.entries)
  const needs: Need[] = []
  for (const component of components) {
    // A stand-in is on no step of the flow: what it always needs belongs to it.
    const own = byNeeder.get(component) ?? (flow.reach.has(component) ? [] : graph.hard(component).map(({ edge }) => edge))
    const edges = [...own, ...gates(model, graph, component).filter((edge) => !own.some(({ relation }) => relation === edge.relation))]
    for (const need of groups(model, graph, flow, edges)) {
      needs.push(need)
      for (const alternative of need.alternatives) components.add(alternative.component)
    }
  }
  return { needs, components }
}

/** A limiter that fails closed stands before every request, whether or not a flow names it. */
function gates(model: Model, graph: Graph, component: string): readonly Edge[] {
  return graph.needs(component).filter(({ needed, waits, hard }) => waits === 'yes' && hard === 'yes' && word(lookup(model).component(needed)?.facts ?? {}, 'role') === 'rate-limiter')
}

function groups(model: Model, graph: Graph, flow: FlowPaths, edges: readonly Edge[]): readonly Need[] {
  const needs: Need[] = []
  const taken = new Set<Edge>()
  for (const choice of flow.anyOf) {
    const here = choice.filter((edge) => edges.includes(edge))
    if (here.length < 2) continue
    for (const edge of here) taken.add(edge)
    needs.push(needOf(model, graph, flow, here, 'any-of'))
  }
  const routed = edges.filter((edge) => !taken.has(edge) && isRouted(model, edge))
  if (routed.length > 1) {
    for (const edge of routed) taken.add(edge)
    needs.push(needOf(model, graph, flow, routed, 'routes'))
  }
  for (const edge of edges) if (!taken.has(edge)) needs.push(needOf(model, graph, flow, [edge], undefined))
  return needs
}

/** One of several targets that will do; with `match` it is the only one for what it matches, without health checks nobody turns away from it. */
function isRouted(model: Model, edge: Edge): boolean {
  if (edge.verb.name !== 'routes' || known(edge.relation.facts, 'match')) return false
  const router = lookup(model).component(edge.relation.from)
  const unchecked = (facts: Edge['relation']['facts']): boolean => isNone(facts, 'health-check') && known(facts, 'health-check')?.fact.from === 'stated'
  return !unchecked(edge.relation.facts) && !(router && unchecked(router.facts))
}

/** Whether it is one of several, or turned away from when it fails, is said to be unknown. */
function choiceUnknown(model: Model, edge: Edge): boolean {
  const router = lookup(model).component(edge.relation.from)
  return saysUnknown(edge.relation.facts, 'match') || saysUnknown(edge.relation.facts, 'health-check') || (router !== undefined && saysUnknown(router.facts, 'health-check'))
}

function needOf(model: Model, graph: Graph, flow: FlowPaths, edges: readonly Edge[], choice: Need['meant']): Need {
  const alternatives: Alternative[] = []
  let meant = choice
  const add = (component: string, edge: Edge, takeover?: readonly Edge[]): void => {
    if (!alternatives.some((one) => one.component === component)) alternatives.push({ component, edge, ...(takeover && { takeover }) })
  }
  for (const edge of edges) {
    add(edge.needed, edge)
    for (const [component, takeover] of takesOver(graph, edge.needed)) {
      add(component, edge, takeover)
      meant ??= 'failover'
    }
    if (edge.fallback && 'component' in edge.fallback) {
      add(edge.fallback.component, edge)
      meant ??= 'fallback'
    }
  }
  const hard = hardness(model, flow, edges)
  const spread = alternatives.length > 1 ? apart(model, alternatives.map(({ component }) => component)) : undefined
  // Targets of a router that stand in no places of their own may be different services behind different paths: nobody said they are twins.
  const said = alternatives.length < 2 || (meant === 'routes' && spread === undefined) ? undefined : meant
  return { needer: edges[0]!.needer, alternatives, hard, ...(said && { meant: said }), ...(spread && { apart: spread }) }
}

function hardness(model: Model, flow: FlowPaths, edges: readonly Edge[]): Need['hard'] {
  if (edges.some((edge) => edge.verb.name === 'routes' && choiceUnknown(model, edge))) return 'unknown'
  if (edges.every((edge) => flow.conditional.has(edge.relation.id))) return 'branch'
  // A fallback that is a component is another alternative, not a way to do without: the need stays as hard as it would be without it.
  const strengths = edges.map((edge) => (edge.fallback && 'component' in edge.fallback && word(edge.relation.facts, 'criticality') !== 'soft' ? 'yes' : edge.hard))
  if (strengths.includes('no')) return 'no'
  return strengths.includes('unknown') ? 'unknown' : 'yes'
}

/** What takes over from a component, and from that in turn, each with the arrows that say so. */
function takesOver(graph: Graph, component: string): ReadonlyMap<string, readonly Edge[]> {
  const found = new Map<string, readonly Edge[]>()
  const ways = new Map<string, readonly Edge[]>([[component, []]])
  for (const [at, way] of ways) {
    for (const edge of graph.needs(at)) {
      const { to } = edge.relation
      if (edge.verb.name !== 'fails-over-to' || ways.has(to)) continue
      ways.set(to, [...way, edge])
      found.set(to, [...way, edge])
    }
  }
  return found
}

/** The largest kind of unit over which they are spread. */
function apart(model: Model, components: readonly string[]): Level | undefined {
  for (const level of LEVELS.toReversed()) {
    const places = components.map((id) => placeOf(model, id, level) ?? runsOn(model, id, level))
    if (places.every((place) => place !== undefined) && new Set(places).size > 1) return level
  }
  return undefined
}

function runsOn(model: Model, component: string, level: Level): string | undefined {
  const facts = lookup(model).component(component)?.facts
  if (!facts || level !== 'host') return undefined
  return reference(facts, 'runs-on')?.id ?? word(facts, 'runs-on')
}

