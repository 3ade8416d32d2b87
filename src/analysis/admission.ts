/**
 * What of the load really arrives at once: limits on the way refuse some of it, a waiting room lets in only what the rest can serve, and what
 * comes over a broker or a change stream has been evened out on its way, so that it arrives on average and not at its peak.
 */
import { known, number, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import { RATE, sameDimension } from '../model/quantity.ts'
import type { Model } from '../model/model.ts'
import type { Facts } from '../model/value.ts'
import type { Edge } from './graph.ts'
import { rated, sum, type ComponentLoad, type Load, type Rate, type Source } from './load.ts'
import { components } from './strongly-connected.ts'

export interface Admission {
  /** What certainly arrives over a relation. */
  relation(id: string): Rate
  /** What certainly arrives at a component, as `Load.component` counts it. */
  component(id: string): ComponentLoad
}

const unlimited = new WeakMap<Source['visits'], ReadonlyMap<string, Way>>()

/** How a relation is reached in one flow. */
interface Way {
  /** The share of what is asked for that limits on the way let through, 0..1. */
  readonly share: number
  /** It has passed a broker or change stream. */
  readonly even: boolean
}

export function admissionOf(model: Model, load: Load): Admission {
  const find = lookup(model)
  const ways = new Map<Source, ReadonlyMap<string, Way>>()

  /** Made for those that somebody asks about. */
  function way(source: Source, relation: string): Way {
    let found = ways.get(source) ?? unlimited.get(source.visits)
    if (!found) {
      found = waysOf(source)
      ways.set(source, found)
      if (![...source.visits.values()].some(({ edge }) => mayLimit(edge))) unlimited.set(source.visits, found)
    }
    return found.get(relation)!
  }

  /** Feeders come first; within a cycle the ways round it are left out. */
  function waysOf(source: Source): ReadonlyMap<string, Way> {
    const ids = [...source.visits.keys()]
    const index = new Map(ids.map((id, at) => [id, at]))
    const before = ids.map((id) => source.visits.get(id)!.after.filter((other) => index.has(other)))
    const found = new Map<string, Way>()
    for (const part of components(ids.length, (at) => before[at]!.map((id) => index.get(id)!))) {
      for (const at of part) {
        const id = ids[at]!
        const { edge } = source.visits.get(id)!
        const feeders = before[at]!.flatMap((other) => (found.has(other) ? [{ way: found.get(other)!, count: source.visits.get(other)!.count }] : []))
        const total = feeders.reduce((all, { count }) => all + count, 0)
        const share = feeders.length === 0 ? 1 : total === 0 ? 0 : feeders.reduce((all, { way, count }) => all + way.share * count, 0) / total
        found.set(id, {
          share: Math.min(share, letIn(edge)),
          even: edge.waits === 'no' || (feeders.length > 0 && feeders.every(({ way }) => way.even)),
        })
      }
    }
    return found
  }

  /** Where nothing on its way says anything of limits, a flow's ways are the same whatever else is asked. */
  function mayLimit({ relation }: Edge): boolean {
    const from = find.component(relation.from)
    const limits = (facts: Facts): boolean => limitIn(facts) !== undefined || saysUnknown(facts, 'role') || word(facts, 'role') === 'waiting-room'
    return limits(relation.facts) || (from !== undefined && limits(from.facts))
  }

  /** What the relation’s own limit and those of the component that it leaves let through. */
  function letIn(edge: Edge): number {
    const from = find.component(edge.relation.from)
    const own = limitIn(edge.relation.facts)
    const share = own === undefined ? 1 : part(own, load.relation(edge.relation.id).peak)
    if (!from) return share
    if (word(from.facts, 'role') === 'waiting-room' || saysUnknown(from.facts, 'role')) return 0
    const limit = limitIn(from.facts)
    return limit === undefined ? share : Math.min(share, part(limit, load.component(from.id).all.peak))
  }

  const rates = new Map<string, Rate>()
  function relation(id: string): Rate {
    let rate = rates.get(id)
    if (!rate) rates.set(id, (rate = arrivingOver(id)))
    return rate
  }

  function arrivingOver(id: string): Rate {
    const all = load.through(id)
    const sources = all.filter(rated)
    // Most arrows are held back by nothing: there, what is asked for arrives.
    const whole = sources.length === all.length && sources.every((source) => isWhole(way(source, id)))
    if (whole) return load.relation(id)
    return sum(
      sources.map((source) => {
        const rate = load.flowRelation(source.id, id)
        const { share, even } = way(source, id)
        const peak = even ? rate.average : rate.peak
        if (share === 1) return { ...rate, peak, peaks: rate.peaks && !even }
        return { ...rate, average: rate.average * share, peak: peak * share, peaks: rate.peaks && !even }
      }),
    )
  }

  const made = new Map<string, ComponentLoad>()
  return {
    relation,
    component(id) {
      const before = made.get(id)
      if (before) return before
      const arriving = load.componentWith(id, relation)
      const limit = limitIn(find.component(id)?.facts ?? {})
      const fresh = limit === undefined ? arriving : capped(arriving, part(limit, arriving.all.peak))
      made.set(id, fresh)
      return fresh
    },
  }
}

function isWhole({ share, even }: Way): boolean {
  return share === 1 && !even
}

/**
 * The most that a stated limit lets through, in 1/s. One for each caller bounds nothing; one that each instance counts for itself is several times
 * what it says. Where something about it is said to be unknown, it may let through nothing.
 */
export function limitIn(facts: Facts): number | undefined {
  if (LIMITING.some((path) => saysUnknown(facts, path))) return 0
  const per = word(facts, 'rate-limit.per')
  if ((per !== undefined && per !== 'global') || word(facts, 'rate-limit.state') === 'local') return undefined
  for (const path of LIMITS) {
    const value = known(facts, path)?.value
    if (value?.type === 'quantity' && sameDimension(value.dimension, RATE)) return number(facts, path)
  }
  return undefined
}

const LIMITS = ['rate-limit.limit', 'rate-limit'] as const
const LIMITING = [...LIMITS, 'rate-limit.per', 'rate-limit.state'] as const

function part(limit: number, of: number): number {
  return of <= limit ? 1 : limit / of
}

function capped(load: ComponentLoad, share: number): ComponentLoad {
  if (share === 1) return load
  const less = (rate: Rate): Rate => ({ ...rate, average: rate.average * share, peak: rate.peak * share })
  return { all: less(load.all), reads: less(load.reads), writes: less(load.writes), bytesIn: less(load.bytesIn) }
}

