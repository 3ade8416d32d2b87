/**
 * What nobody empties while something fails, or not fast enough: brokers, change logs and workflows, how fast they grow, until when, and how long
 * it takes to work off what one hour leaves (NUMBERS M5).
 */
import { flag, isUnlimited, known, limit, number, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import type { Analysis } from './analysis.ts'
import type { Consumer } from './consumer-groups.ts'
import { backlogAfter, drainTime, lagGrowth, lossAfter } from './consumers.ts'
import { rateText } from './derivation.ts'
import { fallOf } from './fall.ts'
import type { FlowAfter } from './aftermath.ts'
import { flowPaths, momentsOf, type FlowPaths } from './flows.ts'
import type { Certainty, Edge } from './graph.ts'
import type { Strike } from './strike.ts'
import { successOf } from './success.ts'

/** A broker, or the log of a store, that nobody empties any more. */
export interface Backlog {
  readonly source: string
  readonly consumer: string
  readonly because: string
  /** Messages a second by which it grows; unset where no rate is stated. */
  readonly rate?: number
  /** Seconds until it is full or forgets what was not read, and which of the two; unset where neither is stated. */
  readonly lasts?: { readonly seconds: number; readonly until: 'full' | 'forgets' }
  /** Seconds to work off what one hour leaves, once the consumer is back; unset where its rate is not known, `never` where it cannot. */
  readonly drain?: number | 'never'
}

/** Somebody who works on what a broker or a change stream hands on, and does not, or not fast enough. */
export interface Behind {
  readonly edge: Edge
  readonly component: string
  /** Behind its name: `is down`, `can do 150/s instead of 300/s`. */
  readonly because: string
  /** Messages a second that it gets and can do, where it still works but falls behind. */
  readonly falling?: { readonly arriving: number; readonly can: number }
}

/** By the relation over which they get their work. @param roots what the failure touches. */
export function behindAfter(model: Model, analysis: Analysis, after: Analysis, strike: Strike, roots: readonly string[]): ReadonlyMap<string, Behind> {
  const behind = new Map<string, Behind>()
  const touched = reverseClosure(analysis, roots)
  const judged = new Map<string, string | undefined>()
  for (const edge of analysis.graph.edges) {
    if (edge.verb.name !== 'delivers' && edge.verb.name !== 'captures' && !startsDurable(model, strike, edge)) continue
    const consumer = edge.relation.to
    const source = lookup(model).component(edge.relation.from)
    if (!source || strike.hits.get(source.id)?.of === 'all' || keepsNothing(source)) continue
    const severed = strike.severed(edge, edge.needed)
    if (!touched.has(consumer) && severed === undefined) continue
    if (!judged.has(consumer)) judged.set(consumer, stoppedBecause(model, analysis, strike, consumer))
    const because = severed ?? judged.get(consumer)
    if (because !== undefined) behind.set(edge.relation.id, { edge, component: consumer, because })
  }
  for (const now of after.consumers) {
    const [{ id }] = now.deliveries
    const before = consumerOver(analysis, id)
    const edge = analysis.graph.edge(id)
    if (!before || !edge || now.deliveries.some((delivery) => behind.has(delivery.id))) continue
    const [was, is] = [lagGrowth(before.rate.average, before.can), lagGrowth(now.rate.average, now.can)]
    if (is <= was * 1.001) continue
    const because = now.can < before.can * 0.999 ? `can do ${rateText(now.can)} instead of ${rateText(before.can)}` : `can do ${rateText(now.can)}`
    behind.set(id, { edge, component: now.consumer.id, because, falling: { arriving: now.rate.average, can: now.can } })
  }
  return behind
}

export function backlogsOf(model: Model, after: Analysis, before: Analysis, behind: ReadonlyMap<string, Behind>, flows: readonly FlowAfter[]): readonly Backlog[] {
  const find = lookup(model)
  const stopped = flows.filter(({ state }) => state === 'unavailable')
  return [...behind.values()].flatMap(({ edge, component, because, falling }): readonly Backlog[] => {
    const { id } = edge.relation
    const broker = find.component(edge.relation.from)!
    const source = find.component(keeperOf(model, edge))!
    if (keepsWork(source) !== 'yes') return []
    const usual = before.load.relation(id).average
    const cutShort = new Set(stopped.filter((flow) => flow.paths.causeReach.has(broker.id) && !getsThere(flow, broker.id)).map(({ paths }) => paths.id))
    const brought = after.graph.edge(id) ? after.load.relation(id).average : usual
    const now = [...cutShort].reduce((sum, flow) => sum - after.load.flowRelation(flow, id).average, brought)
    // What brings nothing any more fills nothing.
    if (!falling && ((usual > 0 && now < usual * 0.001) || (isFed(before, broker.id) && !after.flows.some((flow) => !cutShort.has(flow.id) && flow.causeReach.has(broker.id))))) return []
    const grows = falling ? falling.arriving - falling.can : now
    const working = consumerOver(before, id)
    const rate = grows > 0 ? grows : undefined
    const lasts = source === broker ? lastsOf(source, rate, falling) : undefined
    const drained = rate !== undefined && working ? drainTime(backlogAfter(HOUR, rate), working.rate.average, working.can) : undefined
    const drain = drained === undefined ? undefined : Number.isFinite(drained) ? drained : ('never' as const)
    return [{ source: source.id, consumer: component, because, ...(rate !== undefined && { rate }), ...(lasts && { lasts }), ...(drain !== undefined && { drain }) }]
  })
}

const HOUR = 3600

/** A request that fails at one step does not come to the next; where their order is not known, it is not said to. */
function getsThere({ paths, witness }: FlowAfter, broker: string): boolean {
  const moments = momentsOf(paths)
  const last = (edges: readonly Edge[]): number => Math.max(...edges.map(({ relation }) => moments.get(relation.id)?.first ?? -1))
  const [there, failing] = [last(paths.causeReach.path(broker)), last(witness)]
  return there >= 0 && failing >= 0 && there < failing
}

/** Something that a flow sets going comes by. */
function isFed({ flows }: Analysis, broker: string): boolean {
  return flows.some(({ causeReach }) => causeReach.has(broker))
}

/** A part behind an answer that is done later, where somebody keeps it. */
export type Later = Omit<Behind, 'edge'> & { readonly broker?: string; /** Nothing says that it keeps what is to be done. */ readonly open?: boolean }

/** Parts behind the answer of a flow that are not done for now, each once. */
export function laterOf(model: Model, paths: FlowPaths, behind: ReadonlyMap<string, Behind>): readonly Later[] {
  const found = new Map<string, Later>()
  for (const edge of paths.caused) {
    const one = behind.get(edge.relation.id)
    if (!one || found.has(one.component) || isOptional(model, edge)) continue
    const broker = keeperOf(model, edge)
    const open = keepsWork(lookup(model).component(broker)!) === 'unknown'
    found.set(one.component, { component: one.component, because: one.because, broker, ...(open && { open }), ...(one.falling && { falling: one.falling }) })
  }
  return [...found.values()]
}

/** Nobody misses for a while what such a consumer does. */
export function isOptional(model: Model, { relation }: Edge): boolean {
  const said = word(relation.facts, 'criticality') ?? word(lookup(model).component(relation.to)?.facts ?? {}, 'criticality')
  return said === 'optional' || said === 'soft'
}

/** Whether messages wait in it for whoever is away. A topic hands on to those who are there; that it does more has to be said, or known of its technology. */
function keepsWork({ kind, facts }: Component): Certainty {
  if (kind !== 'topic') return 'yes'
  if (flag(facts, 'durable') === false || word(facts, 'delivery') === 'at-most-once') return 'no'
  return flag(facts, 'durable') === true || known(facts, 'retention') || known(facts, 'delivery') ? 'yes' : 'unknown'
}

function keepsNothing(component: Component): boolean {
  return keepsWork(component) === 'no'
}

/** Arrows whose other end does not take what nobody keeps: calls without an answer, starts, what a forgetful topic hands on. */
export function lostOver(model: Model, edges: readonly Edge[], strike: Strike): readonly Edge[] {
  const find = lookup(model)
  return edges.filter((edge) => {
    const { verb, relation, waits } = edge
    const gone = strike.hits.get(relation.to)?.of === 'all' || strike.severed(edge, edge.needed) !== undefined
    if (!gone || waits !== 'no' || strike.hits.get(relation.from)?.of === 'all') return false
    if (verb.name === 'delivers') return keepsNothing(find.component(relation.from)!)
    return verb.name === 'calls' || verb.name === 'triggers'
  })
}

function consumerOver({ consumers }: Analysis, relation: string): Consumer | undefined {
  return consumers.find(({ deliveries }) => deliveries.some(({ id }) => id === relation))
}

/** Somebody starts a workflow that remembers how far it came: it goes on when what it needs is back. */
function startsDurable(model: Model, strike: Strike, { verb, relation }: Edge): boolean {
  const started = lookup(model).component(relation.to)
  return verb.name === 'triggers' && started?.kind === 'workflow' && flag(started.facts, 'durable') === true && strike.hits.get(started.id)?.of !== 'all'
}

/** Everything that may feel it: who needs it, and who needs those. */
function reverseClosure({ graph }: Analysis, starts: readonly string[]): ReadonlySet<string> {
  const reached = new Set(starts)
  for (const component of reached) for (const edge of graph.neededBy(component)) reached.add(edge.needer)
  return reached
}

function stoppedBecause(model: Model, { graph }: Analysis, strike: Strike, consumer: string): string | undefined {
  const component = lookup(model).component(consumer)
  if (!component) return undefined
  const own = strike.hits.get(consumer)
  if (own?.of === 'all') return own.because
  const entry: Fact = { from: 'derived', value: { type: 'reference', to: { kind: 'component', id: consumer } }, how: 'a consumer by itself' }
  const { id, name, origin, extent } = component
  const paths = flowPaths(model, graph, { id, name, title: name, origin, extent, facts: { entry }, steps: [] })
  const fall = fallOf(model, successOf(model, graph, paths), strike)
  const by = fall.fallen.get(consumer)
  if (!by) return undefined
  const failed = lookup(model).component(by.component)?.name ?? by.component
  return by.because.startsWith('the network') ? by.because : `needs \`${failed}\`, which ${by.because}`
}


/** A relay keeps nothing: the store that it reads keeps its log for it. What starts a workflow keeps nothing either: the workflow does. */
function keeperOf(model: Model, { verb, relation: { from: broker, to } }: Edge): string {
  const find = lookup(model)
  if (verb.name === 'triggers') return to
  const read = find.component(broker)?.kind === 'cdc' ? find.relationsTo(broker).find(({ verb }) => verb === 'captures') : undefined
  return read && find.component(read.from) ? read.from : broker
}

/** When it is full, or deletes the first message that nobody has read: the age of that grows by 1 − μ/λ a second. */
function lastsOf(source: Component, rate: number | undefined, falling: Behind['falling']): Backlog['lasts'] | undefined {
  const { facts } = source
  const most = isUnlimited(facts, 'max-length') ? undefined : number(facts, 'max-length')
  const full = most !== undefined && rate !== undefined ? most / rate : undefined
  const times = ['retention', 'max-age'].map((path) => limit(facts, path)).filter((value) => value !== undefined && Number.isFinite(value)) as number[]
  const kept = times.length > 0 ? Math.min(...times) : undefined
  const forgets = kept !== undefined && falling ? lossAfter(kept, falling.arriving, falling.can) : kept
  if (full !== undefined && (forgets === undefined || full < forgets)) return { seconds: full, until: 'full' }
  return forgets === undefined ? undefined : { seconds: forgets, until: 'forgets' }
}
