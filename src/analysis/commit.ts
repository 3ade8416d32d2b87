/** What a write waits for besides the store's own time: copies in other regions that have to have it before it counts (NUMBERS M15). */
import { call, known, list, nameOf, numberOf, range, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { uniqueFacts } from './figure.ts'
import { between, regionName, regionsOf } from './network.ts'
import { followersCommit, majorityCommit } from './quorum-latency.ts'

export interface CommitWait {
  /** At least; seconds. */
  readonly seconds: number
  /** Who is waited for: `eu-west`. */
  readonly until: string
  readonly facts: readonly Fact[]
}

/** In which region a store takes its writes; undefined where that is not known, or anywhere. */
export function leaderRegion(model: Model, store: Component): string | undefined {
  const leader = store.parts.find((part) => word(part.facts, 'role') === 'leader')
  const region = leader && known(leader.facts, 'region')
  if (region) return regionName(model, nameOf(region.value) ?? '')[0]
  if (list(store.facts, 'regions') || store.parts.some((part) => known(part.facts, 'region'))) return undefined
  return regionsOf(model, store)[0]
}

/** Undefined where nothing far away is waited for, or nothing is known of it. */
export function commitWait(model: Model, store: Component, relation: Relation): CommitWait | undefined {
  const { facts } = store
  if (['replication', 'sync', 'regions'].some((path) => saysUnknown(facts, path))) return undefined
  const sites = sitesOf(model, store)
  if (!sites || new Set(sites.regions).size < 2) return undefined
  const replication = word(facts, 'replication')
  if (replication === 'leaderless' || replication === 'multi-leader') return everywhere(model, relation, sites)
  const needed = followersNeeded(store, replication, sites.regions.length)
  if (needed === undefined || needed.count === 0) return undefined
  const said = leaderRegion(model, store)
  // Where nobody says who leads, the best placed one does.
  const waits = (said === undefined ? [...new Set(sites.regions)] : [said]).flatMap((leader) => waitOf(leader, sites.regions, needed.count) ?? [])
  const least = waits.sort((a, b) => a.seconds - b.seconds)[0]
  return least && least.seconds > 0 ? { ...least, facts: uniqueFacts([...least.facts, ...needed.facts, ...sites.facts]) } : undefined
}

interface Sites {
  /** The region of each copy. */
  readonly regions: readonly string[]
  readonly facts: readonly Fact[]
}

/** Where each copy is: replicas that are named with their region, or one in each region where there are no more of them. */
function sitesOf(model: Model, store: Component): Sites | undefined {
  const named = store.parts.filter((part) => part.kind === 'replica' && word(part.facts, 'votes') !== 'no' && word(part.facts, 'role') !== 'learner')
  if (named.length > 0) {
    const regions = named.map((part) => known(part.facts, 'region'))
    if (regions.some((region) => !region)) return undefined
    return { regions: regions.flatMap((region) => regionName(model, nameOf(region!.value) ?? '')), facts: regions.map((region) => region!.fact) }
  }
  const said = known(store.facts, 'regions')
  const regions = regionsOf(model, store)
  const copies = ['voters', 'replicas', 'replication-factor'].flatMap((path) => (known(store.facts, path)?.fact.from === 'stated' ? (range(store.facts, path)?.to ?? []) : []))[0]
  if (!said || regions.length < 2 || (copies !== undefined && copies > regions.length)) return undefined
  return { regions, facts: [said.fact] }
}

/** How many besides the leader must have a write before it counts. */
function followersNeeded(store: Component, replication: string | undefined, copies: number): { readonly count: number; readonly facts: readonly Fact[] } | undefined {
  const sync = known(store.facts, 'sync')
  const scheme = known(store.facts, 'replication')
  if (replication === 'consensus') return { count: Math.floor(copies / 2), facts: [scheme!.fact] }
  if (!sync) return undefined
  const k = numberOf(call(store.facts, 'sync', 'sync')?.args[0])
  switch (word(store.facts, 'sync')) {
    case 'quorum':
      return { count: Math.floor(copies / 2), facts: [sync.fact] }
    case 'sync':
      return { count: k ?? 1, facts: [sync.fact] }
    case 'semi-sync':
      return { count: 1, facts: [sync.fact] }
    default:
      return { count: 0, facts: [] }
  }
}

function waitOf(leader: string, regions: readonly string[], count: number): CommitWait | undefined {
  const at = regions.indexOf(leader)
  if (at < 0) return undefined
  const trips = regions.filter((_, index) => index !== at).map((region) => ({ region, trip: region === leader ? undefined : between(leader, region) }))
  // A distance that is not known counts as none: this is a floor.
  const times = trips.map(({ trip }) => trip?.seconds ?? 0)
  const seconds = count === Math.floor(regions.length / 2) ? majorityCommit(times) : followersCommit(times, count)
  const last = trips.find(({ trip }) => trip?.seconds === seconds)
  return { seconds, until: last?.region ?? '', facts: last?.trip?.facts ?? [] }
}

/** Without a leader the level decides: `each-quorum` and `all` wait for the farthest region, `quorum` for enough of all copies. */
function everywhere(model: Model, relation: Relation, sites: Sites): CommitWait | undefined {
  const level = word(relation.facts, 'consistency')
  const from = lookup(model).component(relation.from)
  const here = from ? regionsOf(model, from) : []
  if (here.length !== 1 || (level !== 'each-quorum' && level !== 'all')) return undefined
  const trips = [...new Set(sites.regions)].flatMap((region) => {
    const trip = region === here[0] ? undefined : between(here[0]!, region)
    return trip ? [{ region, trip }] : []
  })
  const far = trips.sort((a, b) => b.trip.seconds - a.trip.seconds)[0]
  return far && { seconds: far.trip.seconds, until: far.region, facts: uniqueFacts([...far.trip.facts, known(relation.facts, 'consistency')!.fact, ...sites.facts]) }
}

