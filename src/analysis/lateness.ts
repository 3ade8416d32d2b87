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
  /** As a message says it: `` `devices` offline for 2h ``. */
  readonly what: string
  readonly fact: Fact
}

export interface Lateness {
  readonly seconds: number
  readonly delays: readonly Delay[]
  /** From where the events come. */
  readonly from: Component
  readonly path: readonly Edge[]
  readonly flow: FlowPaths
}

/** The latest that any flow's events can be there; unset where nothing is known to delay them. */
export function latenessAt(model: Model, flows: readonly FlowPaths[], component: string): Lateness | undefined {
  const find = lookup(model)
  let worst: Lateness | undefined
  for (const flow of flows) {
    if (!flow.causeReach.has(component)) continue
    const path = flow.causeReach.path(component)
    const from = path[0] && find.component(path[0].relation.from)
    if (!from) continue
    const delays = [...(ofComponent(from) ?? []), ...path.flatMap(({ relation }) => [...ofRelation(relation, name), ...(relation.to === component ? [] : ofComponent(find.component(relation.to)))])]
    const seconds = delays.reduce((sum, delay) => sum + delay.seconds, 0)
    if (delays.length > 0 && (!worst || seconds > worst.seconds)) worst = { seconds, delays, from, path, flow }
  }
  return worst

  function name(id: string): string {
    return find.component(id)?.name ?? id
  }
}

/** A device that was offline; a job that runs now and then and passes on all that has come since. */
function ofComponent(component: Component | undefined): readonly Delay[] {
  if (!component) return []
  const path = component.kind === 'client' ? 'offline-buffer' : component.kind === 'batch' ? 'period' : undefined
  const seconds = path && limit(component.facts, path)
  if (path === undefined || seconds === undefined || seconds <= 0 || word(component, path)) return []
  const what = path === 'period' ? `\`${component.name}\` runs every ${time(seconds)}` : seconds === Infinity ? `\`${component.name}\` can be offline without a limit` : `\`${component.name}\` can be offline for ${time(seconds)}`
  return [{ seconds, what, fact: known(component.facts, path)!.fact }]
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
    return [{ seconds, what: `\`${name(relation.from)} → ${name(relation.to)}\` ${time(seconds)}`, fact: known(relation.facts, path)!.fact }]
  })
}
