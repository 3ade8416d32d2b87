/**
 * Places (zones, cells, regions, providers) whose loss somebody expects to be survived: a flow says so, or alternatives stand in several of
 * them. How the loss then goes is for rules to say: what is too small, too old or missing elsewhere, and how long it takes.
 */
import { known, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import type { Need, SuccessGraph } from './success.ts'
import { LEVELS, placeOf, type Level, type Unit } from './units.ts'

export interface PlaceClaim {
  readonly unit: Unit
  readonly graph: SuccessGraph
  /** The choice that is meant to survive it; unset where the flow alone says so. */
  readonly need?: Need
  /** Behind "though": unset where only the spread itself says it, which is worth a question and no accusation. */
  readonly said?: string
  readonly facts: readonly Fact[]
}

export function placeClaimsOf(model: Model, units: readonly Unit[], success: readonly SuccessGraph[]): readonly PlaceClaim[] {
  const places = units.filter(({ level }) => PLACES.includes(level))
  const byId = new Map(places.map((unit) => [unit.id, unit]))
  return success.flatMap((graph) => {
    const facts = graph.flow.flow?.facts ?? {}
    if (saysUnknown(facts, 'survives')) return []
    const said = word(facts, 'survives')
    const promised = (level: Level): boolean => said !== undefined && LEVELS.indexOf(said as Level) >= LEVELS.indexOf(level)
    const claims = new Map<Unit, PlaceClaim>()
    for (const need of graph.needs) {
      const level = need.apart
      if (need.meant === undefined || need.hard !== 'yes' || level === undefined || !PLACES.includes(level)) continue
      for (const { component } of need.alternatives) {
        const unit = byId.get(`${level}:${placeOf(model, component, level)}`)
        if (!unit?.losses.has(component) || claims.get(unit)?.said !== undefined) continue
        claims.set(unit, { unit, graph, need, ...because(model, graph, level, need, promised(level)) })
      }
    }
    for (const unit of said === undefined ? [] : places) {
      if (claims.has(unit) || !promised(unit.level)) continue
      if (![...unit.losses.keys()].some((component) => graph.components.has(component))) continue
      claims.set(unit, { unit, graph, ...because(model, graph, unit.level, undefined, true) })
    }
    return [...claims.values()]
  })
}

const PLACES: readonly Level[] = ['zone', 'cell', 'region', 'provider']

function because(model: Model, { flow }: SuccessGraph, level: Level, need: Need | undefined, promised: boolean): Pick<PlaceClaim, 'said' | 'facts'> {
  if (promised) return { said: `${flow.name} is to survive the loss of a ${word(flow.flow!.facts, 'survives') ?? level}`, facts: [known(flow.flow!.facts, 'survives')!.fact] }
  if (need?.meant !== 'failover') return { facts: [] }
  const [first, ...others] = need.alternatives.map(({ component }) => `\`${lookup(model).component(component)?.name ?? component}\``)
  return { said: `${others.length > 1 ? `${others.slice(0, -1).join(', ')} and ${others.at(-1)} are` : `${others[0]} is`} there to take over from ${first}`, facts: [] }
}
