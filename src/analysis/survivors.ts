/**
 * How busy the copies of a component are, and how busy those are that are left when the fullest of its zones or regions is lost. Always the
 * least that the stated facts allow: a number above one is too much whatever is left open.
 */
import { flag, isAbsent, known, number, range, saysUnknown, word } from '../model/facts.ts'
import type { Component } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { perReplica, writesScale } from './capacity.ts'
import { leastSure, uniqueFacts, type Sureness } from './figure.ts'
import type { ComponentLoad } from './load.ts'
import { STORES } from './multiplicity.ts'
import { membersOf, spreadOf } from './quorum-loss.ts'

/** Copies of a component, of a store per shard, and how many of them stand in the fullest place. */
export interface Copies {
  readonly count: number
  readonly facts: readonly Fact[]
}

export interface Busy {
  /** Of what they can take; 1 is full. */
  readonly utilisation: number
  /** 1/s, of all copies together. */
  readonly rate: number
  /** Whether a stated peak is in it. */
  readonly peaks: boolean
  /** What one copy can take. */
  readonly each: number
  readonly sureness: Sureness
  readonly facts: readonly Fact[]
}

/** Those that certainly run; what autoscaling may start counts, since whoever scales has scaled up by the peak. */
export function runningCopies(component: Component): Copies | undefined {
  const { facts } = component
  if (['replicas', 'autoscale', 'autoscale.max', 'instances-per-zone'].some((path) => saysUnknown(facts, path))) return undefined
  if (STORES.has(component.kind)) {
    const members = membersOf(component)
    return members && { count: members.count, facts: members.facts }
  }
  const most = Math.max(range(facts, 'replicas')?.to ?? 0, number(facts, 'autoscale.max') ?? 0)
  if (most > 0) return { count: most, facts: uniqueFacts([known(facts, 'replicas')?.fact, known(facts, 'autoscale.max')?.fact]) }
  const each = number(facts, 'instances-per-zone')
  const zones = number(facts, 'zones')
  return each === undefined || zones === undefined ? undefined : { count: each * zones, facts: [known(facts, 'instances-per-zone')!.fact] }
}

/** Whether new copies are started by themselves, so that what was lost comes back elsewhere after a while. */
export function growsBack(component: Component): boolean {
  const { facts } = component
  return !isAbsent(facts, 'autoscale') || known(facts, 'replicas')?.value.type === 'span'
}

export interface Left {
  readonly copies: number
  readonly lost: number
  readonly places: number
  readonly facts: readonly Fact[]
}

/** What is left of the copies when the fullest zone or region is lost, where they are said to stand in several. */
export function leftOf(component: Component, over: 'zones' | 'regions'): Left | undefined {
  const copies = runningCopies(component)
  if (!copies) return undefined
  const property = component.facts['voters'] === undefined ? ('replicas' as const) : ('voters' as const)
  const spread = spreadOf(component, membersOf(component) ?? { ...copies, property }, over)
  if (!spread) return undefined
  const lost = spread.most <= copies.count && STORES.has(component.kind) ? spread.most : Math.ceil(copies.count / spread.places)
  return copies.count <= lost ? undefined : { copies: copies.count - lost, lost, places: spread.places, facts: spread.facts }
}

/** Undefined where the load or the capacity is not known, where nothing is taken however many copies there are, or where copies do not divide it as here. */
export function busy(component: Component, load: ComponentLoad, copies: Copies): Busy | undefined {
  const found = STORES.has(component.kind) ? busyStore(component, load, copies) : busyServers(component, load, copies)
  return found?.utilisation === Infinity ? undefined : found
}

function busyServers(component: Component, { all }: ComponentLoad, copies: Copies): Busy | undefined {
  const each = perReplica(component, 'all')
  if (!each || all.peak <= 0 || copies.count <= 0) return undefined
  return {
    utilisation: all.peak / (each.rate * copies.count),
    rate: all.peak,
    peaks: all.peaks,
    each: each.rate,
    sureness: all.sureness,
    facts: uniqueFacts([...each.facts, ...copies.facts]),
  }
}

/** Under one leader every copy applies all writes, and the reads divide (NUMBERS M4). */
function busyStore(component: Component, { reads, writes }: ComponentLoad, copies: Copies): Busy | undefined {
  const { facts } = component
  const [read, write] = [perReplica(component, 'reads'), perReplica(component, 'writes')]
  const leads = word(facts, 'replication') === 'leader-follower' || word(facts, 'replication') === 'consensus'
  const readsLeader = word(facts, 'read-from') === 'leader' || saysUnknown(facts, 'read-from')
  if (!read || !write || !leads || writesScale(component, 'writes') || readsLeader || saysUnknown(facts, 'shards')) return undefined
  if (reads.peak <= 0 || copies.count <= 0 || flag(facts, 'managed') === true) return undefined
  const shards = range(facts, 'shards')?.to ?? 1
  return {
    utilisation: (reads.peak / copies.count / read.rate + writes.peak / write.rate) / shards,
    rate: reads.peak + writes.peak,
    peaks: reads.peaks || writes.peaks,
    each: read.rate,
    sureness: leastSure(reads.sureness, writes.sureness),
    facts: uniqueFacts([...read.facts, ...write.facts, ...copies.facts, known(facts, 'replication')?.fact, known(facts, 'shards')?.fact]),
  }
}
