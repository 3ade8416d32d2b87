/**
 * Where the copies of a component stand, and whether enough of them are left when one falls or the fullest of its places does
 * (CATALOG R2). Only stated numbers count: how many copies a technology runs by itself is a question, not a verdict.
 */
import { flag, known, list, nameOf, number, saysUnknown, word } from '../model/facts.ts'
import type { Component, Part } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { uniqueFacts } from './figure.ts'

export interface Members {
  readonly count: number
  /** How the design calls the number: `voters`, `replicas`, …; unset where replicas are named one by one. */
  readonly property?: 'voters' | 'n' | 'replication-factor' | 'replicas'
  readonly facts: readonly Fact[]
}

export interface Spread {
  /** Zones, or regions. */
  readonly places: number
  /** Members in the fullest of them, where they are spread as evenly as they can be or as they are named. */
  readonly most: number
  /** The fullest, where it has a name. */
  readonly name?: string
  readonly facts: readonly Fact[]
}

/** Undefined where their number is not stated. */
export function membersOf(component: Component): Members | undefined {
  for (const property of ['voters', 'n', 'replication-factor', 'replicas'] as const) {
    if (saysUnknown(component.facts, property)) return undefined
    const stated = known(component.facts, property)
    // Of a span nobody knows how many there are at the wrong moment.
    if (stated?.value.type === 'quantity' && stated.fact.from !== 'default') return { count: stated.value.value, property, facts: [stated.fact] }
  }
  const replicas = votersOf(component)
  return replicas.length < 2 ? undefined : { count: replicas.length, facts: [] }
}

/** Over how many zones or regions they are; undefined where that is not stated, or where all of them are in one place. */
export function spreadOf(component: Component, members: Members, over: 'zones' | 'regions'): Spread | undefined {
  const place = over === 'zones' ? 'zone' : 'region'
  const named = votersOf(component)
  if (named.length > 0 && members.property === undefined) {
    const places = named.map((part) => known(part.facts, place))
    if (places.some((each) => each === undefined)) return undefined
    const counts = new Map<string, number>()
    for (const each of places) counts.set(nameOf(each!.value) ?? '', (counts.get(nameOf(each!.value) ?? '') ?? 0) + 1)
    const [name, most] = [...counts].reduce((fullest, each) => (each[1] > fullest[1] ? each : fullest))
    return counts.size < 2 ? undefined : { places: counts.size, most, name, facts: uniqueFacts(places.map((each) => each!.fact)) }
  }
  const stated = known(component.facts, over)
  if (!stated || stated.fact.from === 'default' || stated.value.type === 'span') return undefined
  const places = number(component.facts, over) ?? list(component.facts, over)?.length ?? 0
  return places < 2 ? undefined : { places, most: Math.ceil(members.count / places), facts: [stated.fact] }
}

/** Replicas that are named; one that only reads along decides nothing. */
function votersOf(component: Component): Component['parts'] {
  return component.parts.filter((part) => part.parent === component.id && isVoter(part))
}

/** A copy that counts for a majority. */
export function isVoter({ kind, facts }: Part): boolean {
  return kind === 'replica' && word(facts, 'role') !== 'learner' && flag(facts, 'votes') !== false
}
