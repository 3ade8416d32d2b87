/**
 * What belongs to a flow (DECISIONS, "what a flow includes"): its steps in order as one operation; where they name none of a component's
 * relations, that component's synchronous relations; and, apart from these, what it sets going after the person has got the answer.
 */
import { references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Flow, Model, Step } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import { walk, type Edge, type Graph, type Hop, type Reach } from './graph.ts'
import type { Unchanged } from './unchanged.ts'

export interface FlowPaths {
  /** The flow's id; for the flow that a client has in a design without flows, the client's. */
  readonly id: string
  readonly flow?: Flow
  /** As a message says it: `"Buy a ticket"`, or, as a plural, `` the requests of `shopper` ``. */
  readonly name: string
  readonly at: Origin
  /** Where it starts: the needers of its first step. */
  readonly entries: readonly string[]
  /** What the person waits for, in the order of steps, then of distance. */
  readonly waited: readonly Edge[]
  /** What it brings about later, over brokers and change streams. */
  readonly caused: readonly Edge[]
  /** Out of what it waits for, what it may wait for as well, as something is said to be unknown: it must not be called missing. */
  readonly unsure: readonly Edge[]
  /** Whether a relation is waited for (`caused` ones are not). */
  waitsFor(relation: string): boolean
  /** Whether one of its steps names the relation, rather than that it belongs because its component is reached. */
  names(relation: string): boolean
  /** Relations that only some requests take: those that stand in `when` and nowhere else. */
  readonly conditional: ReadonlySet<string>
  /** Sets of relations of which one is enough, because an `any-of` says so. */
  readonly anyOf: readonly (readonly Edge[])[]
  /** From the entries over what is waited for. */
  readonly reach: Reach
  /** From the entries over what is waited for and what is caused. */
  readonly causeReach: Reach
}

export function flowsOf(model: Model, graph: Graph, kept?: Unchanged): readonly FlowPaths[] {
  if (model.flows.length > 0) return model.flows.map((flow) => kept?.paths(flow) ?? flowPaths(model, graph, flow))
  return model.components
    .filter((component) => component.kind === 'client')
    .map(
      (client) =>
        kept?.paths(client) ?? pathsOf(graph, { id: client.id, name: `the requests of \`${client.name}\``, at: client.origin, entries: [client.id], steps: [], anyOf: [], needs: [] }),
    )
}

/** Those that a relation belongs to, waited for or brought about, in their order. */
export function flowsOver(flows: readonly FlowPaths[], relation: string): readonly FlowPaths[] {
  return indexOf(flows).over(relation)
}

/** Those that wait for any of the relations, each once, in their order. */
export function flowsWaiting(flows: readonly FlowPaths[], relations: readonly string[]): readonly FlowPaths[] {
  const { over, place } = indexOf(flows)
  const waiting = relations.map((relation) => over(relation).filter((flow) => flow.waitsFor(relation)))
  return waiting.length < 2 ? waiting.flat() : [...new Set(waiting.flat())].sort((a, b) => place.get(a)! - place.get(b)!)
}

/** Those that wait for a component, or begin there, in their order. */
export function flowsThrough(flows: readonly FlowPaths[], component: string): readonly FlowPaths[] {
  return indexOf(flows).through(component)
}

interface Index {
  readonly place: ReadonlyMap<FlowPaths, number>
  over(relation: string): readonly FlowPaths[]
  through(component: string): readonly FlowPaths[]
}

/** Kept with the list, so that a question about one relation does not ask every flow. */
function indexOf(flows: readonly FlowPaths[]): Index {
  const made = indexes.get(flows) ?? {
    place: new Map(flows.map((flow, at) => [flow, at])),
    over: sorted(flows, ({ waited, caused }) => new Set([...waited, ...caused].map((edge) => edge.relation.id))),
    through: sorted(flows, ({ reach }) => reach.components.keys()),
  }
  indexes.set(flows, made)
  return made
}

/** By what each of them has, when somebody asks for the first. */
function sorted(flows: readonly FlowPaths[], has: (flow: FlowPaths) => Iterable<string>): (id: string) => readonly FlowPaths[] {
  let lists: Map<string, FlowPaths[]> | undefined
  return (id) => {
    if (!lists) {
      lists = new Map()
      for (const flow of flows) {
        for (const each of has(flow)) {
          const list = lists.get(each)
          if (list) list.push(flow)
          else lists.set(each, [flow])
        }
      }
    }
    return lists.get(id) ?? []
  }
}

const indexes = new WeakMap<readonly FlowPaths[], Index>()

/** Whether one of the steps, however deep inside, names such a relation. */
export function namesAny(steps: readonly Step[], such: (relation: string) => boolean): boolean {
  return steps.some((step) => (step.type === 'relation' ? step.relations.some(such) : namesAny(step.steps, such)))
}

/** Of one flow, which need not be one that the design declares. */
export function flowPaths(model: Model, graph: Graph, flow: Flow): FlowPaths {
  return pathsOf(graph, declared(model, graph, flow))
}

interface Outline {
  readonly id: string
  readonly flow?: Flow
  readonly name: string
  readonly at: Origin
  readonly entries: readonly string[]
  readonly steps: readonly { readonly edge: Edge; readonly conditional: boolean }[]
  readonly anyOf: readonly (readonly Edge[])[]
  /** Components that the person waits for although a message leads to them. */
  readonly needs: readonly string[]
}

function declared(model: Model, graph: Graph, flow: Flow): Outline {
  const find = lookup(model)
  const steps: { edge: Edge; conditional: boolean }[] = []
  const anyOf: Edge[][] = []
  let first: readonly Edge[] = []
  const visit = (list: readonly Step[], conditional: boolean, choice: Edge[] | undefined): void => {
    for (const step of list) {
      if (step.type === 'relation') {
        const edges = step.relations.flatMap((id) => graph.edge(id) ?? [])
        if (first.length === 0) first = edges
        choice?.push(...edges)
        steps.push(...edges.map((edge) => ({ edge, conditional })))
      } else if (step.type === 'any-of') {
        const inside: Edge[] = []
        visit(step.steps, conditional, inside)
        choice?.push(...inside)
        anyOf.push(...choices(inside))
      } else visit(step.steps, conditional || step.type === 'when', choice)
    }
  }
  visit(flow.steps, false, undefined)
  const said = references(flow.facts, 'entry').filter((target) => target.kind === 'component' && find.component(target.id))
  return {
    id: flow.id,
    flow,
    name: `"${flow.title}"`,
    at: flow.origin,
    // Where it is said to be unknown where it starts, it reaches nothing for certain.
    entries: said.length > 0 ? said.map((target) => target.id) : saysUnknown(flow.facts, 'entry') ? [] : [...new Set(first.map((edge) => edge.needer))],
    steps,
    anyOf,
    needs: references(flow.facts, 'needs').filter((target) => target.kind === 'component').map((target) => target.id),
  }
}

/** Inside of an `any-of`, the relations that leave one component are alternatives; the rest of each chain follows its own. */
function choices(edges: readonly Edge[]): readonly Edge[][] {
  const byNeeder = new Map<string, Edge[]>()
  for (const edge of edges) {
    const group = byNeeder.get(edge.needer)
    if (group) group.push(edge)
    else byNeeder.set(edge.needer, [edge])
  }
  return [...byNeeder.values()].filter((group) => group.length > 1)
}

function pathsOf(graph: Graph, outline: Outline): FlowPaths {
  const waited = new Map<string, Edge>()
  const caused = new Map<string, Edge>()
  const inWait = new Set(outline.entries)
  const later = new Set<string>()
  /** Components of which the flow names relations: only those belong to it. */
  const named = new Set<string>()

  for (const { edge } of outline.steps) {
    named.add(edge.relation.from)
    if (edge.waits === 'no' || (later.has(edge.needer) && !inWait.has(edge.needer))) {
      caused.set(edge.relation.id, edge)
      if (!inWait.has(edge.relation.to)) later.add(edge.relation.to)
    } else {
      waited.set(edge.relation.id, edge)
      inWait.add(edge.needer)
      inWait.add(edge.needed)
    }
  }
  for (const component of inWait) {
    if (named.has(component)) continue
    for (const { edge, to } of graph.sync(component)) {
      if (!belongsUnnamed(edge)) continue
      waited.set(edge.relation.id, edge)
      inWait.add(to)
    }
  }
  const behind = new Set([...inWait, ...later])
  const changed = new Set([...waited.values(), ...caused.values()].flatMap((edge) => (onlyAsks(edge) ? [] : [edge.relation.to])))
  for (const component of behind) {
    if (named.has(component)) continue
    for (const { edge, to } of afterwards(graph, component, inWait.has(component))) {
      // A stream of changes has nothing to carry where the flow only reads.
      if (waited.has(edge.relation.id) || caused.has(edge.relation.id) || (edge.verb.load === 'writes' && asked(component))) continue
      caused.set(edge.relation.id, edge)
      // What was only read so far is looked at once more.
      if (!onlyAsks(edge) && !changed.has(to)) (changed.add(to), behind.delete(to))
      behind.add(to)
    }
  }
  promote(graph, outline, inWait, waited, caused)

  function asked(component: string): boolean {
    return !changed.has(component) && !outline.entries.includes(component)
  }

  const steps = new Set(outline.steps.map((step) => step.edge.relation.id))
  const conditional = new Set<string>()
  const always = new Set(outline.steps.filter((step) => !step.conditional).map((step) => step.edge.relation.id))
  for (const { edge, conditional: branch } of outline.steps) if (branch && !always.has(edge.relation.id)) conditional.add(edge.relation.id)

  const next = hopsOf([...waited.values()], (edge) => ({ from: edge.needer, to: edge.needed }))
  const nextCaused = hopsOf([...caused.values()], (edge) => ({ from: edge.relation.from, to: edge.relation.to }))
  const reach = walk(outline.entries, (component) => next.get(component) ?? [])
  return {
    id: outline.id,
    ...(outline.flow && { flow: outline.flow }),
    name: outline.name,
    at: outline.at,
    entries: outline.entries,
    waited: [...waited.values()],
    caused: [...caused.values()],
    unsure: graph.unsure.filter((edge) => reach.has(edge.needer) && !waited.has(edge.relation.id)),
    waitsFor: (relation) => waited.has(relation),
    names: (relation) => steps.has(relation),
    conditional,
    anyOf: outline.anyOf,
    reach,
    causeReach: walk(outline.entries, (component) => [...(next.get(component) ?? []), ...(nextCaused.get(component) ?? [])]),
  }
}

/** When a relation is travelled in the course of a flow: its first and its last place among the steps. */
export interface Moments {
  readonly first: number
  readonly last: number
}

/**
 * The order of the steps that a flow names, by relation. What stands in one `parallel`, in one `any-of` or in one step has no order of its
 * own and counts as one moment.
 */
export function momentsOf({ flow }: FlowPaths): ReadonlyMap<string, Moments> {
  const moments = new Map<string, Moments>()
  let now = 0
  const visit = (steps: readonly Step[], together: boolean): void => {
    for (const step of steps) {
      if (!together) now++
      if (step.type !== 'relation') visit(step.steps, together || step.type === 'parallel' || step.type === 'any-of')
      else for (const id of step.relations) moments.set(id, { first: moments.get(id)?.first ?? now, last: now })
    }
  }
  visit(flow?.steps ?? [], false)
  return moments
}

/**
 * A relation with a fallback is still tried by each request, so it belongs; one that is soft does not, unless it is named. Neither does one of which
 * it is said to be unknown whether it is soft: nothing is held against a flow for what may not be in it. Of alternatives one more only helps.
 */
function belongsUnnamed(edge: Edge): boolean {
  return (!edge.unsure || edge.verb.name === 'routes') && (edge.hard !== 'no' || edge.fallback !== undefined)
}

function onlyAsks({ verb, relation }: Edge): boolean {
  return verb.name === 'reads' || verb.name === 'caches' || word(relation.facts, 'op') === 'read'
}

/** What goes on behind the answer: a broker's consumers, a store's captures, and all that those do. */
export function afterwards(graph: Graph, component: string, waitedFor: boolean): readonly Hop[] {
  const causes = graph.causes(component).filter(({ edge }) => edge.waits === 'no')
  return waitedFor ? causes : [...causes, ...graph.sync(component).filter(({ edge }) => belongsUnnamed(edge))]
}

/** `needs: [x]` makes the person wait for x: the messages on the shortest way to it are waited for too. */
function promote(graph: Graph, outline: Outline, inWait: Set<string>, waited: Map<string, Edge>, caused: Map<string, Edge>): void {
  if (outline.needs.length === 0) return
  const next = hopsOf([...caused.values()], (edge) => ({ from: edge.relation.from, to: edge.relation.to }))
  const reach = walk([...inWait], (component) => next.get(component) ?? [])
  for (const needed of outline.needs) {
    for (const edge of reach.path(needed)) {
      caused.delete(edge.relation.id)
      waited.set(edge.relation.id, { ...edge, needer: edge.relation.from, needed: edge.relation.to, waits: 'yes', hard: 'yes' })
      if (edge.relation.to !== needed) continue
      for (const hop of graph.hard(needed)) if (caused.delete(hop.edge.relation.id)) waited.set(hop.edge.relation.id, hop.edge)
    }
  }
}

function hopsOf(edges: readonly Edge[], ends: (edge: Edge) => { from: string; to: string }): ReadonlyMap<string, readonly Hop[]> {
  const map = new Map<string, Hop[]>()
  for (const edge of edges) {
    const { from, to } = ends(edge)
    const hops = map.get(from)
    if (hops) hops.push({ edge, to })
    else map.set(from, [{ edge, to }])
  }
  return map
}
