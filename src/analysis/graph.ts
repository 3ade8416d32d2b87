/**
 * The design as a graph. Nodes are components; an edge is a relation, seen from the one that needs to the one that is needed, with what
 * the walks ask of it: does the needer wait, does its work fail with it, and where does the data go (CONVENTIONS 0.3).
 */
import { isNone, known, limit, number, reference, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import { vocabulary } from '../vocabulary/index.ts'
import type { Verb } from '../vocabulary/vocabulary.ts'
import type { Unchanged } from './unchanged.ts'

/** Three-valued: a rule acts on `yes` only. */
export type Certainty = 'yes' | 'no' | 'unknown'

export interface Edge {
  readonly relation: Relation
  readonly verb: Verb
  /** The component that depends on the other. */
  readonly needer: string
  readonly needed: string
  /** Whether the needer waits for the answer; `acceptance` is a broker's word that it has the message, and no further. */
  readonly waits: 'yes' | 'no' | 'acceptance'
  /** Whether the needer's work fails when this does. `no` where it is soft, has a fallback, or nobody waits. */
  readonly hard: Certainty
  /** Something is said to be unknown by which it might be soft, or nobody wait for it. */
  readonly unsure: boolean
  /** What stands in when it fails: another component, or a value such as `empty` or `stale(10min)`. */
  readonly fallback?: { readonly component: string } | { readonly value: string }
  /** Where its data comes from and goes to; unset for a relation that carries none. `both` counts as with the arrow. */
  readonly data?: { readonly from: string; readonly to: string }
}

/** A step of a walk: the edge that was taken, and the component it led to. */
export interface Hop {
  readonly edge: Edge
  readonly to: string
}

export interface Graph {
  /** In the order of the text. */
  readonly edges: readonly Edge[]
  /** Those that are unsure: mostly none. */
  readonly unsure: readonly Edge[]
  edge(relation: string): Edge | undefined
  /** What the component needs: its edges as needer. */
  needs(component: string): readonly Edge[]
  neededBy(component: string): readonly Edge[]
  /** One step of the synchronous closure: the edges over which the component waits for somebody. */
  sync(component: string): readonly Hop[]
  /** One step of the hard closure. */
  hard(component: string): readonly Hop[]
  /** One step of what it brings about: calls, writes, publishes; a broker its consumers; a database its captures; a scheduler its targets. */
  causes(component: string): readonly Hop[]
  /** One step along the data. */
  dataFlow(component: string): readonly Hop[]
  /** One step against the data: where what the component holds came from. `to` is the source. */
  dataSources(component: string): readonly Hop[]
}

export function graphOf(model: Model, kept?: Unchanged): Graph {
  const find = lookup(model)
  const edges = model.relations.flatMap((relation) => kept?.edge(relation) ?? edgeOf(relation, find.component(relation.from), find.component(relation.to)))
  const byRelation = new Map(edges.map((edge) => [edge.relation.id, edge]))
  let needs: ReadonlyMap<string, readonly Edge[]> | undefined
  let neededBy: ReadonlyMap<string, readonly Edge[]> | undefined
  const sync = steps(edges, (edge) => edge.waits !== 'no', (edge) => edge.needer, (edge) => edge.needed)
  const hard = steps(edges, (edge) => edge.hard === 'yes', (edge) => edge.needer, (edge) => edge.needed)
  const causes = steps(edges, (edge) => CAUSES.has(edge.verb.name), (edge) => edge.relation.from, (edge) => edge.relation.to)
  const dataFlow = steps(edges, (edge) => edge.data !== undefined, (edge) => edge.data!.from, (edge) => edge.data!.to)
  const dataSources = steps(edges, (edge) => edge.data !== undefined, (edge) => edge.data!.to, (edge) => edge.data!.from)
  return {
    edges,
    unsure: edges.filter((edge) => edge.unsure),
    edge: (relation) => byRelation.get(relation),
    needs: (component) => (needs ??= group(edges, (edge) => edge.needer)).get(component) ?? [],
    neededBy: (component) => (neededBy ??= group(edges, (edge) => edge.needed)).get(component) ?? [],
    sync,
    hard,
    causes,
    dataFlow,
    dataSources,
  }
}

/** Verbs by which one component brings another to do something. Their arrows all run from the cause to the effect. */
const CAUSES: ReadonlySet<string> = new Set(['calls', 'routes', 'writes', 'publishes', 'delivers', 'captures', 'triggers', 'invalidates'])

function edgeOf(relation: Relation, source: Component | undefined, target: Component | undefined): Edge | [] {
  const verb = vocabulary.verb(relation.verb)?.verb
  if (!verb) return []
  const toNeeds = verb.needer === 'to'
  const waits = waitsFor(relation, verb)
  const fallback = fallbackOf(relation)
  const unsure = unsureOf(relation, target)
  return {
    relation,
    verb,
    needer: toNeeds ? relation.to : relation.from,
    needed: toNeeds ? relation.from : relation.to,
    waits,
    hard: hardness(relation, verb, waits, fallback !== undefined, unsure, source, target),
    unsure,
    ...(fallback && { fallback }),
    ...(verb.dataFlow !== 'none' && {
      data: verb.dataFlow === 'against' ? { from: relation.to, to: relation.from } : { from: relation.from, to: relation.to },
    }),
  }
}

function waitsFor(relation: Relation, verb: Verb): Edge['waits'] {
  // A setting that each request needs is waited for by the configured one; all others are in hand already.
  if (verb.name === 'configures' && word(relation.facts, 'needed-for') === 'request') return 'yes'
  // Where it is said to be unknown whether anybody waits, nobody is accused of waiting.
  if (verb.sync === 'no' || word(relation.facts, 'async') === 'yes' || saysUnknown(relation.facts, 'async')) return 'no'
  if (verb.sync === 'acceptance') return 'acceptance'
  // `a ~> b : calls` is fire and forget: the arrow says that nobody waits.
  return relation.arrow === 'message' ? 'no' : 'yes'
}

function hardness(
  relation: Relation,
  verb: Verb,
  waits: Edge['waits'],
  hasFallback: boolean,
  unsure: boolean,
  source: Component | undefined,
  target: Component | undefined,
): Certainty {
  if (waits === 'no' || hasFallback) return 'no'
  if (unsure) return 'unknown'
  const said = word(relation.facts, 'criticality')
  if (said === 'soft' || said === 'optional') return 'no'
  if (said === 'hard' || said === 'critical') return 'yes'
  if (isOutlived(relation, target)) return 'no'
  const when = word(relation.facts, 'needed-for')
  if (when === 'start' || when === 'nothing') return 'no'
  if (verb.name === 'configures') return 'yes'
  if (!verb.hard) return 'no'
  if (target && word(target.facts, 'role') === 'rate-limiter') return limiterHardness(source, target)
  return target?.kind === 'cache' ? cacheHardness(verb, source, target) : 'yes'
}

/** What a person says to be unknown might be what makes it soft. */
function unsureOf(relation: Relation, target: Component | undefined): boolean {
  return ['async', 'criticality', 'fallback', 'cache-validity', 'needed-for'].some((path) => saysUnknown(relation.facts, path)) || (target !== undefined && saysUnknown(target.facts, 'cache-validity'))
}

/**
 * Static stability: the needer keeps what it got for a stated time. Where the other end says how long it takes to come back, the time must
 * be at least that long.
 */
function isOutlived(relation: Relation, target: Component | undefined): boolean {
  const validity = limit(relation.facts, 'cache-validity') ?? (target && limit(target.facts, 'cache-validity')) ?? (relation.verb === 'resolves' ? limit(relation.facts, 'ttl') : undefined)
  if (validity === undefined || isNone(relation.facts, 'cache-validity')) return false
  const back = target && number(target.facts, 'rto')
  return back === undefined || validity >= back
}

/** Without its counter a limiter lets all through or nobody: only who says which is known. */
function limiterHardness(source: Component | undefined, limiter: Component): Certainty {
  const said = (source && word(source.facts, 'rate-limit.on-failure')) ?? word(limiter.facts, 'rate-limit.on-failure')
  return said === undefined ? 'unknown' : said === 'closed' ? 'yes' : 'no'
}

/**
 * A cache in front of something is commonly passed by when it fails, so only a cache that says that it fails, or that is plainly the place
 * where its data lives, takes its reader down with it.
 */
function cacheHardness(verb: Verb, source: Component | undefined, cache: Component): Certainty {
  const onFailure = word(cache.facts, 'on-failure')
  if (onFailure === 'fail') return 'yes'
  if (onFailure !== undefined) return 'no'
  if (verb.name === 'locks') return 'yes'
  // To write there is what this one is for: its message is not done until it has, and comes again.
  if (verb.name === 'writes' && source !== undefined && FILLING.has(source.kind) && !saysUnknown(cache.facts, 'on-failure')) return 'yes'
  if (['on-failure', 'pattern', 'rebuild-from'].some((path) => saysUnknown(cache.facts, path))) return 'unknown'
  const keeps = known(cache.facts, 'stores') !== undefined && known(cache.facts, 'pattern')?.fact.from !== 'stated' && !known(cache.facts, 'rebuild-from')
  return keeps ? 'yes' : 'unknown'
}

/** Kinds that work on messages and have nobody to answer. */
const FILLING: ReadonlySet<string> = new Set(['worker', 'stream-processor', 'batch'])

function fallbackOf(relation: Relation): Edge['fallback'] | undefined {
  const stated = known(relation.facts, 'fallback')
  if (!stated) return undefined
  const component = reference(relation.facts, 'fallback')
  if (component?.kind === 'component') return { component: component.id }
  const value = word(relation.facts, 'fallback')
  return value === undefined || value === 'none' || value === 'no' ? undefined : { value }
}

/** Breadth first over `next`, each component once: what is reached, and the shortest way there. The starts are reached by an empty way. */
export function walk(starts: Iterable<string>, next: (component: string) => readonly Hop[]): Reach {
  return walkWhile(starts, next, () => true)
}

/** The same, for as long as each component that is come to says so: what is beyond the one that says no is not looked at. */
export function walkWhile(starts: Iterable<string>, next: (component: string) => readonly Hop[], goesOn: (component: string, reach: Reach) => boolean): Reach {
  const cameBy = new Map<string, { readonly from: string; readonly edge: Edge } | undefined>()
  for (const start of starts) cameBy.set(start, undefined)
  const reach = reachOf(cameBy)
  for (const component of cameBy.keys()) {
    if (!goesOn(component, reach)) break
    for (const { edge, to } of next(component)) if (!cameBy.has(to)) cameBy.set(to, { from: component, edge })
  }
  return reach
}

function reachOf(cameBy: ReadonlyMap<string, { readonly from: string; readonly edge: Edge } | undefined>): Reach {
  return {
    components: cameBy,
    has: (component) => cameBy.has(component),
    path(component) {
      const path: Edge[] = []
      for (let at = cameBy.get(component); at; at = cameBy.get(at.from)) path.push(at.edge)
      return path.reverse()
    },
  }
}

export interface Reach {
  /** What was reached, in the order of distance; keys only are of interest. */
  readonly components: ReadonlyMap<string, unknown>
  has(component: string): boolean
  /** The edges of a shortest way from a start; empty for a start, and for what was not reached. */
  path(component: string): readonly Edge[]
}

/** One step over the edges that belong, sorted by where they start when somebody takes the first. */
function steps(edges: readonly Edge[], belongs: (edge: Edge) => boolean, from: (edge: Edge) => string, to: (edge: Edge) => string): (component: string) => readonly Hop[] {
  let sorted: ReadonlyMap<string, readonly Hop[]> | undefined
  return (component) => (sorted ??= hops(edges, belongs, from, to)).get(component) ?? []
}

function hops(
  edges: readonly Edge[],
  belongs: (edge: Edge) => boolean,
  from: (edge: Edge) => string,
  to: (edge: Edge) => string,
): ReadonlyMap<string, readonly Hop[]> {
  const map = new Map<string, Hop[]>()
  for (const edge of edges) {
    if (!belongs(edge)) continue
    const list = map.get(from(edge))
    const hop = { edge, to: to(edge) }
    if (list) list.push(hop)
    else map.set(from(edge), [hop])
  }
  return map
}

/** By any id that an edge has, in their order. */
export function group(edges: readonly Edge[], key: (edge: Edge) => string): ReadonlyMap<string, readonly Edge[]> {
  const map = new Map<string, Edge[]>()
  for (const edge of edges) {
    const list = map.get(key(edge))
    if (list) list.push(edge)
    else map.set(key(edge), [edge])
  }
  return map
}
