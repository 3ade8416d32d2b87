/**
 * Where the design is plainly not what its author claims: an aim of the whole (`optimizes`, `sacrifices`) or a guarantee of one store that what else is
 * stated rules out. An aim is a matter of degree, so only what no reviewer would argue about counts: stated facts, and all of the design or a sure
 * bound, never a default or an estimate. What is accepted elsewhere is not held against the claim either.
 */
import { flag, isAbsent, known, list, nameOf, number, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact, StatedFact } from '../model/value.ts'
import type { Analysis } from './analysis.ts'
import { copiesAtAck, sizeOf } from './durable-copies.ts'
import { uniqueFacts } from './figure.ts'
import { limitsOf } from './limits.ts'
import { time } from './staleness.ts'

/** What a design can optimize or sacrifice. */
export type Quality =
  | 'consistency' | 'availability' | 'latency' | 'throughput' | 'cost' | 'durability' | 'simplicity' | 'recovery' | 'security' | 'freshness' | 'scalability' | 'operability'

export interface Contradiction {
  /** The property that claims it. */
  readonly path: 'optimizes' | 'sacrifices' | 'consistency' | 'survives'
  /** Of an aim. */
  readonly quality?: Quality
  /** Of a store's guarantee: its id. */
  readonly component?: string
  readonly claim: StatedFact
  /** A clause behind "but": `every flow has a single point of failure: …`. */
  readonly how: string
  /** The same in a few words, for a table. */
  readonly short: string
  readonly related: readonly { readonly at: Origin; readonly message: string }[]
  readonly facts: readonly Fact[]
}

type Against = Omit<Contradiction, 'path' | 'quality' | 'claim' | 'component'>

export function contradictionsOf(model: Model, analysis: Analysis): readonly Contradiction[] {
  return [...ofAims(model, analysis), ...model.components.flatMap(ofGuarantees)]
}

function ofAims(model: Model, analysis: Analysis): readonly Contradiction[] {
  const facts = model.design?.facts
  const optimizes = facts && known(facts, 'optimizes')?.fact
  if (!facts || optimizes?.from !== 'stated') return []
  const named = (path: string): readonly Quality[] => (list(facts, path) ?? []).flatMap((value) => (nameOf(value) as Quality | undefined) ?? [])
  const given = new Set(named('sacrifices'))
  const sacrifices = known(facts, 'sacrifices')?.fact
  return named('optimizes').flatMap((quality): readonly Contradiction[] => {
    if (given.has(quality) && sacrifices?.from === 'stated') {
      const related = [{ at: sacrifices.origin, message: `\`sacrifices\` names it as well` }]
      return [{ path: 'optimizes', quality, claim: optimizes, how: `it sacrifices ${quality} as well`, short: 'it is sacrificed as well', related, facts: [optimizes, sacrifices] }]
    }
    const against = AGAINST[quality]?.(model, analysis, given)
    return against ? [{ path: 'optimizes', quality, claim: optimizes, ...against, facts: uniqueFacts([optimizes, ...against.facts]) }] : []
  })
}

type Judge = (model: Model, analysis: Analysis, sacrificed: ReadonlySet<Quality>) => Against | undefined

const AGAINST: Readonly<Partial<Record<Quality, Judge>>> = {
  availability: (model, analysis, sacrificed) => standsAlone(model, analysis) ?? (sacrificed.has('consistency') ? refusesEverywhere(model, analysis) : undefined),
  latency: tooSlow,
  consistency: acceptsEverywhere,
  throughput: fullAlready,
  durability: keptInMemory,
}

/** Somebody has decided about that very thing. */
function isAccepted(model: Model, ...rules: readonly string[]): boolean {
  return model.waivers.some(({ rule }) => rules.includes(rule))
}

/** Each flow falls with one machine that is stated to be alone. */
function standsAlone(model: Model, analysis: Analysis): Against | undefined {
  if (model.flows.length === 0 || isAccepted(model, 'single-point-of-failure', 'common-mode-dependency')) return undefined
  const worst = new Map<string, { readonly component: string; readonly facts: readonly Fact[]; readonly at: Origin }>()
  for (const { graph, unit, component, loss } of analysis.exposures) {
    const sure = loss.facts.length > 0 && loss.facts.every(({ from }) => from === 'stated')
    if (unit.level !== 'copy' || loss.of !== 'all' || loss.because !== 'alone' || component === undefined || !sure || worst.has(graph.flow.id)) continue
    worst.set(graph.flow.id, { component, facts: loss.facts, at: unit.at })
  }
  if (!analysis.flows.every(({ id }) => worst.has(id))) return undefined
  const names = [...new Set([...worst.values()].map(({ component }) => lookup(model).component(component)?.name ?? component))]
  const one = worst.size === 1
  return {
    how: `${one ? 'its only flow stops' : `each of its ${worst.size} flows stops`} with one machine: ${names.slice(0, 3).map((name) => `\`${name}\``).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''} ${names.length === 1 ? 'runs' : 'run'} alone`,
    short: one ? 'its only flow stops with one machine' : 'every flow stops with one machine',
    related: [...worst.values()].slice(0, 10).map(({ component, at }) => ({ at, message: `\`${lookup(model).component(component)?.name}\` runs alone` })),
    facts: [...worst.values()].flatMap(({ facts }) => facts),
  }
}

/** Stores that hold the truth of what the design keeps, where it has more than one copy. */
function replicatedTruths(model: Model, analysis: Analysis): readonly Component[] {
  const ids = new Set(model.data.flatMap(({ id }) => analysis.truths.of(id)))
  return [...ids].flatMap((id) => lookup(model).component(id) ?? []).filter((store) => sizeOf(store)?.count !== 1)
}

/** What it gives up consistency for is not there: in a cut, each store of its data refuses, as it is stated to. */
function refusesEverywhere(model: Model, analysis: Analysis): Against | undefined {
  const stores = replicatedTruths(model, analysis)
  if (stores.length === 0 || !stores.every((store) => states(store, 'on-partition', 'refuse-minority'))) return undefined
  return inACut(stores, 'refuse-minority', `refuses on the smaller side when the network is cut`, 'refuse', 'its stores refuse in a cut')
}

/** It aims at one truth, and each store of its data lets two sides write and the later clock win. */
function acceptsEverywhere(model: Model, analysis: Analysis): Against | undefined {
  const stores = replicatedTruths(model, analysis)
  const loses = (store: Component): boolean => {
    const intent = analysis.intents.at({ component: store.id }, 'conflicts')
    return states(store, 'on-partition', 'accept-both') && states(store, 'conflict', 'lww') && intent.stance !== 'tolerates' && !intent.withheld
  }
  if (stores.length === 0 || !stores.every(loses)) return undefined
  return inACut(stores, 'accept-both', 'takes writes on both sides of a cut and drops the older ones', 'take writes on both sides of a cut and drop the older ones', 'its stores take writes on both sides of a cut')
}

function inACut(stores: readonly Component[], word_: string, singular: string, plural: string, short: string): Against {
  const names = stores.slice(0, 3).map(({ name }) => `\`${name}\``).join(', ')
  return {
    how: stores.length === 1 ? `the only store of its data, ${names}, ${singular}` : `all stores of its data (${names}${stores.length > 3 ? ` and ${stores.length - 3} more` : ''}) ${plural === 'refuse' ? 'refuse on the smaller side when the network is cut' : plural}`,
    short,
    related: stores.slice(0, 10).flatMap(({ name, facts }) => {
      const fact = known(facts, 'on-partition')!.fact
      return fact.from === 'stated' ? [{ at: fact.origin, message: `\`${name}\`: \`on-partition: ${word_}\`` }] : []
    }),
    facts: stores.map(({ facts }) => known(facts, 'on-partition')!.fact),
  }
}

function states({ facts }: Component, path: string, value: string): boolean {
  return known(facts, path)?.fact.from === 'stated' && word(facts, path) === value
}

const GOALS = [['p50', 0.5], ['p95', 0.95], ['p99', 0.99], ['p999', 0.999]] as const

/** A flow takes longer than it promises itself, by what is stated alone. */
function tooSlow(model: Model, analysis: Analysis): Against | undefined {
  if (isAccepted(model, 'latency-budget-exceeded')) return undefined
  for (const { id, name, flow } of analysis.flows) {
    for (const [path, share] of GOALS) {
      const goal = flow && known(flow.facts, path)
      const target = flow && number(flow.facts, path)
      const floor = target === undefined ? undefined : analysis.latency.of(id)?.atLeast(share, true)
      if (!goal || target === undefined || !floor || floor.seconds <= target * (1 + 1e-9)) continue
      return {
        how: `${name} cannot keep its own ${path} of ${time(target)}: it takes at least ${about(floor.seconds)}`,
        short: `${name.replaceAll('"', '').replaceAll('`', '')} misses its own ${path}`,
        related: floor.parts.slice(0, 10).flatMap(({ hop, seconds }) => hop.facts.flatMap((fact) => (fact.from === 'stated' ? [{ at: fact.origin, message: `\`${hop.name}\` takes ${about(seconds)} of it` }] : []))),
        facts: [goal.fact, ...floor.facts],
      }
    }
  }
  return undefined
}

function about(seconds: number): string {
  return time(Number(seconds.toPrecision(3)))
}

/** Something is asked for more than it can serve, at the load that is stated. */
function fullAlready(model: Model, analysis: Analysis): Against | undefined {
  if (isAccepted(model, 'overloaded-component')) return undefined
  for (const component of model.components) {
    const [limit] = limitsOf(component, analysis.admission.component(component.id)).filter(({ of, rate, facts }) => (of === 'capacity' || of === 'quota') && rate.sureness === 'exact' && facts.every(({ from }) => from === 'stated'))
    if (!limit || limit.used <= 1 + 1e-9) continue
    const rate = (value: number): string => formatQuantity(quantity(value, RATE))
    return {
      how: `\`${component.name}\` gets ${rate(limit.load)} and can serve ${rate(limit.limit)}`,
      short: `${component.name} is full already`,
      related: [{ at: component.origin, message: `\`${component.name}\` can serve ${rate(limit.limit)}` }],
      facts: limit.facts,
    }
  }
  return undefined
}

/** The truth of its data is stated to be in memory only. */
function keptInMemory(model: Model, analysis: Analysis): Against | undefined {
  for (const { id, name } of model.data) {
    const stores = analysis.truths.of(id).flatMap((store) => lookup(model).component(store) ?? [])
    const memory = stores.length > 0 && stores.every((store) => states(store, 'durability', 'memory') && copiesAtAck(store)?.count === 0)
    const intent = analysis.intents.at({ data: [id] }, 'loss')
    if (!memory || intent.stance !== 'requires' || intent.withheld) continue
    const store = stores[0]!
    return {
      how: `\`${name}\`, which must not be lost, is kept in the memory of \`${store.name}\` only`,
      short: `${name} is kept in memory only`,
      related: [{ at: store.origin, message: `\`${store.name}\` keeps it in memory` }],
      facts: [known(store.facts, 'durability')!.fact],
    }
  }
  return undefined
}

/** What a store says that it guarantees, against how it says that it works. */
function ofGuarantees(store: Component): readonly Contradiction[] {
  return [...readsThatLag(store), ...inOnePlace(store)]
}

/** Linearizable by its word, and read from followers that get the writes later. */
function readsThatLag(store: Component): readonly Contradiction[] {
  const { facts, name } = store
  const claim = known(facts, 'consistency')?.fact
  const from = word(facts, 'read-from')
  if (claim?.from !== 'stated' || (word(facts, 'consistency') !== 'linearizable' && word(facts, 'consistency') !== 'strict')) return []
  if ((from !== 'follower' && from !== 'any' && from !== 'nearest') || known(facts, 'read-from')!.fact.from !== 'stated' || !states(store, 'sync', 'async')) return []
  if (word(facts, 'replication') === 'consensus' || sizeOf(store)?.count === 1) return []
  const used = [known(facts, 'read-from')!.fact, known(facts, 'sync')!.fact] as readonly StatedFact[]
  return [
    {
      path: 'consistency',
      component: store.id,
      claim,
      how: `\`${name}\` is read from ${from === 'follower' ? 'followers' : from === 'any' ? 'any copy' : 'the nearest copy'} (\`read-from: ${from}\`), which ${from === 'follower' ? 'get' : 'gets'} the writes later (\`sync: async\`)`,
      short: 'it is read from copies that lag',
      related: used.map((fact) => ({ at: fact.origin, message: 'stated here' })),
      facts: [claim, ...used],
    },
  ]
}

/** It is to survive the loss of a place, and says that it stands in one. */
function inOnePlace(store: Component): readonly Contradiction[] {
  const { facts, name } = store
  const claim = known(facts, 'survives')?.fact
  const said = word(facts, 'survives')
  if (claim?.from !== 'stated' || flag(facts, 'managed') === true || saysUnknown(facts, 'zones') || saysUnknown(facts, 'regions')) return []
  for (const [level, path] of [['zone', 'zones'], ['region', 'regions']] as const) {
    const places = known(facts, path)?.fact
    if (number(facts, path) !== 1 || places?.from !== 'stated' || (said !== level && said !== 'region')) continue
    // One zone in each of several regions is another thing.
    if (level === 'zone' && !isAbsent(facts, 'regions') && number(facts, 'regions') !== 1) continue
    return [
      {
        path: 'survives',
        component: store.id,
        claim,
        how: `\`${name}\` stands in one ${level} (\`${path}: 1\`)`,
        short: `it stands in one ${level}`,
        related: [{ at: places.origin, message: `\`${path}: 1\`` }],
        facts: [claim, places],
      },
    ]
  }
  return []
}
