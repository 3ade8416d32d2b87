/**
 * What a component can serve, as its copies multiply it. Always the most that the stated facts allow, so that a load above it is too much
 * whatever is left open. Capacity is stated per replica (DECISIONS).
 */
import { isAbsent, known, number, range, saysUnknown, word } from '../model/facts.ts'
import type { Component } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { uniqueFacts } from './figure.ts'
import { STORES } from './multiplicity.ts'

export interface Capacity {
  /** 1/s. */
  readonly rate: number
  readonly facts: readonly Fact[]
}

export type Work = 'all' | 'reads' | 'writes'

/** Of the whole component. Undefined where a fact that it needs is not known. */
export function capacityOf(component: Component, work: Work): Capacity | undefined {
  if (component.kind === 'external') return quotaOf(component)
  const each = perReplica(component, work)
  if (!each) return undefined
  const copies = STORES.has(component.kind) ? storeCopies(component, work) : statelessCopies(component)
  return copies && { rate: each.rate * copies.count, facts: uniqueFacts([...each.facts, ...copies.facts]) }
}

/** Of one shard of a store: what `partition-limit` means where none is stated. */
export function shardCapacity(component: Component, work: 'reads' | 'writes'): Capacity | undefined {
  const each = perReplica(component, work)
  if (!each) return undefined
  const copies = writesScale(component, work) ? copiesPerShard(component) : { count: 1, facts: [] }
  return copies && { rate: each.rate * copies.count, facts: uniqueFacts([...each.facts, ...copies.facts]) }
}

/** Of one copy. */
export function perReplica(component: Component, work: Work): Capacity | undefined {
  const { facts } = component
  const own = work === 'all' ? [] : [`capacity.${work === 'reads' ? 'read' : 'write'}`]
  for (const path of [...own, 'capacity']) {
    const rate = number(facts, path)
    if (rate !== undefined) return { rate, facts: uniqueFacts([known(facts, path)?.fact]) }
  }
  return undefined
}

function quotaOf(component: Component): Capacity | undefined {
  const rate = number(component.facts, 'quota')
  return rate === undefined ? undefined : { rate, facts: uniqueFacts([known(component.facts, 'quota')?.fact]) }
}

interface Count {
  readonly count: number
  readonly facts: readonly Fact[]
}

/** Stateless copies divide all work. What autoscaling may start counts too. */
function statelessCopies(component: Component): Count | undefined {
  const { facts } = component
  const replicas = range(facts, 'replicas')
  const most = number(facts, 'autoscale.max')
  if (saysUnknown(facts, 'replicas') || saysUnknown(facts, 'autoscale') || saysUnknown(facts, 'autoscale.max')) return undefined
  if (replicas === undefined && most === undefined) return undefined
  return {
    count: Math.max(replicas?.to ?? 0, most ?? 0),
    facts: uniqueFacts([known(facts, 'replicas')?.fact, known(facts, 'autoscale.max')?.fact]),
  }
}

function storeCopies(component: Component, work: Work): Count | undefined {
  const { facts } = component
  if (saysUnknown(facts, 'shards')) return undefined
  const shards = range(facts, 'shards')
  const shardCount = { count: shards?.to ?? 1, facts: uniqueFacts([known(facts, 'shards')?.fact]) }
  // Under one leader every copy applies every write: only shards divide writes.
  if (!writesScale(component, work)) return shardCount
  const copies = copiesPerShard(component)
  return copies && { count: shardCount.count * copies.count, facts: uniqueFacts([...shardCount.facts, ...copies.facts]) }
}

/** Whether more copies of a shard take more of this work. Where the way of replication is open, they may. */
export function writesScale(component: Component, work: Work): boolean {
  if (work !== 'writes') return true
  const replication = word(component.facts, 'replication')
  return replication === undefined ? component.kind === 'cache' : replication === 'leaderless' || replication === 'multi-leader'
}

function copiesPerShard(component: Component): Count | undefined {
  const path = ['replicas', 'n', 'replication-factor'].find((each) => !isAbsent(component.facts, each))
  if (path === undefined) return undefined
  const copies = range(component.facts, path)
  return copies && { count: copies.to, facts: uniqueFacts([known(component.facts, path)?.fact]) }
}
