/**
 * How a failure runs through one flow: needs that are not met any more, what stands in for them, and which components fall because of that.
 * Each need is looked at when something that it could use is lost, so the cost is that of the part of the flow that the failure touches.
 */
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import type { Edge } from './graph.ts'
import type { Strike } from './strike.ts'
import type { Alternative, Need, SuccessGraph } from './success.ts'

/** A need that met its loss, and what the needer does about it. */
export interface LostNeed {
  readonly need: Need
  /** The first of its alternatives that is lost: where the story of this need begins. */
  readonly edge: Edge
  readonly component: string
  /** Behind the component's name: `is down`, `takes no writes …`. */
  readonly because: string
  /**
   * `falls`: the needer fails with it. `stands-in`: another component does the work. `value`: a value stands in, or a soft need goes without.
   * `branch`: only the requests that take this branch fail. `part`: a part of the keys is gone. `unknown`: the design does not say.
   */
  readonly then: 'falls' | 'stands-in' | 'value' | 'branch' | 'part' | 'unknown'
  /** What stands in: a component's id, or a value such as `empty`. */
  readonly standIn?: string
}

export interface Fall {
  /** Components that do not work any more, each with the need that took it down; roots have none. */
  readonly fallen: ReadonlyMap<string, LostNeed | undefined>
  readonly lost: readonly LostNeed[]
  /** From this component down to what failed first. */
  trace(component: string): readonly Edge[]
  /** What that was, and why it failed or is not reached. */
  root(component: string): { readonly component: string; readonly because: string }
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
    const first = states.find(({ why }) => why !== undefined)
    if (!first) return
    const alive = states.find(({ why }) => why === undefined)
    const { alternative } = first
    const base = { need, edge: alternative.edge, component: alternative.component, because: first.why!.because }
    if (alive) {
      // A target less of a balancer is no loss that a person notices.
      lost.set(need, { ...base, then: 'stands-in', standIn: alive.alternative.component })
      return
    }
    if (first.why!.part) {
      lost.set(need, { ...base, then: 'part' })
      return
    }
    const { fallback } = alternative.edge
    const value = fallback && 'value' in fallback ? fallback.value : undefined
    if (need.hard === 'yes') {
      const fatal: LostNeed = { ...base, then: 'falls' }
      lost.set(need, fatal)
      if (fallen.has(need.needer)) return
      fallen.set(need.needer, fatal)
      queue.push(need.needer)
    } else lost.set(need, { ...base, then: need.hard === 'branch' ? 'branch' : need.hard === 'unknown' ? 'unknown' : 'value', ...(value !== undefined && { standIn: value }) })
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

  function root(component: string): { readonly component: string; readonly because: string } {
    const last = chain(component).at(-1)
    return { component: last?.component ?? component, because: last?.because ?? strike.hits.get(component)?.because ?? 'is down' }
  }

  return { fallen, lost: [...lost.values()], root, trace: (component) => chain(component).map(({ edge }) => edge) }
}

/** What a store that only lost its writes refuses. */
const WRITES: ReadonlySet<string> = new Set(['writes', 'locks', 'publishes', 'invalidates'])
