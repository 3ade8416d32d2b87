/**
 * What somebody who has got slow does to those that wait for him: they run into their time-outs, or answer late themselves, so that the time-out of
 * somebody further up ends first. Medians are compared with time-outs: where half of the calls take longer than anybody waits, the call fails.
 */
import { limit, number } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import type { Analysis } from './analysis.ts'
import type { FlowPaths } from './flows.ts'
import { group, type Edge } from './graph.ts'
import { busy } from './little.ts'
import { time } from './staleness.ts'
import type { Failure } from './strike.ts'
import { callsOf, isGuarded, streams, workersOf } from './workers.ts'

export interface Slow {
  readonly edge: Edge
  /** How many times slower. */
  readonly by: number
  /** `timeout`: even half of the calls run out of time. `tail`: only the slowest do. `waits`: all are answered, late. `unknown`: no latency is stated. */
  readonly then: 'timeout' | 'tail' | 'waits' | 'unknown'
  readonly timeout?: number
  /** The other end's p50 and p99 now, in seconds. */
  readonly p50?: number
  readonly p99?: number
  /** What would have to be stated to know more. */
  readonly missing: readonly ('timeout' | 'latency')[]
}

/** By relation: those over which somebody waits for what has got slow. */
export function slownessOf(model: Model, { graph }: Analysis, failure: Failure): ReadonlyMap<string, Slow> {
  const slow = new Map<string, Slow>()
  for (const [component, by] of failure.slows ?? []) {
    for (const edge of graph.neededBy(component)) if (edge.waits !== 'no') slow.set(edge.relation.id, slowOver(model, edge, component, by))
  }
  return slow
}

function slowOver(model: Model, edge: Edge, component: string, by: number): Slow {
  const tables = [edge.relation.facts, lookup(model).component(component)?.facts ?? {}]
  const at = (path: string): number | undefined => tables.map((facts) => number(facts, path)).find((value) => value !== undefined)
  const [p50, p99] = [at('latency.p50'), at('latency.p99')].map((value) => (value === undefined ? undefined : value * by))
  const timeout = limit(edge.relation.facts, 'timeout')
  const known = p50 !== undefined || p99 !== undefined
  const then = !known ? 'unknown' : timeout === undefined ? 'waits' : p50 !== undefined && p50 > timeout ? 'timeout' : p99 !== undefined && p99 > timeout ? 'tail' : 'waits'
  const missing = [...(timeout === undefined ? (['timeout'] as const) : []), ...(known ? [] : (['latency'] as const))]
  return { edge, by, then, ...(timeout !== undefined && Number.isFinite(timeout) && { timeout }), ...(p50 !== undefined && { p50 }), ...(p99 !== undefined && { p99 }), missing }
}

/**
 * Arrows of the flow that time out further up, because who is asked waits longer for what is slow than his caller waits for him; with why, behind the
 * name of who is asked. Only what each request must wait for counts.
 */
export function timedOutAbove({ waited, conditional }: FlowPaths, slow: ReadonlyMap<string, Slow>): ReadonlyMap<string, { readonly because: string; readonly waitsFor: string }> {
  const found = new Map<string, { readonly because: string; readonly waitsFor: string }>()
  const late = waited.flatMap((edge) => {
    const one = slow.get(edge.relation.id)
    const least = one && !conditional.has(edge.relation.id) ? leastWait(one) : undefined
    return least === undefined ? [] : [{ at: edge.needer, least, culprit: edge.needed }]
  })
  if (late.length === 0) return found
  const into = group(waited, ({ needed }) => needed)
  for (const { at, least, culprit } of late) {
    const seen = new Set([at])
    for (const component of seen) {
      for (const edge of into.get(component) ?? []) {
        const timeout = edge.waits === 'yes' ? limit(edge.relation.facts, 'timeout') : undefined
        if (timeout === undefined || least <= timeout) {
          if (edge.waits === 'yes' && !conditional.has(edge.relation.id)) seen.add(edge.needer)
        } else if (!slow.has(edge.relation.id)) found.set(edge.relation.id, { because: `waits for \`${culprit}\` and does not answer within ${time(timeout)}`, waitsFor: culprit })
      }
    }
  }
  return found
}

/** Seconds for which half of the callers wait at least, and then go on: with an answer, or with what stands in for one. */
function leastWait({ edge, then, p50, timeout }: Slow): number | undefined {
  if (then === 'timeout') return edge.fallback ? timeout : undefined
  return then === 'unknown' ? undefined : p50
}

/** Somebody whose workers all wait for what has got slow, so that he takes nothing more. */
export interface Exhausted {
  readonly component: string
  readonly workers: number
  /** Requests that would wait at a time (NUMBERS M7), at the peak. */
  readonly waiting: number
  /** What they wait for. */
  readonly waitsFor: string
  readonly facts: readonly Fact[]
}

export function exhaustedBy(model: Model, { attempts }: Analysis, after: Analysis, slow: ReadonlyMap<string, Slow>): readonly Exhausted[] {
  return [...group([...slow.values()].map(({ edge }) => edge), ({ needer }) => needer)].flatMap(([id, edges]): readonly Exhausted[] => {
    const component = lookup(model).component(id)
    const workers = component && workersOf(component)
    if (!workers) return []
    const held = edges.map((edge) => {
      const one = slow.get(edge.relation.id)!
      const seconds = one.then === 'timeout' ? one.timeout! * Math.min(attempts.layer(edge).attempts, 100) : one.then === 'unknown' ? 0 : (one.p50 ?? 0)
      return edge.waits !== 'yes' || streams(edge) || isGuarded(model, edge, workers) ? 0 : busy(after.load.relation(edge.relation.id).peak / Math.max(1, callsOf(edge)), seconds)
    })
    const waiting = held.reduce((sum, each) => sum + each, 0)
    return waiting > workers.count ? [{ component: id, workers: workers.count, waiting, waitsFor: edges[held.indexOf(Math.max(...held))]!.needed, facts: workers.facts }] : []
  })
}
