/**
 * How late events can be when they reach a component: what a client keeps while it has no network, and what each hop behind it is known to be
 * behind by. A sum of what is stated, so it is what the delay comes to at least at its worst.
 */
import { known, limit, number } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import type { FlowPaths } from './flows.ts'
import type { Edge } from './graph.ts'
import { time } from './staleness.ts'

export interface Delay {
  /** Seconds; Infinity where a client keeps events without a limit. */
  readonly seconds: number
  /** As a message says it: `` `devices` can be offline for 2h ``. */
  readonly what: string
  readonly fact: Fact
}

export interface Lateness {
  readonly seconds: number
  /** In the order of the way; of a long one, the longest of them. */
  readonly delays: readonly Delay[]
  /** From where the events come. */
  readonly from: Component
  readonly path: readonly Edge[]
  readonly flow: FlowPaths
}

/** The latest that any flow's events can be at a component; unset where nothing is known to delay them. Each flow is walked once. */
export function latenessOf(model: Model, flows: readonly FlowPaths[]): (component: string) => Lateness | undefined {
  const find = lookup(model)
  const name = (id: string): string => find.component(id)?.name ?? id
  let tables: readonly { readonly flow: FlowPaths; readonly reached: ReadonlyMap<string, Reached> }[] | undefined

  return (component) => {
    tables ??= flows.map((flow) => ({ flow, reached: delaysAlong(model, flow) }))
    let worst: { flow: FlowPaths; reached: ReadonlyMap<string, Reached>; seconds: number } | undefined
    for (const { flow, reached } of tables) {
      const before = reached.get(component)?.before ?? 0
      // Of equals one by its name, so that the order of statements does not matter.
      if (before > (worst?.seconds ?? 0) || (worst && before === worst.seconds && flow.id < worst.flow.id)) worst = { flow, reached, seconds: before }
    }
    if (!worst) return undefined
    const path: Edge[] = []
    let first = component
    for (let edge = worst.reached.get(component)!.by; edge; edge = worst.reached.get(first)!.by) {
      path.push(edge)
      first = edge.relation.from
    }
    path.reverse()
    const delays: Delay[] = ofComponent(find.component(first)).slice()
    for (const { relation } of path) {
      delays.push(...ofRelation(relation, name), ...(relation.to === component ? [] : ofComponent(find.component(relation.to))))
      // Of a long way, what counts most.
      if (delays.length > 2 * SHOWN) keepLongest(delays)
    }
    if (delays.length > SHOWN) keepLongest(delays)
    return { seconds: worst.seconds, delays, from: find.component(first)!, path, flow: worst.flow }
  }
}

/** Delays that are named, of a way with many. */
const SHOWN = 8

/** In place, and in their order. */
function keepLongest(delays: Delay[]): void {
  const longest = new Set(delays.toSorted((a, b) => b.seconds - a.seconds).slice(0, SHOWN))
  delays.splice(0, delays.length, ...delays.filter((delay) => longest.has(delay)))
}

interface Reached {
  /** Over which it is reached first; unset where the flow begins. */
  readonly by?: Edge
  /** Seconds until events are there, and until it has passed them on. */
  readonly before: number
  readonly behind: number
}

/** Along the shortest ways from where the flow begins. */
function delaysAlong(model: Model, flow: FlowPaths): ReadonlyMap<string, Reached> {
  const find = lookup(model)
  const sum = (delays: readonly Delay[]): number => delays.reduce((seconds, delay) => seconds + delay.seconds, 0)
  const leaving = new Map<string, Edge[]>()
  for (const edge of [...flow.waited, ...flow.caused]) {
    const list = leaving.get(edge.relation.from)
    if (list) list.push(edge)
    else leaving.set(edge.relation.from, [edge])
  }
  const reached = new Map<string, Reached>()
  for (const entry of flow.entries) reached.set(entry, { before: 0, behind: sum(ofComponent(find.component(entry))) })
  for (const [component, { behind }] of reached) {
    for (const edge of leaving.get(component) ?? []) {
      const { to } = edge.relation
      if (reached.has(to)) continue
      const before = behind + sum(ofRelation(edge.relation, () => ''))
      reached.set(to, { by: edge, before, behind: before + sum(ofComponent(find.component(to))) })
    }
  }
  return reached
}

/** A device that was offline; a job that runs now and then and passes on all that has come since. */
function ofComponent(component: Component | undefined): readonly Delay[] {
  if (!component) return []
  const path = component.kind === 'client' ? 'offline-buffer' : component.kind === 'batch' ? 'period' : undefined
  const seconds = path && limit(component.facts, path)
  if (path === undefined || seconds === undefined || seconds <= 0 || word(component, path)) return []
  const { name } = component
  return [
    {
      seconds,
      get what() {
        if (path === 'period') return `\`${name}\` runs every ${time(seconds)}`
        return seconds === Infinity ? `\`${name}\` can be offline without a limit` : `\`${name}\` can be offline for ${time(seconds)}`
      },
      fact: known(component.facts, path)!.fact,
    },
  ]
}

/** `none`: it keeps nothing while it is offline. */
function word(component: Component, path: string): boolean {
  const value = known(component.facts, path)?.value
  return value?.type === 'word' && (value.word === 'none' || value.word === 'no')
}

function ofRelation(relation: Relation, name: (id: string) => string): readonly Delay[] {
  const lag = number(relation.facts, 'lag.p99') === undefined ? 'lag' : 'lag.p99'
  return [lag, 'interval'].flatMap((path) => {
    const seconds = number(relation.facts, path)
    if (seconds === undefined || seconds <= 0) return []
    return [
      {
        seconds,
        get what() {
          return `\`${name(relation.from)} → ${name(relation.to)}\` ${time(seconds)}`
        },
        fact: known(relation.facts, path)!.fact,
      },
    ]
  })
}
