/**
 * One diagnostic a root cause (CONVENTIONS 0.4, DECISIONS "Rules"): where two rules see the same fault from two sides, the one that names
 * its cause speaks, and takes the other along as related information.
 */
import type { Severity } from '../model/model.ts'
import type { Finding } from './rule.ts'

export interface Precedence {
  readonly wins: string
  readonly over: string
  /** What the two findings must share to be the same fault. */
  readonly sharing: 'component' | 'relation' | 'flow' | 'limit'
}

export const precedences: readonly Precedence[] = [
  { wins: 'cache-is-only-copy', over: 'rpo-not-met', sharing: 'component' },
  { wins: 'cache-is-only-copy', over: 'ack-before-durable-copies', sharing: 'component' },
  { wins: 'ack-before-durable-copies', over: 'rpo-not-met', sharing: 'component' },
  { wins: 'ack-before-durable-copies', over: 'lossy-hop-in-durable-flow', sharing: 'component' },
  { wins: 'derived-store-not-rebuildable', over: 'retention-shorter-than-need', sharing: 'component' },
  { wins: 'common-mode-dependency', over: 'single-point-of-failure', sharing: 'component' },
  { wins: 'common-mode-dependency', over: 'availability-target-unreachable', sharing: 'flow' },
  { wins: 'single-point-of-failure', over: 'availability-target-unreachable', sharing: 'flow' },
  { wins: 'quorum-lost-with-one-failure', over: 'single-point-of-failure', sharing: 'component' },
  { wins: 'conflict-resolution-loses-updates', over: 'wall-clock-decides-order', sharing: 'component' },
  { wins: 'lost-update', over: 'wall-clock-decides-order', sharing: 'component' },
  { wins: 'celebrity-fanout', over: 'overloaded-component', sharing: 'component' },
  { wins: 'overloaded-component', over: 'hot-partition', sharing: 'limit' },
  { wins: 'overloaded-component', over: 'failover-capacity-insufficient', sharing: 'limit' },
  { wins: 'overloaded-component', over: 'no-admission-control', sharing: 'limit' },
  { wins: 'serialised-section-saturates', over: 'slow-dependency-exhausts-pool', sharing: 'component' },
  { wins: 'overlap-is-not-linearizable', over: 'invariant-without-coordination', sharing: 'component' },
  { wins: 'invariant-without-coordination', over: 'wall-clock-decides-order', sharing: 'component' },
  { wins: 'invariant-without-coordination', over: 'conflict-resolution-loses-updates', sharing: 'component' },
  { wins: 'check-then-act-on-stale-read', over: 'lost-update', sharing: 'relation' },
  { wins: 'conflict-resolution-loses-updates', over: 'lost-update', sharing: 'component' },
  { wins: 'fallback-shares-fate', over: 'origin-cannot-survive-cold-cache', sharing: 'component' },
  { wins: 'fallback-shares-fate', over: 'common-mode-dependency', sharing: 'component' },
  { wins: 'authorization-check-stale', over: 'staleness-exceeds-requirement', sharing: 'relation' },
]

export interface Ruled {
  readonly rule: string
  readonly finding: Finding
  /** As it is shown. */
  readonly severity: Severity
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2, hint: 3 }

/** What is milder silences nothing: an error is not told as a remark. The findings that stand, each with what it silenced as related information. The table has no cycle, so what is beaten stays beaten. */
export function settle<T extends Ruled>(found: readonly T[]): readonly T[] {
  const beaten = new Set<T>()
  const taken = new Map<T, T[]>()
  for (const { wins, over, sharing } of precedences) {
    for (const loser of found.filter((one) => one.rule === over && !beaten.has(one))) {
      const winner = found.find((one) => one.rule === wins && RANK[one.severity] <= RANK[loser.severity] && shared(one.finding, loser.finding, sharing))
      if (!winner) continue
      beaten.add(loser)
      taken.set(winner, [...(taken.get(winner) ?? []), loser, ...(taken.get(loser) ?? [])])
    }
  }
  return found.filter((one) => !beaten.has(one)).map((one) => {
    const also = taken.get(one) ?? []
    if (also.length === 0) return one
    const related = also.map(({ rule, finding }) => ({ at: finding.at, message: `${rule}: ${finding.message}` }))
    return { ...one, finding: { ...one.finding, related: [...one.finding.related, ...related] } }
  })
}

function shared(a: Finding, b: Finding, by: Precedence['sharing']): boolean {
  // A default is one fact for all that come with it.
  if (by === 'limit') return a.limit !== undefined && a.limit === b.limit && (a.limit.from === 'stated' || a.subject.component === b.subject.component)
  return a.subject[by] !== undefined && a.subject[by] === b.subject[by]
}
