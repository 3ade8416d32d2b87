/**
 * How long a round trip between two places takes at least (VOCABULARY B4). Within a place it is what the place states; between regions on different
 * coasts or continents, light itself sets a floor that depends on where they are. Regions whose names say nothing of that have none.
 */
import { known, list, nameOf, number, word } from '../model/facts.ts'
import { isContainer, lookup } from '../model/lookup.ts'
import type { Component, Container, Model } from '../model/model.ts'
import { DURATION, quantity } from '../model/quantity.ts'
import type { DefaultFact, Fact } from '../model/value.ts'

export interface RoundTrip {
  /** Seconds. */
  readonly seconds: number
  /** `us-east and eu-west`; empty within one place. */
  readonly between: string
  readonly facts: readonly Fact[]
}

/** Where a component is: the names of its regions, or of what they say of their place; empty where that is unknown or anywhere. */
export function regionsOf(model: Model, component: Component): readonly string[] {
  const said = list(component.facts, 'regions')
  if (said) return said.flatMap((value) => (value.type === 'quantity' ? [] : regionName(model, nameOf(value) ?? '')))
  const replicas = component.parts.flatMap((part) => {
    const region = known(part.facts, 'region')
    return region ? regionName(model, nameOf(region.value) ?? '') : []
  })
  if (replicas.length > 0) return [...new Set(replicas)]
  const region = lookup(model)
    .ancestors(component.id)
    .find((each): each is Container => isContainer(each) && each.kind === 'region')
  return region ? [placeOf(region)] : []
}

/** A name that is a region of the design says where by the region's own `place`. */
export function regionName(model: Model, name: string): readonly string[] {
  if (name === '') return []
  const region = lookup(model).container(name) ?? model.containers.find((each) => each.kind === 'region' && each.name === name)
  return [region ? placeOf(region) : name]
}

function placeOf(region: Container): string {
  return word(region.facts, 'place') ?? region.name
}

/** At least; undefined where nothing is known. `to` may name one region of the other end, such as that of its leader. */
export function roundTrip(model: Model, from: Component, to: Component, toRegion?: string): RoundTrip | undefined {
  const here = regionsOf(model, from)
  const there = toRegion === undefined ? regionsOf(model, to) : [toRegion]
  if (here.length > 0 && there.length > 0 && !here.some((region) => there.includes(region))) return nearest(here, there)
  return within(model, from, to)
}

/** The shortest of all pairs, and only where each of them is known. */
export function nearest(here: readonly string[], there: readonly string[]): RoundTrip | undefined {
  let least: RoundTrip | undefined
  for (const a of here) {
    for (const b of there) {
      const trip = between(a, b)
      if (!trip) return undefined
      if (!least || trip.seconds < least.seconds) least = trip
    }
  }
  return least
}

export function between(a: string, b: string): RoundTrip | undefined {
  const [one, other] = [areaOf(a), areaOf(b)]
  if (one === undefined || other === undefined) return undefined
  const pair = FLOORS.find(([x, y]) => (covers(x, one) && covers(y, other)) || (covers(x, other) && covers(y, one)))
  if (!pair) return undefined
  const seconds = pair[2] / 1000
  const fact: DefaultFact = {
    from: 'default',
    value: quantity(seconds, DURATION),
    by: `the network between ${[a, b].sort().join(' and ')}`,
    confidence: 'medium',
    source: 'Dean, Numbers Everyone Should Know; the round-trip times that cloud providers publish',
  }
  return { seconds, between: `${a} and ${b}`, facts: [fact] }
}

/** A place that states its round trip, with both ends in it. */
function within(model: Model, from: Component, to: Component): RoundTrip | undefined {
  const find = lookup(model)
  const around = new Set(find.ancestors(to.id).map(({ id }) => id))
  const place = find.ancestors(from.id).find((each) => isContainer(each) && around.has(each.id) && number(each.facts, 'rtt') !== undefined)
  return place && { seconds: number(place.facts, 'rtt')!, between: '', facts: [known(place.facts, 'rtt')!.fact] }
}

/** The lower ends of what is measured between areas, in milliseconds. An area covers those whose name it begins. */
const FLOORS: readonly (readonly [string, string, number])[] = [
  ['us-east', 'us-west', 60],
  ['us', 'eu', 70],
  ['us', 'asia', 120],
  ['eu', 'asia', 150],
]

function covers(area: string, other: string): boolean {
  return other === area || other.startsWith(`${area}-`)
}

const AREAS: readonly (readonly [RegExp, string])[] = [
  [/^(us|ca|northamerica)-?(east|northeast|central-?1b?)|^(eastus|canadaeast|virginia|n-virginia|ohio|new-york|us-central)/, 'us-east'],
  [/^us-?west|^(westus|oregon|california|n-california|us-pacific)/, 'us-west'],
  [/^(us|usa|america|north-america|northamerica)($|-)|us$/, 'us'],
  [/^(eu|europe|uk|emea)($|-)|^europe|europe$|^(francecentral|germany|uksouth|ukwest|frankfurt|ireland|dublin|london|paris|stockholm|milan|amsterdam)/, 'eu'],
  [/^(ap|apac|asia)($|-)|^(southeastasia|eastasia|japan|korea|centralindia|tokyo|seoul|singapore|mumbai|osaka|hong-kong|sydney)/, 'asia'],
]

/** Undefined where the name does not say. A part of the United States that is neither coast is as near as the nearer one. */
function areaOf(name: string): string | undefined {
  const lower = name.toLowerCase().split('.').at(-1)!
  return AREAS.find(([pattern]) => pattern.test(lower))?.[1]
}
