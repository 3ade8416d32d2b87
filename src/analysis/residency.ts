/**
 * Where something stands by law and geography, and whether that is within what a residency allows. Three-valued: a place of which only a
 * free name is known is neither in nor out.
 */
import { known, list, nameOf, words } from '../model/facts.ts'
import { isContainer, lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import type { Fact } from '../model/value.ts'
import { uniqueFacts } from './figure.ts'

export type Standing = 'inside' | 'outside' | 'unknown'

export interface Place {
  /** As a message says it: `` region `us-east` ``, `us, by its jurisdiction`. */
  readonly name: string
  readonly standing: Standing
  readonly at: Origin
  readonly facts: readonly Fact[]
}

/** The places of a component's copies; empty where none is known. */
export function placesFor(model: Model, component: Component, allowed: readonly string[]): readonly Place[] {
  const find = lookup(model)
  const regions = new Set(model.containers.filter(({ kind }) => kind === 'region').flatMap(({ id, name }) => [id, name]))
  const judge = (tokens: readonly string[], law: readonly string[], isRegion: boolean): Standing => standing(allowed, tokens, law, isRegion && allowed.every((each) => regions.has(each)))
  const own = known(component.facts, 'jurisdiction')
  const stated = own?.fact.from === 'stated' && own.fact.inheritedFrom === undefined
  if (stated) {
    const law = words(component.facts, 'jurisdiction') ?? []
    return [{ name: `${law.join(', ')}, by its jurisdiction`, standing: judge([], law, false), at: component.origin, facts: [own.fact] }]
  }
  const named: Place[] = []
  const several = known(component.facts, 'regions')
  for (const value of list(component.facts, 'regions') ?? []) {
    const region = value.type === 'quantity' ? undefined : nameOf(value)
    if (region !== undefined) named.push({ name: `region \`${region.split('.').at(-1)}\``, standing: judge([region.split('.').at(-1)!], [], true), at: several!.fact.from === 'stated' ? several!.fact.origin : component.origin, facts: [several!.fact] })
  }
  for (const part of component.parts) {
    const region = words(part.facts, 'region')?.[0]
    if (region !== undefined) named.push({ name: `region \`${region}\``, standing: judge([region], [], true), at: part.origin, facts: uniqueFacts([known(part.facts, 'region')?.fact]) })
  }
  if (named.length > 0) return named
  const container = find.ancestors(component.id).find((ancestor) => isContainer(ancestor) && ancestor.kind === 'region')
  if (!container) return []
  const tokens = [container.name, ...(words(container.facts, 'place') ?? [])]
  const law = words(container.facts, 'jurisdiction') ?? []
  const place = judge(tokens, law, true)
  return [{ name: `region \`${container.name}\``, standing: place, at: component.origin, facts: uniqueFacts([known(container.facts, 'place')?.fact, known(container.facts, 'jurisdiction')?.fact]) }]
}

/** `names` says that all that is allowed are regions of this design, so that any other region of it is none of them. */
function standing(allowed: readonly string[], tokens: readonly string[], law: readonly string[], names: boolean): Standing {
  const [places, laws, limits] = [tokens, law, allowed].map((each) => each.map((token) => token.toLowerCase())) as [string[], string[], string[]]
  if (limits.some((limit) => [...places, ...laws].some((token) => within(token, limit)))) return 'inside'
  if (names) return 'outside'
  const out = (limit: string): boolean => (laws.length > 0 ? laws.every((token) => otherLaw(token, limit)) : places.some((token) => farAway(token, limit)))
  return limits.every(out) ? 'outside' : 'unknown'
}

/** `eu-west-1` is within `eu`, and `de` too. */
function within(token: string, limit: string): boolean {
  return token === limit || token.startsWith(`${limit}-`) || (limit === 'eu' && UNION.has(token))
}

/** Both are known as jurisdictions, and the one is no part of the other. */
function otherLaw(token: string, limit: string): boolean {
  return Object.hasOwn(CONTINENTS, token) && Object.hasOwn(CONTINENTS, limit) && !(token === 'eu' && UNION.has(limit)) && !VAST.has(limit) && !VAST.has(token)
}

/** On another continent, by the first part of a cloud's region name. Nearer than that the names say too little: `eu-west-2` is in London. */
function farAway(token: string, limit: string): boolean {
  const [first, wanted] = [token.split('-')[0]!, limit.split('-')[0]!]
  return REGIONS.has(first) && Object.hasOwn(CONTINENTS, wanted) && CONTINENTS[first] !== CONTINENTS[wanted]
}

/** With what the clouds begin the names of their regions. */
const REGIONS: ReadonlySet<string> = new Set(['eu', 'europe', 'uk', 'us', 'ca', 'northamerica', 'southamerica', 'ap', 'asia', 'australia', 'africa', 'af'])

/** Members of the European Union, by code and name. */
const UNION: ReadonlySet<string> = new Set(
  'at be bg hr cy cz dk ee fi fr de gr hu ie it lv lt lu mt nl pl pt ro sk si es se austria belgium bulgaria croatia cyprus czechia denmark estonia finland france germany greece hungary ireland italy latvia lithuania luxembourg malta netherlands poland portugal romania slovakia slovenia spain sweden'.split(' '),
)
/** Names of places and of no law. */
const VAST: ReadonlySet<string> = new Set(['europe', 'emea', 'ap', 'apac', 'asia', 'northamerica', 'southamerica', 'africa'])
const CONTINENTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...UNION, 'eu', 'europe', 'uk', 'gb', 'ch', 'switzerland', 'no', 'norway'].map((name) => [name, 'europe'])),
  ...Object.fromEntries(['us', 'usa', 'ca', 'canada', 'mx', 'mexico', 'northamerica'].map((name) => [name, 'america'])),
  ...Object.fromEntries(['ap', 'apac', 'asia', 'cn', 'china', 'india', 'jp', 'japan', 'sg', 'singapore', 'kr', 'korea', 'au', 'australia', 'nz'].map((name) => [name, 'asia'])),
  ...Object.fromEntries(['southamerica', 'brazil', 'br'].map((name) => [name, 'southamerica'])),
  ...Object.fromEntries(['af', 'africa'].map((name) => [name, 'africa'])),
}
