/**
 * How a failure runs through one flow: needs that are not met any more, what stands in for them, and which components fall because of that.
 * Each need is looked at when something that it could use is lost, so the cost is that of the part of the flow that the failure touches.
 */
import { known, limit, word } from '../model/facts.ts'
import { isContainer, lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import type { Edge } from './graph.ts'
import { takeoverOf } from './recovery.ts'
import type { Strike } from './strike.ts'
import type { Alternative, Need, SuccessGraph } from './success.ts'
import { effectsBehind } from './visits.ts'

/** A need that met its loss, and what the needer does about it. */
export interface LostNeed {
  readonly need: Need
  /** The first of its alternatives that is lost: where the story of this need begins. */
  readonly edge: Edge
  readonly component: string
  /** Behind the component's name: `is down`, `takes no writes …`. */
  readonly because: string
  /**
   * `falls`: the needer fails with it. `stands-in`: another component does the work. `spare`: only what would have stood in is lost. `value`: a value
   * stands in, or a soft need goes without. `branch`: only the requests that take this branch fail. `part`: a part of the keys is gone. `unknown`: the
   * design does not say.
   */
  readonly then: 'falls' | 'stands-in' | 'spare' | 'value' | 'branch' | 'part' | 'unknown'
  /** What stands in: a component's id, or a value such as `empty`. */
  readonly standIn?: string
  /** Others that do so as well: the rest of what a balancer chooses among. */
  readonly others?: readonly string[]
  /** Where it takes over over an arrow that says so: until then nobody answers, so many seconds; `unknown` where that is not stated. */
  readonly pause?: number | 'unknown'
  /** Where the needer keeps what it got before: for how long, in seconds. */
  readonly keeps?: number
}

export interface Fall {
  /** Components that do not work any more, each with the need that took it down; roots have none. */
  readonly fallen: ReadonlyMap<string, LostNeed | undefined>
  readonly lost: readonly LostNeed[]
  /** From this component down to what failed first. */
  trace(component: string): readonly Edge[]
  /** What that was, why it failed or is not reached, and in how many seconds a person has brought up another, where that is known. */
  root(component: string): Root
}

export interface Root {
  readonly component: string
  readonly because: string
  readonly recovers?: number
}

export function fallOf(model: Model, graph: SuccessGraph, strike: Strike): Fall {
  const fallen = new Map<string, LostNeed | undefined>()
  const lost = new Map<Need, LostNeed>()
  const needing = new Map<string, Need[]>()
  for (const need of graph.needs) {
    for (const { component } of need.alternatives) {
      const list = needing.get(component)
      if (list) list.push(need)
      else needing.set(component, [need])
    }
  }
  const queue: string[] = []
  for (const component of graph.components) {
    const hit = strike.hits.get(component)
    if (hit?.of === 'all') {
      fallen.set(component, undefined)
      queue.push(component)
    } else if (hit && (hit.of === 'writes' || hit.of === 'shard')) queue.push(component)
  }
  // What is cut off, or asked for more copies than are left, is lost although it stands.
  for (const need of graph.needs) judge(need)
  for (const component of queue) for (const need of needing.get(component) ?? []) judge(need)

  function judge(need: Need): void {
    const states = need.alternatives.map((alternative) => ({ alternative, why: why(alternative) }))
    // What was asked in the first place, rather than what only stands by.
    const first = states.find(({ alternative, why }) => why !== undefined && !standsBy(alternative)) ?? states.find(({ why }) => why !== undefined)
    if (!first) return
    const { alternative } = first
    const base = { need, edge: alternative.edge, component: alternative.component, because: first.why!.because }
    const alive = states.filter(({ why }) => why === undefined).map((one) => one.alternative)
    if (standsBy(alternative) && alive.some((one) => !standsBy(one))) {
      lost.set(need, { ...base, then: 'spare' })
      return
    }
    const standIn = alive.find((one) => !byHand(one))
    if (standIn) {
      // A target less of a balancer is no loss that a person notices.
      const others = standsBy(standIn) ? [] : alive.filter((one) => one !== standIn && !standsBy(one)).map(({ component }) => component)
      lost.set(need, { ...base, then: 'stands-in', standIn: standIn.component, ...(others.length > 0 && { others }), ...(standIn.takeover && { pause: pauseOf(standIn.takeover) ?? 'unknown' }) })
      return
    }
    if (first.why!.part) {
      lost.set(need, { ...base, then: 'part' })
      return
    }
    const { fallback } = alternative.edge
    const value = fallback && 'value' in fallback ? fallback.value : undefined
    const stale = need.hard === 'yes' ? servesStale(model, graph, alternative.edge) : undefined
    if (stale !== undefined) {
      lost.set(need, { ...base, then: 'value', keeps: stale })
      return
    }
    const hard = need.hard === 'yes' && isOneCell(model, alternative.edge) ? 'branch' : need.hard
    if (hard === 'yes') {
      const [waiting] = alive
      const recovers = waiting?.takeover && decided(waiting.takeover) ? pauseOf(waiting.takeover) : undefined
      const because = waiting ? `${base.because}, and a person has to fail over to \`${nameOf(waiting.component)}\`` : base.because
      const fatal: LostNeed = { ...base, because, then: 'falls', ...(recovers !== undefined && { pause: recovers }) }
      lost.set(need, fatal)
      if (fallen.has(need.needer)) return
      fallen.set(need.needer, fatal)
      queue.push(need.needer)
    } else lost.set(need, { ...base, then: hard === 'branch' ? 'branch' : hard === 'unknown' ? 'unknown' : 'value', ...(value !== undefined && { standIn: value }), ...kept(model, alternative.edge) })
  }

  function why({ component, edge }: Alternative): { readonly because: string; readonly part?: true } | undefined {
    const severed = strike.severed(edge, component)
    if (severed !== undefined) return { because: severed }
    if (fallen.has(component)) {
      const root = fallen.get(component) === undefined ? strike.hits.get(component) : undefined
      return { because: root ? root.because : `fails with \`${nameOf(fallen.get(component)!.component)}\`` }
    }
    const hit = strike.hits.get(component)
    if (hit?.of === 'writes' && component === edge.needed && WRITES.has(edge.verb.name)) return { because: hit.because }
    if (hit?.of === 'shard') return { because: hit.because, part: true }
    return undefined
  }

  function nameOf(component: string): string {
    return lookup(model).component(component)?.name ?? component
  }

  function chain(component: string): readonly LostNeed[] {
    const needs: LostNeed[] = []
    const seen = new Set<string>()
    for (let at = component; fallen.get(at) && !seen.has(at); at = fallen.get(at)!.component) {
      seen.add(at)
      needs.push(fallen.get(at)!)
    }
    return needs
  }

  function root(component: string): Root {
    const last = chain(component).at(-1)
    const at = last?.component ?? component
    const recovers = typeof last?.pause === 'number' ? last.pause : strike.hits.get(at)?.pause
    return { component: at, because: last?.because ?? strike.hits.get(component)?.because ?? 'is down', ...(typeof recovers === 'number' && { recovers }) }
  }

  return { fallen, lost: [...lost.values()], root, trace: (component) => chain(component).map(({ edge }) => edge) }
}

/** How long a CDN or cache answers with what it holds when its origin fails, in seconds; of a flow that changes something behind it, never. */
function servesStale(model: Model, { flow }: SuccessGraph, { needer, relation }: Edge): number | undefined {
  const seconds = limit(lookup(model).component(needer)?.facts ?? {}, 'stale-if-error')
  return seconds === undefined || seconds <= 0 || effectsBehind(flow).has(relation.id) ? undefined : seconds
}

/** How long its last answer stays valid, where that is what lets the needer go on. */
function kept(model: Model, { needed, relation, fallback }: Edge): { readonly keeps?: number } {
  const seconds = fallback ? undefined : (limit(relation.facts, 'cache-validity') ?? limit(lookup(model).component(needed)?.facts ?? {}, 'cache-validity') ?? (relation.verb === 'resolves' ? limit(relation.facts, 'ttl') : undefined))
  return seconds === undefined || !Number.isFinite(seconds) ? {} : { keeps: seconds }
}

/** A router that knows whose request goes to which cell: with one cell, its users are lost. */
function isOneCell(model: Model, { verb, relation }: Edge): boolean {
  if (verb.name !== 'routes' || !known(relation.facts, 'match')) return false
  const find = lookup(model)
  const cellOf = (component: string): string | undefined => find.ancestors(component).find((place) => isContainer(place) && place.kind === 'cell')?.id
  const own = cellOf(relation.to)
  return own !== undefined && find.relationsFrom(relation.from).some(({ verb, to }) => verb === 'routes' && cellOf(to) !== undefined && cellOf(to) !== own)
}

/** It works only where another one does not: it takes over, or the arrow names it as its fallback. */
function standsBy({ takeover, component, edge }: Alternative): boolean {
  return takeover !== undefined || component !== edge.needed
}

function byHand({ takeover }: Alternative): boolean {
  return takeover?.some(({ relation }) => ['manual', 'none'].includes(takeoverOf(relation.facts, '').mode ?? '')) ?? false
}

/** Each person who has to decide has a stated time for it. */
function decided(takeover: readonly Edge[]): boolean {
  return takeover.every(({ relation }) => takeoverOf(relation.facts, '').mode !== 'manual' || takeoverOf(relation.facts, '').decide !== undefined)
}

/** Seconds until the last of those that take over from each other serves; undefined where nothing of it is stated. */
function pauseOf(takeover: readonly Edge[]): number | undefined {
  const steps = takeover.map(({ relation }) => takeoverOf(relation.facts, '')).flatMap(({ detect, decide, promote }) => [detect, decide, promote])
  return steps.every((step) => step === undefined) ? undefined : steps.reduce<number>((sum, step) => sum + (step ?? 0), 0)
}

/** What a store that only lost its writes refuses. */
const WRITES: ReadonlySet<string> = new Set(['writes', 'locks', 'publishes', 'invalidates'])

/** What would say whether the needer goes on without the other end. */
export function deciding(model: Model, { needer, needed, relation }: Edge): string {
  const find = lookup(model)
  const other = find.component(needed)
  if (other && word(other.facts, 'role') === 'rate-limiter') return `\`rate-limit.on-failure\` of \`${find.component(needer)?.name ?? needer}\``
  if (other?.kind === 'cache') return `\`on-failure\` of \`${other.name}\``
  return `\`criticality\` of \`${find.component(relation.from)?.name} → ${find.component(relation.to)?.name}\``
}
