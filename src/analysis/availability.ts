/**
 * How available a flow is, from what its parts promise: over its success graph, with what several ways share counted once. What promises
 * nothing known counts as always there, so the number is the best that can come of it, and says what it left out.
 */
import { known, number } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import { diagrams, FALSE, TooLarge, TRUE, type Diagrams, type Formula } from './decision-diagram.ts'
import { uniqueFacts } from './figure.ts'
import { inSeries } from './nines.ts'
import { components as partsOf } from './strongly-connected.ts'
import type { Need, SuccessGraph } from './success.ts'
import type { Unit } from './units.ts'

export interface FlowAvailability {
  /** The best that can be, 0..1. */
  readonly value: number
  /** `exact` where all that it needs says how available it is; `bound` where some of it does not, or where it is too entangled to compute. */
  readonly sureness: 'exact' | 'bound'
  /** What takes most of it away first. */
  readonly contributors: readonly Contributor[]
  /** Components that it needs and that promise nothing known. */
  readonly missing: readonly string[]
}

/**
 * Whether it misses a target, and whether for certain: what a provider promises of its service is what it pays for, and mostly kept with room to
 * spare, so that `promised` breaks nothing by itself.
 */
export function fallsShort({ value, contributors }: FlowAvailability, target: number): 'no' | 'promised' | 'certain' {
  if (value >= target * (1 - EXACT)) return 'no'
  const promised = contributors.reduce((sum, { costs, fact }) => (fact.from === 'default' ? sum + costs : sum), 0)
  return value + promised >= target * (1 - EXACT) ? 'promised' : 'certain'
}

/** Products of decimals are off by the last binary digit. */
const EXACT = 1e-9

export interface Contributor {
  /** The component's or container's id. */
  readonly id: string
  readonly name: string
  readonly own: number
  /** The share of the time that the flow is down for it. */
  readonly costs: number
  readonly fact: Fact
}

/** Something that works or does not, by itself. */
interface Part {
  readonly id: string
  readonly name: string
  readonly own: number
  readonly fact: Fact
}

/** `counts` chooses which facts are taken: all that are known, or only what the design itself says. */
export function availabilityOf(model: Model, units: readonly Unit[], graph: SuccessGraph, counts: (fact: Fact) => boolean = () => true): FlowAvailability {
  const find = lookup(model)
  const needs = hardNeeds(graph)
  const reached = reachedBy(graph, needs)
  const own = (id: string, name: string, facts: Facts, path = 'availability'): Part | undefined => {
    const said = known(facts, path)
    const value = number(facts, path)
    return said && value !== undefined && counts(said.fact) ? { id, name, own: Math.min(1, Math.max(0, value)), fact: said.fact } : undefined
  }
  const byComponent = new Map<string, Part[]>()
  const missing: string[] = []
  for (const id of reached) {
    const component = find.component(id)
    if (!component || (component.kind === 'client' && graph.flow.entries.includes(id))) continue
    const part = own(id, component.name, component.facts)
    if (part) byComponent.set(id, [part])
    else missing.push(id)
  }
  for (const unit of units) {
    const place = find.container(unit.id.slice(unit.id.indexOf(':') + 1))
    const part = place && own(place.id, place.name, place.facts)
    if (!part) continue
    for (const [component, loss] of unit.losses) if (loss.of === 'all' && reached.has(component)) byComponent.set(component, [...(byComponent.get(component) ?? []), part])
  }
  const chance = computed(model, graph, needs, reached, byComponent, own)
  return {
    value: chance.value,
    sureness: missing.length > 0 || !chance.whole ? 'bound' : 'exact',
    contributors: chance.contributors.filter(({ costs }) => costs > 1e-12).toSorted((a, b) => b.costs - a.costs || (a.id < b.id ? -1 : 1)),
    missing,
  }
}

/** The facts that the number rests on. */
export function availabilityFacts({ contributors }: FlowAvailability): readonly Fact[] {
  return uniqueFacts(contributors.map(({ fact }) => fact))
}

function hardNeeds(graph: SuccessGraph): ReadonlyMap<string, readonly Need[]> {
  const needs = new Map<string, Need[]>()
  for (const need of graph.needs) {
    if (need.hard !== 'yes') continue
    const list = needs.get(need.needer)
    if (list) list.push(need)
    else needs.set(need.needer, [need])
  }
  return needs
}

function reachedBy({ flow }: SuccessGraph, needs: ReadonlyMap<string, readonly Need[]>): ReadonlySet<string> {
  const reached = new Set(flow.entries)
  for (const id of reached) for (const { alternatives } of needs.get(id) ?? []) for (const { component } of alternatives) reached.add(component)
  return reached
}

type Own = (id: string, name: string, facts: Facts, path?: string) => Part | undefined
interface Computed {
  readonly value: number
  readonly contributors: readonly Contributor[]
  readonly whole: boolean
}

/** What stops the flow alone is taken out of the graph first: that is most of it, and it only multiplies. */
function computed(model: Model, graph: SuccessGraph, needs: ReadonlyMap<string, readonly Need[]>, reached: ReadonlySet<string>, byComponent: ReadonlyMap<string, readonly Part[]>, own: Own): Computed {
  const alone = cutsOf(graph, byComponent)
  const series = inSeries(alone.map((part) => part.own))
  const parts: Part[] = []
  const ranks = new Map(alone.map((part) => [part.id, -1]))
  const input = (made: Diagrams, part: Part): Formula => {
    const rank = ranks.get(part.id) ?? parts.push(part) - 1
    ranks.set(part.id, rank)
    return rank < 0 || part.own >= 1 ? TRUE : made.input(rank)
  }
  const contributors = (rest: number): readonly Contributor[] => alone.map((part) => ({ ...part, costs: rest * series * (1 / part.own - 1) }))
  try {
    const made = diagrams()
    // Inputs are decided in the order of their distance from the entry: what is far away is then shared by all that is near.
    for (const id of reached) for (const part of byComponent.get(id) ?? []) input(made, part)
    const works = worksOf(made, [...reached], needs, (id) => (byComponent.get(id) ?? []).map((part) => input(made, part)), (need) => coverageOf(model, need, own, (part) => input(made, part)))
    const root = graph.flow.entries.reduce((all, entry) => made.and(all, works.get(entry) ?? TRUE), TRUE)
    const { value, weight } = made.probability(root, parts.map((part) => part.own))
    const choices = parts.map((part, at) => ({ ...part, costs: (1 - part.own) * weight[at]! * series }))
    return { value: series * value, contributors: [...contributors(value), ...choices], whole: true }
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error
    return { value: series, contributors: contributors(1), whole: false }
  }
}

/** Parts that are not always there, and whose fall alone stops the flow. */
function cutsOf(graph: SuccessGraph, byComponent: ReadonlyMap<string, readonly Part[]>): readonly Part[] {
  const members = new Map<string, { readonly part: Part; readonly components: string[] }>()
  for (const [component, parts] of byComponent) {
    for (const part of parts) {
      const entry = members.get(part.id)
      if (entry) entry.components.push(component)
      else members.set(part.id, { part, components: [component] })
    }
  }
  const fatal = (components: readonly string[]): boolean => graph.fails(new Map(components.map((id) => [id, { of: 'all', because: 'alone', facts: [] }]))).state === 'unavailable'
  return [...members.values()].filter(({ part, components }) => part.own > 0 && part.own < 1 && fatal(components)).map(({ part }) => part)
}

/** Where a takeover works only in a share of the failures, that it works is one more thing that the other alternatives need. */
function coverageOf(model: Model, need: Need, own: Own, input: (part: Part) => Formula): Formula {
  const first = need.meant === 'failover' ? lookup(model).component(need.alternatives[0]!.component) : undefined
  const part = first && own(`failover of ${first.id}`, `the failover of \`${first.name}\``, first.facts, 'failover.coverage')
  return part ? input(part) : TRUE
}

/** For each component, when it works: itself, and of each of its needs one alternative. A cycle works as long as nothing of it fails. */
function worksOf(made: Diagrams, ids: readonly string[], needs: ReadonlyMap<string, readonly Need[]>, own: (id: string) => readonly Formula[], coverage: (need: Need) => Formula): ReadonlyMap<string, Formula> {
  const index = new Map(ids.map((id, at) => [id, at]))
  const works = new Map<string, Formula>()
  const once = (id: string): Formula => {
    let all: Formula = TRUE
    for (const need of (needs.get(id) ?? []).toReversed()) {
      const [first, ...others] = need.alternatives.map(({ component }) => works.get(component) ?? TRUE)
      const other = others.reduce((any, each) => made.or(any, each), FALSE)
      all = made.and(all, made.or(first!, others.length === 0 ? FALSE : made.and(coverage(need), other)))
    }
    return own(id).reduceRight((rest, each) => made.and(each, rest), all)
  }
  for (const part of partsOf(ids.length, (at) => (needs.get(ids[at]!) ?? []).flatMap(({ alternatives }) => alternatives.map(({ component }) => index.get(component)!)))) {
    if (part.length > LARGEST_CYCLE) throw new TooLarge()
    for (let changed = true; changed; ) {
      changed = false
      for (const at of part) {
        const fresh = once(ids[at]!)
        changed ||= fresh !== (works.get(ids[at]!) ?? TRUE) && part.length > 1
        works.set(ids[at]!, fresh)
      }
    }
  }
  return works
}

/** Components that all need each other: beyond this only single cuts are looked at. */
const LARGEST_CYCLE = 100
