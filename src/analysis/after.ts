/**
 * The design as it is while something fails, again as a model: what is down is gone, arrows lead to what stands in, fewer copies serve, and
 * more is asked. Load, capacity and everything else are computed from it by the same code as on a good day (NUMBERS M1–M4, M11).
 */
import { isAbsent, known, number, range, reference, references, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Flow, Model, Relation, Step } from '../model/model.ts'
import { PLAIN, quantity, type Quantity } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import type { Analysis } from './analysis.ts'
import { namesAny, type FlowPaths } from './flows.ts'
import type { Graph } from './graph.ts'
import type { Failure, Strike } from './strike.ts'

export function modelAfter(model: Model, { graph, flows }: Analysis, failure: Failure, strike: Strike): Model {
  const down = new Set([...strike.hits.values()].flatMap(({ component, of }) => (of === 'all' ? [component] : [])))
  const turned = turnedRelations(model, graph, strike, down)
  const spared = alternatives(model.relations.filter(({ id, from }) => !down.has(from) && turned.get(id) !== null))
  const relations = model.relations.flatMap((relation): readonly Relation[] => {
    if (down.has(relation.from)) return []
    const to = turned.get(relation.id)
    if (to === undefined) return [relation]
    const facts = without(relation.facts, 'hit-ratio', 'fallback')
    if (to !== null) return [{ ...relation, to, facts }]
    // Where others will do, they get its share; elsewhere what was sent to it ends there, and goes nowhere else.
    return isAlternative(relation) && spared.has(relation.from) ? [] : [{ ...relation, to: NOWHERE, facts }]
  })
  const left = new Map(relations.map((relation) => [relation.id, relation]))
  const components = model.components.filter(({ id }) => !down.has(id)).map((component) => asked(weakened(component, strike), failure))
  const changedFlows = model.flows.map((flow, index) => changed(model, graph, flow, flows[index], failure, left, down))
  return {
    ...model,
    components: relations.some(({ to }) => to === NOWHERE) ? [...components, nowhere(model)] : components,
    relations: sharedAnew(model, relations),
    flows: changedFlows,
  }
}

/** Where requests end that reach nobody any more. No text can name it. */
const NOWHERE = '(nowhere)'

function nowhere({ files }: Model): Component {
  const start = { line: 0, character: 0 }
  const origin = { file: files[0] ?? '', range: { start, end: start } }
  return { id: NOWHERE, name: 'nowhere', kind: 'service', writtenKind: 'service', origin, extent: origin, facts: {}, parts: [] }
}

/** Relation id → where it leads instead, or `null` where nothing stands in. What still reaches its end is not in it. */
function turnedRelations(model: Model, graph: Graph, strike: Strike, down: ReadonlySet<string>): ReadonlyMap<string, string | null> {
  const turned = new Map<string, string | null>()
  for (const edge of graph.edges) {
    const { relation } = edge
    if (!down.has(relation.to) && strike.severed(edge, edge.needed) === undefined) continue
    const standIn = [...takersOver(graph, relation.to), ...originsOf(model, graph, relation)].find((component) => component !== relation.from && !down.has(component) && strike.severed(edge, component) === undefined)
    if (standIn !== undefined && !alreadyAsks(model, relation, standIn)) turned.set(relation.id, standIn)
    // What answers too late, or refuses, is asked all the same.
    else if (standIn !== undefined || !strike.arrives(edge, relation.to)) turned.set(relation.id, null)
  }
  return turned
}

/** Where one of several targets is gone, the others get its share, each as much more as it had. */
function sharedAnew(model: Model, relations: readonly Relation[]): readonly Relation[] {
  const before = alternatives(model.relations)
  const after = alternatives(relations)
  return relations.map((relation) => {
    const own = number(relation.facts, 'share')
    const [had, have] = [before.get(relation.from) ?? [], after.get(relation.from) ?? []]
    if (own === undefined || !have.includes(relation) || have.length === had.length) return relation
    const [whole, left] = [sharesOf(had), sharesOf(have)]
    // What states no share takes the rest as it is.
    if (left === undefined || left <= 0) return relation
    return { ...relation, facts: { ...relation.facts, share: derived(quantity((own * Math.min(1, whole ?? 1)) / left, PLAIN), 'with the share of what is gone') } }
  })
}

/** By the component that chooses. */
function alternatives(relations: readonly Relation[]): ReadonlyMap<string, readonly Relation[]> {
  const found = new Map<string, Relation[]>()
  for (const relation of relations) {
    if (!isAlternative(relation)) continue
    const siblings = found.get(relation.from)
    if (siblings) siblings.push(relation)
    else found.set(relation.from, [relation])
  }
  return found
}

/** One of several that will do; with `match` it is the only one for what it matches. */
function isAlternative({ verb, facts }: Relation): boolean {
  return verb === 'routes' && isAbsent(facts, 'match')
}

/** Undefined where one of them states none. */
function sharesOf(relations: readonly Relation[]): number | undefined {
  let sum = 0
  for (const { facts } of relations) {
    const share = number(facts, 'share')
    if (share === undefined) return undefined
    sum += share
  }
  return sum
}

/** What takes over from it, and from that in turn. */
function takersOver(graph: Graph, component: string): readonly string[] {
  const found = new Set([component])
  for (const at of found) for (const edge of graph.needs(at)) if (edge.verb.name === 'fails-over-to') found.add(edge.relation.to)
  return [...found].slice(1)
}

/** What the arrow says that it falls back to, and behind a cache that lets its readers by, what that is filled from. */
function originsOf(model: Model, graph: Graph, relation: Relation): readonly string[] {
  const fallback = reference(relation.facts, 'fallback')
  const named = fallback?.kind === 'component' ? [fallback.id] : []
  const cache = lookup(model).component(relation.to)
  if (cache?.kind !== 'cache' || relation.verb !== 'reads') return named
  if (answeredOtherwise(graph, relation, cache)) return named
  const fills = graph.needs(cache.id).flatMap((edge) => (edge.verb.name === 'caches' ? [edge.relation.to] : []))
  const rebuilt = references(cache.facts, 'rebuild-from').flatMap(({ kind, id }) => (kind === 'component' && ANSWERS.has(lookup(model).component(id)?.kind ?? '') ? [id] : []))
  return [...named, ...fills, ...rebuilt]
}

/** A gutter pool, a stale copy, an error or a value that stands in does not send anybody to the origin. */
function answeredOtherwise(graph: Graph, relation: Relation, cache: Component): boolean {
  const onFailure = word(cache.facts, 'on-failure')
  const fallback = graph.edge(relation.id)?.fallback
  return (onFailure !== undefined && onFailure !== 'bypass') || (fallback !== undefined && 'value' in fallback)
}

const ANSWERS: ReadonlySet<string> = new Set(['database', 'object-store', 'search', 'service', 'external', 'cache'])

/** It reads from there by itself: with the cache gone, that arrow carries all of it. */
function alreadyAsks(model: Model, relation: Relation, component: string): boolean {
  return lookup(model)
    .relationsFrom(relation.from)
    .some((other) => other.id !== relation.id && other.to === component && other.verb === relation.verb)
}

function weakened(component: Component, { hits }: Strike): Component {
  const hit = hits.get(component.id)
  if (!hit || hit.left === undefined || hit.of === 'shard') return component
  const replicas = range(component.facts, 'replicas')
  if (!replicas) return component
  const fact = (count: number): Fact => derived(quantity(count, PLAIN), 'what the failure leaves')
  const { facts } = withoutScaling(component)
  return { ...component, facts: { ...facts, replicas: fact(hit.left) } }
}

/** With the copies that run, at least: what autoscaling may start is not there yet. */
export function withoutScaling(component: Component): Component {
  const replicas = known(component.facts, 'replicas')?.value
  const least = replicas?.type === 'span' ? range(component.facts, 'replicas')?.from : (number(component.facts, 'replicas') ?? number(component.facts, 'autoscale.min'))
  const running: Facts = least === undefined ? {} : { replicas: derived(quantity(least, PLAIN), 'without what autoscaling may start') }
  return { ...component, facts: { ...without(component.facts, 'autoscale', 'autoscale.min', 'autoscale.max', 'autoscale.ready'), ...running } }
}

function changed(model: Model, graph: Graph, flow: Flow, paths: FlowPaths | undefined, failure: Failure, left: ReadonlyMap<string, Relation>, down: ReadonlySet<string>): Flow {
  const factor = failure.surges?.get(flow.id)
  if (factor === undefined && !namesAny(flow.steps, (id) => left.get(id) !== lookup(model).relation(id))) return flow
  const facts = factor === undefined ? flow.facts : surged(flow.facts, factor)
  const steps = stepsAfter(model, graph, flow.steps, left, down)
  const cutOff = paths ? cutOffIn(paths, left) : new Set<string>()
  if (cutOff.size === 0) return { ...flow, facts, steps }
  // Nobody comes by any more where the way there is cut: its steps would begin anew.
  return { ...flow, facts, steps: kept(steps, (id) => !cutOff.has(left.get(id)!.from)) }
}

/** Components to which the flow found its way before, and does not now. */
function cutOffIn({ entries, waited, caused }: FlowPaths, left: ReadonlyMap<string, Relation>): ReadonlySet<string> {
  const edges = [...waited, ...caused]
  const before = reachedOver(entries, edges.map(({ relation }) => relation))
  const after = reachedOver(entries, edges.flatMap(({ relation }) => left.get(relation.id) ?? []))
  return new Set([...before].filter((component) => !after.has(component)))
}

function reachedOver(entries: readonly string[], relations: readonly Relation[]): ReadonlySet<string> {
  const next = Map.groupBy(relations, ({ from }) => from)
  const reached = new Set(entries)
  for (const component of reached) for (const { to } of next.get(component) ?? []) reached.add(to)
  return reached
}

function kept(steps: readonly Step[], such: (relation: string) => boolean): readonly Step[] {
  return steps.flatMap((step): readonly Step[] => {
    if (step.type !== 'relation') return [{ ...step, steps: kept(step.steps, such) }]
    const relations = step.relations.filter(such)
    return relations.length > 0 ? [{ ...step, relations }] : []
  })
}

/** A client that asks for more, in a design without flows. */
function asked(component: Component, failure: Failure): Component {
  const factor = failure.surges?.get(component.id)
  return factor === undefined ? component : { ...component, facts: surged(component.facts, factor) }
}

const RATES = ['rate', 'rate.avg', 'rate.peak', 'peak'] as const

function surged(facts: Facts, factor: number): Facts {
  const more: Record<string, Fact> = { ...facts }
  for (const path of RATES) {
    const value = known(facts, path)?.value
    if (value?.type === 'quantity') more[path] = derived({ ...value, value: value.value * factor, text: undefined } as Quantity, `${factor} times as much`)
  }
  // A surge is what is meant to happen now, not on top of it.
  if (number(facts, 'surge') !== undefined) delete more['surge']
  return more
}

/** Without what is gone; a branch that only misses of a dead cache took is now taken by all. */
function stepsAfter(model: Model, graph: Graph, steps: readonly Step[], left: ReadonlyMap<string, Relation>, down: ReadonlySet<string>): readonly Step[] {
  const find = lookup(model)
  const lostReads = steps.flatMap((step) => (step.type === 'relation' ? step.relations : [])).flatMap((id) => {
    const relation = find.relation(id)
    const cache = relation && find.component(relation.to)
    return relation && cache?.kind === 'cache' && relation.verb === 'reads' && down.has(relation.to) && !answeredOtherwise(graph, relation, cache) ? [relation] : []
  })
  let asked: readonly string[] = []
  return steps.flatMap((step): readonly Step[] => {
    if (step.type === 'relation') {
      asked = step.relations
      const relations = step.relations.filter((id) => left.has(id))
      return relations.length > 0 ? [{ ...step, relations }] : []
    }
    const inner = stepsAfter(model, graph, step.steps, left, down)
    if (step.type !== 'when') return [{ ...step, steps: inner }]
    const misses = step.steps.some((one) => one.type === 'relation' && one.relations.some((id) => lostReads.some((lost) => isMissOf(model, graph, lost, find.relation(id), asked))))
    return misses ? [{ ...step, share: 1, steps: inner }] : [{ ...step, steps: inner }]
  })
}

/** Whether the same component reads there what this cache does not have: from where it is filled, or, where nobody says from where, right after asking it. */
function isMissOf(model: Model, graph: Graph, lost: Relation, relation: Relation | undefined, asked: readonly string[]): boolean {
  if (relation?.from !== lost.from || relation.verb !== 'reads') return false
  const origins = originsOf(model, graph, lost)
  return origins.length > 0 ? origins.includes(relation.to) : asked.includes(lost.id)
}

function derived(value: Quantity, how: string): Fact {
  return { from: 'derived', value, how }
}

function without(facts: Facts, ...paths: readonly string[]): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([path]) => !paths.includes(path)))
}
