/** What each flow does when one thing falls: a copy, a host, a zone, a region, a provider, somebody else's service. */
import type { Analysis } from '../analysis/analysis.ts'
import type { FlowAvailability } from '../analysis/availability.ts'
import type { Exposure } from '../analysis/exposure.ts'
import type { SuccessGraph } from '../analysis/success.ts'
import { copiesOf, LEVELS, type Loss, type Unit } from '../analysis/units.ts'
import { flag, known, number, range, word } from '../model/facts.ts'
import { isContainer, lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { copiesWanted } from './cell.ts'
import type { Fault } from './table.ts'

/** The single-fault table of one flow. */
export interface Faults {
  readonly graph: SuccessGraph
  readonly fatal: readonly { readonly unit: Unit; readonly name: string; readonly facts: readonly Fact[] }[]
  readonly degrading: readonly { readonly unit: Unit; readonly name: string; readonly facts: readonly Fact[] }[]
  /** Components below a choice whose alternatives all need them. */
  readonly shared: readonly string[]
  /** Largest level of which no unit is fatal, all smaller ones being harmless too. */
  readonly survives?: 'copy' | 'zone' | 'region'
  /** The same for what is known, where of some of it nobody knows how many copies run. */
  readonly atBest?: 'copy' | 'zone' | 'region'
  /** Needed components of which nobody knows how many copies run. */
  readonly open: readonly string[]
  readonly missing: readonly string[]
  /** From what its parts promise; unset where none promises anything. */
  readonly computed?: FlowAvailability
}

export function faultsOf(model: Model, analysis: Analysis, graph: SuccessGraph, computed: FlowAvailability, shared: readonly Exposure[]): Faults {
  const find = lookup(model)
  const fatal: { unit: Unit; name: string; facts: readonly Fact[] }[] = []
  const degrading: { unit: Unit; name: string; facts: readonly Fact[] }[] = []
  const entries = new Set(graph.flow.entries)
  const missable = new Set([...graph.components].filter((component) => !entries.has(component)))
  for (const unit of analysis.unitsOf(missable)) {
    const losses = lossesIn(unit, missable)
    if (losses.size === 0) continue
    const outcome = graph.fails(losses)
    const facts = [...losses.values()].flatMap((loss) => loss.facts)
    if (outcome.state === 'unavailable') fatal.push({ unit, name: nameOf(unit, losses), facts })
    else if (outcome.state === 'degraded') degrading.push({ unit, name: nameOf(unit, losses), facts })
  }
  const needed = [...graph.components]
    .filter((id) => !entries.has(id) && graph.fails(new Map([[id, ALL]])).state === 'unavailable')
    .flatMap((id) => find.component(id) ?? [])
  const unsure = needed.filter((component) => component.kind !== 'external' && !knowsCopies(component))
  const reachOf = (of: readonly Component[]): Faults['survives'] =>
    LEVELS_UP.toReversed().find((level) => !fatal.some(({ unit }) => LEVELS.indexOf(unit.level) <= LEVELS.indexOf(level)) && known_(level, of, model))
  const reach = reachOf(needed)
  const sure = unsure.length > 0 ? needed.filter((component) => !unsure.includes(component)) : []
  const atBest = sure.length > 0 ? reachOf(sure) : undefined
  return {
    graph,
    fatal,
    degrading,
    shared: [...new Set(shared.map(({ fallen }) => find.component(fallen)?.name ?? fallen))],
    ...(reach && { survives: reach }),
    ...(atBest && { atBest }),
    open: unsure.map((component) => component.name),
    missing: unsure.map(copiesWanted),
    ...(computed.contributors.length > 0 && { computed }),
  }
}

/** Of a unit, what a flow misses. */
function lossesIn({ losses }: Unit, missable: ReadonlySet<string>): ReadonlyMap<string, Loss> {
  const found = new Map<string, Loss>()
  // A zone holds many of which a flow knows few, a copy one.
  if (losses.size <= missable.size) {
    for (const [component, loss] of losses) if (missable.has(component)) found.set(component, loss)
  } else for (const component of missable) if (losses.has(component)) found.set(component, losses.get(component)!)
  return found
}

const ALL: Loss = { of: 'all', because: 'alone', facts: [] }

/** Whether what is needed says that it stands in more than one of these; not to fail in a place that nobody drew proves nothing. */
function known_(level: 'copy' | 'zone' | 'region', needed: readonly Component[], model: Model): boolean {
  if (level === 'copy') return needed.every((component) => component.kind === 'external' || knowsCopies(component))
  const path = level === 'zone' ? 'zones' : 'regions'
  return needed.every((component) => {
    const survives = word(component.facts, 'survives')
    if (survives === 'region' || (level === 'zone' && survives === 'zone')) return true
    if ((number(component.facts, path) ?? 0) > 1) return true
    const inside = lookup(model)
      .ancestors(component.id)
      .some((ancestor) => isContainer(ancestor) && ancestor.kind === level)
    return inside
  })
}

/** What a technology runs by default counts as known here, and is marked as its default. */
export const COPIES = ['replicas', 'voters', 'n', 'replication-factor'] as const

export function knowsCopies(component: Component): boolean {
  return (
    COPIES.some((path) => (range(component.facts, path)?.from ?? 0) > 1) ||
    copiesOf(component) !== undefined ||
    known(component.facts, 'survives') !== undefined ||
    flag(component.facts, 'managed') === true ||
    component.parts.length > 1
  )
}

export const LEVELS_UP = ['copy', 'zone', 'region'] as const
export const SURVIVES = { copy: 'survives any one replica', zone: 'survives any one zone', region: 'survives any one region' } as const

/** A copy by its component, a place by its kind and name. */
function nameOf(unit: Unit, losses: ReadonlyMap<string, Loss>): string {
  const plain = unit.name.replaceAll('`', '')
  const [only] = losses.values()
  return losses.size === 1 && only!.of === 'writes' ? `the leader of ${plain}` : plain
}

/** Each thing by whose loss some flow fails or does less; with the others all flows go on. */
export function faultTable(flows: readonly Faults[]): readonly Fault[] {
  const found = new Map<string, { readonly unit: string; readonly origin: Fault['origin']; readonly fails: string[]; readonly degrades: string[] }>()
  for (const { graph, fatal, degrading } of flows) {
    for (const [list, how] of [[fatal, 'fails'], [degrading, 'degrades']] as const) {
      for (const { unit, name } of list) {
        const key = `${unit.id} ${name}`
        const known_ = found.get(key) ?? { unit: name, origin: unit.at, fails: [], degrades: [] }
        found.set(key, known_)
        known_[how].push(graph.flow.id)
        if (found.size > MOST_FAULTS) return rows()
      }
    }
  }
  return rows()

  function rows(): readonly Fault[] {
    return [...found.values()].slice(0, MOST_FAULTS)
  }
}

/** Nobody reads on. */
const MOST_FAULTS = 40
