/**
 * Whether what is read must meet what was written (NUMBERS M19, M21): consistency levels as sets of copies, region by region, and whether
 * any two of those sets share a copy. R + W > N is the special case of one region and plain counts.
 */
import { known, list, number, saysUnknown, word } from '../model/facts.ts'
import { isContainer, lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { uniqueFacts } from './figure.ts'

/** The copies of one record: n in each of so many regions. `regions` is a lower bound where it is not known. */
export interface Copies {
  readonly n: number
  readonly regions: number
  readonly facts: readonly Fact[]
}

/** How many copies answer before a caller goes on, and where they may be. */
export type Answering =
  | { readonly where: 'anywhere'; readonly count: number }
  | { readonly where: 'local'; readonly count: number; /** Unset where the caller's region is not known. */ readonly region?: string }
  | { readonly where: 'each'; readonly count: number }

export interface Level {
  /** As a person writes it: `local-quorum`, `W=1`. */
  readonly name: string
  readonly answering: Answering
  readonly facts: readonly Fact[]
}

export interface Quorums {
  /** Unset for a store that is not leaderless, or whose number of copies is not known. */
  copies(store: string): Copies | undefined
  /** The level at which a relation reads or writes; unset where it is not known. */
  level(relation: Relation): Level | undefined
}

export function majority(n: number): number {
  return Math.floor(n / 2) + 1
}

/** True where some set of copies that answers the one shares no copy with some set that answers the other; undefined where it depends on an unknown region. */
export function mayMiss(write: Answering, read: Answering, { n, regions }: Pick<Copies, 'n' | 'regions'>): boolean | undefined {
  const total = n * regions
  if (write.where === 'each' && read.where === 'anywhere') return read.count <= total - write.count * regions
  if (write.where === 'anywhere' && read.where === 'each') return mayMiss(read, write, { n, regions })
  if (write.where === 'each' || read.where === 'each') return write.count + read.count <= n
  if (write.where === 'anywhere' || read.where === 'anywhere') return write.count + read.count <= total
  if (write.count + read.count <= n) return true
  if (regions === 1) return false
  if (write.region === undefined || read.region === undefined) return undefined
  return write.region !== read.region
}

/** A level's word as a set of copies; undefined for a level that is no count of copies, such as `leader`. */
export function answeringOf(level: string, copies: Pick<Copies, 'n' | 'regions'>, region?: string): Answering | undefined {
  const total = copies.n * copies.regions
  const local = (count: number): Answering => ({
    where: 'local',
    count: Math.min(count, copies.n),
    ...(region !== undefined && { region }),
  })
  const anywhere = (count: number): Answering => ({ where: 'anywhere', count: Math.min(count, total) })
  switch (level) {
    case 'any':
    case 'one':
    case 'eventual':
      return anywhere(1)
    case 'two':
      return anywhere(2)
    case 'three':
      return anywhere(3)
    case 'quorum':
    case 'majority':
    case 'serial':
      return anywhere(majority(total))
    case 'all':
      return anywhere(total)
    case 'local-one':
      return local(1)
    case 'local-quorum':
    case 'local-serial':
      return local(majority(copies.n))
    case 'each-quorum':
      return { where: 'each', count: majority(copies.n) }
    default:
      return undefined
  }
}

export function quorumsOf(model: Model): Quorums {
  const find = lookup(model)
  const regioned = model.containers.some((container) => container.kind === 'region')

  function regionOf(component: string): string | undefined {
    return find.ancestors(component).find((ancestor) => isContainer(ancestor) && ancestor.kind === 'region')?.id
  }

  function copies(store: string): Copies | undefined {
    const component = find.component(store)
    if (!component || !isLeaderless(component)) return undefined
    const path = ['n', 'replication-factor', 'replicas'].find((each) => known(component.facts, each) || saysUnknown(component.facts, each))
    const n = path === undefined ? undefined : number(component.facts, path)
    if (path === undefined || n === undefined || n < 1) return undefined
    const regions = regionsOf(component)
    return { n, regions: regions.count, facts: uniqueFacts([known(component.facts, path)?.fact, regions.fact]) }
  }

  function regionsOf(component: Component): { readonly count: number; readonly fact?: Fact } {
    const stated = known(component.facts, 'regions')
    if (stated)
      return { count: Math.max(1, number(component.facts, 'regions') ?? list(component.facts, 'regions')?.length ?? 1), fact: stated.fact }
    // One region for certain where it stands in one, or where nobody speaks of regions; otherwise at least one.
    return { count: 1 }
  }

  function level(relation: Relation): Level | undefined {
    const store = find.component(relation.to)
    const of = store && copies(store.id)
    if (!store || !of) return undefined
    if (saysUnknown(relation.facts, 'consistency')) return undefined
    const said = word(relation.facts, 'consistency')
    const writes = relation.verb === 'writes'
    const property = writes ? 'w' : 'r'
    const own = known(relation.facts, 'consistency')
    const count = number(store.facts, property)
    // A level that the person states beats a count of the store, which beats the driver's default.
    if (said !== undefined && own && (own.fact.from === 'stated' || count === undefined)) {
      const answering = answeringOf(said, of, regionOf(relation.from))
      return answering && { name: said, answering, facts: [own.fact] }
    }
    if (count === undefined || saysUnknown(store.facts, property)) return undefined
    const name = `${property.toUpperCase()}=${count}`
    const answering: Answering =
      of.regions > 1 || (regioned && regionOf(store.id) === undefined && known(store.facts, 'regions') === undefined)
        ? { where: 'local', count, ...(regionOf(relation.from) !== undefined && { region: regionOf(relation.from)! }) }
        : { where: 'anywhere', count }
    return { name, answering, facts: uniqueFacts([known(store.facts, property)?.fact]) }
  }

  return { copies, level }
}

/** Stated or known to be so, or plainly tuned by counts of copies. */
function isLeaderless(component: Component): boolean {
  if (saysUnknown(component.facts, 'replication')) return false
  const replication = word(component.facts, 'replication')
  if (replication !== undefined) return replication === 'leaderless'
  return number(component.facts, 'r') !== undefined && number(component.facts, 'w') !== undefined
}

/** As its users write it: `QUORUM`, `LOCAL_ONE`, `R=1`. */
export function levelName({ name }: Level): string {
  return name.toUpperCase().replaceAll('-', '_')
}
