/** Whether two nodes of a store can both believe that they lead, as far as the design says it (CATALOG A8). */
import { known, protection, saysUnknown, word } from '../model/facts.ts'
import type { Component } from '../model/model.ts'
import type { Fact } from '../model/value.ts'

export interface Doubt {
  readonly of: 'arbiter' | 'fencing'
  /** Said, rather than left out. */
  readonly said: boolean
  readonly facts: readonly Fact[]
}

/** How two could lead; undefined where that cannot be, or is not known. */
export function twoLeadersOf({ facts, kind }: Component): Doubt | undefined {
  const mode = known(facts, 'failover.mode')
  const scheme = known(facts, 'replication')
  if (!mode || word(facts, 'failover.mode') !== 'auto' || !scheme || word(facts, 'replication') !== 'leader-follower') return undefined
  if (['failover.arbiter', 'failover.fencing', 'sync'].some((path) => saysUnknown(facts, path))) return undefined
  // A write that a majority must have cannot be acknowledged by a leader that was cut off; nor can one to a log that waits for copies in sync.
  if (word(facts, 'sync') === 'quorum' || kind === 'log' || kind === 'topic') return undefined
  const base = [scheme.fact, mode.fact]
  const fencing = known(facts, 'failover.fencing')
  const fenced = protection(facts, 'failover.fencing')
  const arbiter = known(facts, 'failover.arbiter')
  const judge = word(facts, 'failover.arbiter')
  if (arbiter && (judge === 'heartbeat' || judge === 'none')) return { of: 'arbiter', said: true, facts: [...base, arbiter.fact] }
  if (fenced !== false) return undefined
  if (fencing) return { of: 'fencing', said: true, facts: [...base, fencing.fact] }
  // Left out, it is held against a failover that the design describes, not against one that it only mentions or that is a default.
  if (mode.fact.from !== 'stated' || arbiter?.fact.from !== 'stated') return undefined
  return { of: 'fencing', said: false, facts: [...base, arbiter.fact] }
}
