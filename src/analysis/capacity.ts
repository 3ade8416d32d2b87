/**
 * What a component can serve, as its copies multiply it. Always the most that the stated facts allow, so that a load above it is too much
 * whatever is left open. Capacity is stated per replica (DECISIONS).
 */
import { isAbsent, known, number, protection, range, saysUnknown, word } from '../model/facts.ts'
import { RATE, sameDimension } from '../model/quantity.ts'
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

/** Of the whole component. Undefined where a fact that it needs is not known. Kept with the component: many ask. */
export function capacityOf(component: Component, work: Work): Capacity | undefined {
  let kept = capacities.get(component)
  if (!kept) capacities.set(component, (kept = {}))
  if (!(work in kept)) kept[work] = computed(component, work)
  return kept[work]
}

const capacities = new WeakMap<Component, { [work in Work]?: Capacity | undefined }>()

function computed(component: Component, work: Work): Capacity | undefined {
  if (component.kind === 'external') return work === 'all' ? quotaOf(component) : undefined
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
  return copies && { rate: (each.rate * copies.count) / copiesOfAWrite(component, work), facts: uniqueFacts([...each.facts, ...copies.facts]) }
}

/** What one replica can serve, as stated for this work or for all of it. */
export function perReplica(component: Component, work: Work): Capacity | undefined {
  const own = work === 'all' ? undefined : statedCapacity(component, work === 'reads' ? 'capacity.read' : 'capacity.write')
  return own ?? statedCapacity(component, 'capacity')
}

function statedCapacity({ facts }: Component, path: string): Capacity | undefined {
  const rate = number(facts, path)
  return rate === undefined ? undefined : { rate, facts: [known(facts, path)!.fact] }
}

/** What somebody else’s system, or a provider’s service, lets us use. */
export function quotaOf(component: Component): Capacity | undefined {
  const said = known(component.facts, 'quota')
  if (said?.value.type !== 'quantity' || !sameDimension(said.value.dimension, RATE)) return undefined
  return { rate: said.value.value, facts: [said.fact] }
}

export interface Count {
  readonly count: number
  readonly facts: readonly Fact[]
}

/** Stateless copies divide all work. What autoscaling may start counts too; where it may start any number, nothing is known. */
export function statelessCopies(component: Component): Count | undefined {
  const { facts } = component
  const replicas = range(facts, 'replicas')
  const most = number(facts, 'autoscale.max')
  if (saysUnknown(facts, 'replicas') || saysUnknown(facts, 'autoscale.max')) return undefined
  if (most === undefined && protection(facts, 'autoscale') !== false) return undefined
  if (replicas === undefined && most === undefined) return undefined
  return {
    count: Math.max(replicas?.to ?? 0, most ?? 0),
    facts: uniqueFacts([known(facts, 'replicas')?.fact, known(facts, 'autoscale.max')?.fact]),
  }
}

/** Into how many parts a store’s work is divided. */
export function storeCopies(component: Component, work: Work): Count | undefined {
  const { facts } = component
  if (saysUnknown(facts, 'shards') || saysUnknown(facts, 'nodes')) return undefined
  const nodes = range(facts, 'nodes')
  const shards = range(facts, 'shards')
  // A store that splits by itself spreads over its machines, however many those are.
  if (nodes === undefined && shards === undefined && word(facts, 'split') === 'adaptive') return undefined
  const shardCount = { count: shards?.to ?? 1, facts: uniqueFacts([known(facts, 'shards')?.fact]) }
  const scales = writesScale(component, work)
  if (nodes !== undefined) {
    const count = Math.max(nodes.to, shards?.to ?? 0) / (scales ? copiesOfAWrite(component, work) : 1)
    return { count, facts: uniqueFacts([known(facts, 'nodes')?.fact, ...shardCount.facts]) }
  }
  // Under one leader every copy applies every write: only shards divide writes.
  if (!scales) return shardCount
  const copies = copiesPerShard(component)
  return (
    copies && {
      count: (shardCount.count * copies.count) / copiesOfAWrite(component, work),
      facts: uniqueFacts([...shardCount.facts, ...copies.facts]),
    }
  )
}

/**
 * Whether more copies of a shard take more of this work. Where the way of replication is open, they may; `capacity.write` is by its meaning what
 * one leader takes.
 */
export function writesScale(component: Component, work: Work): boolean {
  if (work !== 'writes' || saysUnknown(component.facts, 'replication')) return true
  const replication = word(component.facts, 'replication')
  if (replication === undefined) return component.kind === 'cache' || !isLed(component)
  return replication === 'leaderless' || replication === 'multi-leader' || replication === 'none'
}

/** Something said about it makes sense only under one leader. */
function isLed({ facts }: Component): boolean {
  return ['capacity.write', 'sync', 'failover.promote', 'failover.arbiter', 'lag', 'lag.p99', 'read-from'].some((path) => known(facts, path))
}

/** In a leaderless store each write goes to n copies (NUMBERS M4); where n is not known, to one at least. */
function copiesOfAWrite({ facts }: Component, work: Work): number {
  if (work !== 'writes' || word(facts, 'replication') !== 'leaderless') return 1
  return Math.max(1, number(facts, 'n') ?? number(facts, 'replication-factor') ?? 1)
}

export function copiesPerShard(component: Component): Count | undefined {
  const path = ['replicas', 'n', 'replication-factor'].find((each) => !isAbsent(component.facts, each))
  if (path === undefined) return undefined
  const copies = range(component.facts, path)
  return copies && { count: copies.to, facts: uniqueFacts([known(component.facts, path)?.fact]) }
}
