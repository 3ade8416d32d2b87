/** Which flows stop when the network between regions is cut: the question behind CAP, asked of the design and not of one store (AXES, "CAP / PACELC"). */
import type { Analysis } from '../analysis/analysis.ts'
import { fallOf } from '../analysis/fall.ts'
import { placeOf } from '../analysis/units.ts'
import { strikeOf } from '../analysis/strike.ts'
import { list, number, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { flowName, listed } from './cell.ts'

/** Kinds that stand in no region, or in all: their place decides nothing about a cut. */
const EVERYWHERE = new Set(['client', 'external', 'dns', 'cdn', 'monitor'])

/**
 * As a cell says it: `a cut between regions stops Pay`, `Pay stops in a region that is cut off`; empty where there are not two regions, or where
 * nothing is known to stop and not everything has its place.
 */
export function regionCut(model: Model, analysis: Analysis): string {
  const regions = model.containers.filter(({ kind }) => kind === 'region')
  if (regions.length < 2 || regions.length > MOST_REGIONS) return ''
  const strike = strikeOf(model, analysis.quorums, { fails: [], partitions: regions.map(({ id }) => [id]) })
  const stopped: string[] = []
  const alone: string[] = []
  for (const graph of analysis.success) {
    const fall = fallOf(model, graph, strike)
    if (graph.flow.entries.some((id) => fall.fallen.has(id))) stopped.push(flowName(graph.flow))
    else if (graph.flow.waited.some((edge) => needsTheOthers(model, analysis, edge.verb.name, edge.needer, edge.relation.to))) alone.push(flowName(graph.flow))
  }
  const parts = [
    ...(stopped.length > 0 ? [`a cut between regions stops ${listed(stopped)}`] : []),
    ...(alone.length > 0 ? [`${listed(alone)} ${alone.length === 1 ? 'stops' : 'stop'} in a region that is cut off`] : []),
  ]
  if (parts.length > 0) return parts.join('; ')
  const met = new Set(analysis.success.flatMap(({ components }) => [...components]))
  const places = new Set([...met].flatMap((id) => placeOf(model, id, 'region') ?? []))
  const placed = [...met].every((id) => isPlaced(model, lookup(model).component(id)))
  return placed && places.size > 1 ? 'no flow stops when the regions are cut off from each other' : ''
}

/** Each region is a group of its own: beyond some, nobody reads which. */
const MOST_REGIONS = 12

/** A write from within one region to a store that spans several and wants a majority of them. */
function needsTheOthers(model: Model, analysis: Analysis, verb: string, needer: string, needed: string): boolean {
  const store = lookup(model).component(needed)
  if (!store || (verb !== 'writes' && verb !== 'locks') || placeOf(model, needer, 'region') === undefined || !spansRegions(store)) return false
  const level = lookup(model).relationsTo(needed).find((relation) => relation.from === needer && relation.verb === verb)
  const answering = level && analysis.quorums.level(level)?.answering
  if (answering) return answering.where === 'each' || (answering.where === 'anywhere' && answering.count > (analysis.quorums.copies(needed)?.n ?? Infinity))
  return word(store.facts, 'on-partition') === 'refuse-minority' || word(store.facts, 'replication') === 'consensus'
}

function spansRegions({ facts }: Component): boolean {
  return (number(facts, 'regions') ?? list(facts, 'regions')?.length ?? 1) > 1 || word(facts, 'survives') === 'region'
}

function isPlaced(model: Model, component: Component | undefined): boolean {
  return component === undefined || EVERYWHERE.has(component.kind) || (spansRegions(component) && word(component.facts, 'on-partition') === 'accept-both') || (placeOf(model, component.id, 'region') !== undefined && !spansRegions(component))
}
