/** How old the entries of a cache get by themselves, and how old its readers bear them: what a missed or a late invalidation is held against. */
import { isUnlimited, known, limit, saysUnknown } from '../model/facts.ts'
import type { Component } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { dataOf } from './carried.ts'
import { uniqueFacts } from './figure.ts'
import { flowsWaiting, type FlowPaths } from './flows.ts'
import type { Front, Fronts } from './fronts.ts'
import type { Intent, Intents } from './intent.ts'

export interface EntryAge {
  /** `ttl` and `stale-while-revalidate` together; Infinity where nothing ends an entry. Unset where no `ttl` is stated. */
  readonly seconds?: number
  readonly facts: readonly Fact[]
}

export interface Bearing {
  /** As an intent's: the strictest of all readers. */
  readonly stance: 'requires' | 'tolerates' | 'unknown'
  /** Seconds. Where staleness is tolerated without a bound, it is unset. */
  readonly bound?: number
  /** As a message says it: `` `Price` requires staleness ``. */
  readonly because: string
  readonly fact?: Fact
}

/** Undefined where it is said to be unknown. */
export function entryAge({ facts }: Component): EntryAge | undefined {
  if (saysUnknown(facts, 'ttl') || saysUnknown(facts, 'stale-while-revalidate')) return undefined
  const ttl = isUnlimited(facts, 'ttl') ? Infinity : limit(facts, 'ttl')
  if (ttl === undefined) return { facts: [] }
  const longer = limit(facts, 'stale-while-revalidate') ?? 0
  return { seconds: ttl + longer, facts: uniqueFacts([known(facts, 'ttl')?.fact, longer > 0 ? known(facts, 'stale-while-revalidate')?.fact : undefined]) }
}

/** Of the readers of a cache, in all flows that wait for it. Undefined where one of them says that it is unknown. */
export function bearingOf({ flows, intents, fronts }: { readonly flows: readonly FlowPaths[]; readonly intents: Intents; readonly fronts: Fronts }, { cache, origin, reads }: Front): Bearing | undefined {
  const held = fronts.held(cache.id)
  // A cache that does not say what it keeps keeps what its origin stores, where that is one kind of data.
  const behind = held.length > 0 || saysUnknown(cache.facts, 'stores') || saysUnknown(origin.facts, 'stores') ? [] : dataOf(origin)
  const data = behind.length === 1 ? behind : held
  const asked = reads.flatMap((read) => {
    const waiting = flowsWaiting(flows, [read.id]).flatMap(({ flow }) => (flow ? [{ flow: flow.id }] : []))
    return [{}, ...waiting].map((flow): Intent => {
      const nearest = intents.at({ relation: read.id, component: cache.id, data, ...flow }, 'staleness')
      if (nearest.stance !== 'tolerates' || nearest.bound === undefined) return nearest
      // Tolerating something only ever silences: what data, its class or the flow bear already, a nearer word does not take away.
      const further = [intents.at({ data, ...flow }, 'staleness'), intents.ofClass(data, 'staleness')]
      return further.find((each) => each?.stance === 'tolerates' && (each.bound ?? Infinity) > nearest.bound!) ?? nearest
    })
  })
  if (asked.some(({ withheld }) => withheld)) return undefined
  const strictest = (all: typeof asked): (typeof asked)[number] => all.reduce((least, each) => ((each.bound ?? Infinity) < (least.bound ?? Infinity) ? each : least))
  const requiring = asked.filter(({ stance }) => stance === 'requires')
  if (requiring.length > 0) {
    const { bound, because, fact } = strictest(requiring)
    return { stance: 'requires', bound: bound ?? 0, because: because.includes('requires') ? because : `${because}, which requires staleness`, ...(fact && { fact }) }
  }
  if (asked.length === 0 || asked.some(({ stance }) => stance === 'unknown')) return { stance: 'unknown', because: '' }
  const { bound, because, fact } = strictest(asked)
  return { stance: 'tolerates', because, ...(bound !== undefined && { bound }), ...(fact && { fact }) }
}

/** Whether entries that old are all right: within what is required, or tolerated. Without a word about it, nobody knows. */
export function bears({ stance, bound }: Bearing, seconds: number): boolean {
  return stance !== 'unknown' && seconds <= (bound ?? Infinity)
}
