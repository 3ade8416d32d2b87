/**
 * What a cut network takes away: arrows from one side to the other, and of a store with copies on several sides what the smaller side, the side
 * without the leader or a level that needs the other side cannot do. Where the design does not say which side is which, nothing is taken.
 */
import { known, list, nameOf, word } from '../model/facts.ts'
import { isContainer, lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Edge } from './graph.ts'
import type { Hit } from './hit.ts'
import { majority, type Quorums } from './quorum.ts'
import { isVoter, membersOf } from './quorum-loss.ts'

export interface Cut {
  /** Stores that the cut divides, where what they still do is not stated. */
  readonly hits: readonly Hit[]
  /** Why one does not reach the other any more: a sentence. */
  between(needer: string, component: string): string | undefined
  /** Why a store that is reached does not do what the arrow asks: behind its name. */
  refused(edge: Edge, component: string): string | undefined
}

/** Component id → the groups that it has copies in, and in how many places of each. */
type Sides = ReadonlyMap<string, ReadonlyMap<number, number>>

export function cutOf(model: Model, quorums: Quorums, groups: readonly (readonly string[])[]): Cut {
  if (groups.length === 0) return { hits: [], between: () => undefined, refused: () => undefined }
  const find = lookup(model)
  const sides = sidesOf(model, groups)
  const name = (id: string): string => `\`${find.component(id)?.name ?? id}\``

  function between(needer: string, component: string): string | undefined {
    const [from, to] = [sides.get(needer), sides.get(component)]
    if (!from || !to || [...from.keys()].some((side) => to.has(side))) return undefined
    return `the network between ${name(needer)} and ${name(component)} is cut`
  }

  function refused(edge: Edge, component: string): string | undefined {
    const [from, to] = [sides.get(edge.needer), sides.get(component)]
    if (!from || from.size > 1 || !to || to.size < 2) return undefined
    const [side] = from.keys()
    const level = component === edge.needed ? quorums.level(edge.relation) : undefined
    const copies = quorums.copies(component)
    if (level && copies) {
      const here = copies.n * (to.get(side!) ?? 0)
      const across = level.answering.where === 'each' || (level.answering.where === 'anywhere' && level.answering.count > here)
      return across ? `cannot answer at \`${level.name}\` on one side of the cut` : undefined
    }
    if (!CHANGES.has(edge.verb.name)) return undefined
    const store = find.component(component)!
    if (refuses(store)) {
      const most = copiesOn(store, to, side!)
      return most !== undefined && most.most < majority(most.of) ? `takes no writes on the side without a majority (${most.most} of ${most.of} copies)` : undefined
    }
    const home = leaderSide(model, store, groups)
    return home !== undefined && home !== side ? 'takes no writes on this side of the cut: its leader is on the other' : undefined
  }

  /** Whether some side may or may not do its work, and which one nobody says. */
  function openFor(store: Component, to: ReadonlyMap<number, number>): string | undefined {
    if (refuses(store)) {
      const counts = [...to.keys()].map((side) => copiesOn(store, to, side))
      if (counts.some((count) => count === undefined)) return 'replicas'
      return counts.some((count) => count!.least < majority(count!.of) && count!.most >= majority(count!.of)) ? 'replica.region' : undefined
    }
    return isLed(store) && leaderSide(model, store, groups) === undefined ? 'replica.role' : undefined
  }

  const hits = [...sides].flatMap(([id, to]): Hit | [] => {
    const store = to.size > 1 ? find.component(id) : undefined
    const missing = store && openFor(store, to)
    if (missing === undefined) return []
    const because = missing === 'replica.role' ? 'is cut in two, and on which side its leader is, is not stated' : 'is cut in two, and which side has a majority is not stated'
    return { component: id, of: 'some', level: 'region', because, missing: [missing], facts: [] }
  })
  return { hits, between, refused }
}

const CHANGES: ReadonlySet<string> = new Set(['writes', 'locks', 'publishes'])

/** A minority of it takes no writes. */
function refuses({ facts, kind }: Component): boolean {
  return word(facts, 'on-partition') === 'refuse-minority' || word(facts, 'replication') === 'consensus' || word(facts, 'sync') === 'quorum' || (kind === 'coordinator' && word(facts, 'on-partition') === undefined)
}

/** Copies on one side: drawn one by one, or spread over the places as evenly as they can be. */
function copiesOn(store: Component, to: ReadonlyMap<number, number>, side: number): { readonly least: number; readonly most: number; readonly of: number } | undefined {
  const count = membersOf(store)?.count
  if (count === undefined) return undefined
  const placed = store.parts.filter(isVoter)
  if (placed.length === count) return { least: to.get(side) ?? 0, most: to.get(side) ?? 0, of: count }
  const [here, places] = [to.get(side) ?? 0, [...to.values()].reduce((sum, each) => sum + each, 0)]
  const rest = count % places
  const floor = Math.floor(count / places)
  return { least: floor * here + Math.max(0, rest - (places - here)), most: floor * here + Math.min(rest, here), of: count }
}

/** All its writes go to one leader; where each item has a region of its own for them, they do not. */
function isLed({ facts }: Component): boolean {
  return word(facts, 'replication') === 'leader-follower' && !known(facts, 'write-home')
}

/** The group in which its writes are taken, by what the design says of its leader. */
function leaderSide(model: Model, store: Component, groups: readonly (readonly string[])[]): number | undefined {
  const leader = isLed(store) ? store.parts.find(({ facts }) => word(facts, 'role') === 'leader') : undefined
  const names = leader ? ['region', 'zone'].flatMap((path) => nameAt(leader.facts, path) ?? []) : []
  const found = groups.findIndex((members) => members.some((id) => names.some((one) => called(model, id, one) || lookup(model).ancestors(one).some((place) => place.id === id))))
  return found < 0 ? undefined : found
}

function called(model: Model, id: string, name: string): boolean {
  return id === name || lookup(model).container(id)?.name === name
}

function sidesOf(model: Model, groups: readonly (readonly string[])[]): Sides {
  const sides = new Map<string, Map<number, number>>()
  const find = lookup(model)
  groups.forEach((members, group) => {
    for (const component of model.components) {
      const places = members.reduce((sum, id) => sum + placesIn(model, component, id), 0)
      if (places === 0) continue
      const found = sides.get(component.id) ?? new Map<number, number>()
      sides.set(component.id, found.set(group, places))
    }
  })
  return sides

  function placesIn(of: Model, component: Component, id: string): number {
    if (component.id === id) return 1
    const container = find.container(id)
    const copies = component.parts.filter((part) => isVoter(part) && ['zone', 'region'].some((path) => isHere(of, nameAt(part.facts, path), id)))
    if (copies.length > 0) return copies.length
    const named = ['zones', 'regions'].flatMap((path) => list(component.facts, path) ?? []).flatMap((value) => (value.type === 'quantity' ? [] : (nameOf(value) ?? [])))
    if (container && isContainer(container) && named.some((one) => isHere(of, one, id))) return 1
    // What says that it stands in other places as well is not all here.
    return named.length === 0 && find.ancestors(component.id).some((place) => place.id === id) ? 1 : 0
  }
}

function nameAt(facts: Component['facts'], path: string): string | undefined {
  const value = known(facts, path)?.value
  return value && nameOf(value)
}

/** The place itself, or one inside of it. */
function isHere(model: Model, name: string | undefined, id: string): boolean {
  return name !== undefined && (called(model, id, name) || lookup(model).ancestors(name).some((place) => place.id === id))
}
