/** Which flows stop when the network between regions is cut: the question behind CAP, asked of the design and not of one store (AXES, "CAP / PACELC"). */
import type { Analysis } from '../analysis/analysis.ts'
import { fallOf } from '../analysis/fall.ts'
import type { Edge } from '../analysis/graph.ts'
import { placeOf } from '../analysis/units.ts'
import { list, nameOf, number, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Container, Model } from '../model/model.ts'
import { flowName, listed } from './cell.ts'

/** Kinds that stand in no region, or in all: their place decides nothing about a cut. */
const EVERYWHERE = new Set(['client', 'external', 'dns', 'cdn', 'monitor'])

/**
 * As a cell says it: `a cut between regions stops Pay`, `Pay stops in a region that is cut off`; empty where there are not two regions, or where
 * nothing is known to stop and not everything has its place.
 */
export function regionCut(model: Model, analysis: Analysis): string {
  const regions = model.containers.filter(({ kind }) => kind === 'region')
  if (regions.length < 2) return ''
  const sides = sidesOf(model, regions)
  const severed = ({ needer }: { readonly needer: string }, component: string): string | undefined => {
    const from = sides.get(needer)
    const to = from && sides.get(component)
    return from && to && from !== to && !from.some((side) => to.includes(side)) ? 'the network between them is cut' : undefined
  }
  const spanning = new Set(model.components.flatMap((component) => (spansRegions(component) ? [component.id] : [])))
  // Most arrows keep to one region, and so do most flows.
  const crossing = new Set(analysis.graph.edges.flatMap((edge) => (severed(edge, edge.needed) === undefined ? [] : [edge.relation.id])))
  const stopped: string[] = []
  const alone: string[] = []
  for (const graph of analysis.success) {
    const { waited, entries } = graph.flow
    const fall = crossing.size > 0 && waited.some(({ relation }) => crossing.has(relation.id)) ? fallOf(model, graph, { hits: new Map(), severed, arrives: (edge, component) => severed(edge, component) === undefined }) : undefined
    if (fall && entries.some((id) => fall.fallen.has(id))) stopped.push(flowName(graph.flow))
    else if (spanning.size > 0 && waited.some((edge) => spanning.has(edge.relation.to) && needsTheOthers(model, analysis, sides, edge))) alone.push(flowName(graph.flow))
  }
  const parts = [
    ...(stopped.length > 0 ? [`a cut between regions stops ${listed(stopped)}`] : []),
    ...(alone.length > 0 ? [`${listed(alone)} ${alone.length === 1 ? 'stops' : 'stop'} in a region that is cut off`] : []),
  ]
  return parts.length > 0 ? parts.join('; ') : nothingStops(model, analysis, sides) ? 'no flow stops when the regions are cut off from each other' : ''
}

type Sides = ReadonlyMap<string, readonly string[]>

/** Component id → the regions that it has copies in, where it says them by name. */
function sidesOf(model: Model, regions: readonly Container[]): Sides {
  const called = new Map(regions.flatMap(({ id, name }) => [[id, id], [name, id]] as const))
  // All that stand in one region alone share one list.
  const alone = new Map(regions.map(({ id }) => [id, [id]]))
  const sides = new Map<string, readonly string[]>()
  for (const component of model.components) {
    const home = placeOf(model, component.id, 'region')
    const values = [...(list(component.facts, 'regions') ?? []), ...component.parts.flatMap(({ facts }) => list(facts, 'region') ?? [])]
    const named = values.flatMap((value) => (value.type === 'quantity' ? [] : (called.get(nameOf(value) ?? '') ?? [])))
    if (named.length > 0) sides.set(component.id, [...new Set([...(home === undefined ? [] : [home]), ...named])])
    else if (home !== undefined) sides.set(component.id, alone.get(home) ?? [home])
  }
  return sides
}

/** Everything that the flows meet has its place, in more than one region altogether: only then is it certain. */
function nothingStops(model: Model, analysis: Analysis, sides: Sides): boolean {
  const met = new Set<string>()
  const places = new Set<string>()
  for (const { components } of analysis.success) {
    for (const id of components) {
      if (met.has(id)) continue
      met.add(id)
      const component = lookup(model).component(id)
      if (!component || EVERYWHERE.has(component.kind)) continue
      const side = sides.get(id)
      if (spansRegions(component) ? word(component.facts, 'on-partition') !== 'accept-both' : side === undefined) return false
      for (const place of side ?? []) places.add(place)
    }
  }
  return places.size > 1
}

/** A write from within one region to a store that spans several and wants a majority of them. */
function needsTheOthers(model: Model, analysis: Analysis, sides: Sides, { verb, needer, relation }: Edge): boolean {
  if (verb.name !== 'writes' && verb.name !== 'locks') return false
  const store = lookup(model).component(relation.to)
  if (!store || sides.get(needer)?.length !== 1) return false
  const answering = analysis.quorums.level(relation)?.answering
  if (answering) return answering.where === 'each' || (answering.where === 'anywhere' && answering.count > (analysis.quorums.copies(store.id)?.n ?? Infinity))
  return word(store.facts, 'on-partition') === 'refuse-minority' || word(store.facts, 'replication') === 'consensus'
}

function spansRegions({ facts }: Component): boolean {
  return (number(facts, 'regions') ?? list(facts, 'regions')?.length ?? 1) > 1 || word(facts, 'survives') === 'region'
}
