/**
 * Single faults that take a flow down: every failure unit that the flow is expected to survive, tried on its success graph. Where the
 * fault lies below a choice of alternatives, the alternatives share a fate; otherwise the component stands alone.
 */
import { known, number, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import type { Facts } from '../model/value.ts'
import type { Edge } from './graph.ts'
import type { Intents } from './intent.ts'
import { withFailover } from './nines.ts'
import type { Need, SuccessGraph } from './success.ts'
import { LEVELS, type Level, type Loss, type Unit } from './units.ts'

export interface Exposure {
  readonly graph: SuccessGraph
  readonly unit: Unit
  /** The one component that is to blame; unset where several must fall together, as on one host. */
  readonly component?: string
  readonly loss: Loss
  /** From the entry to what fell. */
  readonly witness: readonly Edge[]
  readonly fallen: string
  /** The alternatives that were lost together, where somebody meant them to stand in for each other. */
  readonly choice?: Need
}

/** Four failures a year of half an hour each, until somebody has promoted a follower (NUMBERS, M18). */
export const BY_HAND = withFailover(4, 30 * 60)

/** From here on a target is out of reach for what stands in one zone (CATALOG A1). */
const HIGH = 0.9995

/** The smallest units first; a component that stands alone is named once a flow. */
export function exposuresOf(model: Model, intents: Intents, touching: (components: Iterable<string>) => readonly Unit[], success: readonly SuccessGraph[]): readonly Exposure[] {
  const zoned = spreadsOverZones(model)
  return success.flatMap((graph) => [...exposures(model, intents, touching(graph.components), graph, zoned)])
}

function* exposures(model: Model, intents: Intents, units: readonly Unit[], graph: SuccessGraph, zoned: boolean): Iterable<Exposure> {
  const survived = survivedLevels(graph, zoned)
  const chosen = graph.needs.filter((need) => need.meant !== undefined)
  const widest = Math.max(-1, ...chosen.map(reachOf))
  const blamed = new Set<string>()
  for (const unit of units) {
    const rank = LEVELS.indexOf(unit.level)
    if (!survived.has(unit.level) && rank > widest) continue
    const losses = new Map<string, Loss>()
    for (const [component, loss] of unit.losses) if (graph.components.has(component) && counts(model, intents, graph, component, loss)) losses.set(component, loss)
    if (losses.size === 0 || graph.fails(losses).state !== 'unavailable') continue

    let alone = false
    for (const [component, loss] of losses) {
      const outcome = graph.fails(new Map([[component, loss]]))
      if (outcome.state !== 'unavailable') continue
      const choice = commonChoice(outcome.choice, unit)
      if (!choice && !survived.has(unit.level)) continue
      alone = true
      if (blamed.has(component)) continue
      blamed.add(component)
      // A long way is followed only for the one that is told.
      yield { graph, unit, component, loss, get witness() { return outcome.witness }, fallen: component, ...(choice && { choice }) }
    }
    if (alone || unit.level === 'copy' || unit.level === 'external') continue
    const outcome = graph.fails(losses)
    const choice = commonChoice(outcome.choice, unit)
    if (!choice && !survived.has(unit.level)) continue
    if (blamed.has(outcome.fallen!)) continue
    yield { graph, unit, loss: losses.get(outcome.fallen!)!, witness: outcome.witness, fallen: outcome.fallen!, ...(choice && { choice }) }
  }
}

/** The choice, where it is meant to survive this unit. Places that share a third party share it on purpose: it is no smaller than they are. */
function commonChoice(choice: Need | undefined, unit: Unit): Need | undefined {
  if (choice?.meant === undefined || LEVELS.indexOf(unit.level) > reachOf(choice)) return undefined
  return unit.level === 'external' && choice.apart !== undefined ? undefined : choice
}

/** The rank of the largest unit that the alternatives are meant to survive: the one they stand apart in, or else any one component. */
function reachOf(need: Need): number {
  return LEVELS.indexOf(need.apart ?? 'external')
}

/** Which units the flow is expected to survive: a machine always; a zone where the target is high or zones are in use; more where it says so. */
function survivedLevels({ flow }: SuccessGraph, zoned: boolean): ReadonlySet<Level> {
  const said = flow.flow && word(flow.flow.facts, 'survives')
  const levels = new Set<Level>(['copy', 'host'])
  if (flow.flow && saysUnknown(flow.flow.facts, 'survives')) return levels
  if (said === 'provider') levels.add('provider')
  if (said === 'provider' || said === 'region') return levels.add('zone').add('cell').add('region')
  if (said === 'zone' || (said === undefined && ((targetOf({ flow }) ?? 0) >= HIGH || zoned))) levels.add('zone')
  return levels
}

/** The availability that the flow promises, 0..1. */
export function targetOf({ flow }: Pick<SuccessGraph, 'flow'>): number | undefined {
  return flow.flow && number(flow.flow.facts, 'availability')
}

/** Whether nobody minds when it is down: said so, or it runs for nobody but its author, and no availability is promised. */
export function toleratesLoss({ model, intents }: { readonly model: Model; readonly intents: Intents }, graph: SuccessGraph, component: string): boolean {
  const flow = graph.flow.flow
  if (targetOf(graph) === undefined && isRelaxed([lookup(model).component(component)?.facts, flow?.facts, model.design?.facts])) return true
  const intent = intents.at({ component, ...(flow && { flow: flow.id }) }, 'unavailability')
  return intent.stance === 'tolerates' || intent.withheld === true
}

/** Somebody in the design has more than one zone: then being in one only is a choice that a reviewer asks about. */
function spreadsOverZones(model: Model): boolean {
  return (
    model.containers.filter((container) => container.kind === 'zone').length > 1 ||
    model.components.some((component) => (number(component.facts, 'zones') ?? 0) > 1 && known(component.facts, 'zones')?.fact.from === 'stated')
  )
}

/** Whether the loss counts against this flow at all. */
function counts(model: Model, intents: Intents, graph: SuccessGraph, component: string, loss: Loss): boolean {
  const declared = lookup(model).component(component)
  if (!declared) return false
  const target = targetOf(graph)
  const flow = graph.flow.flow
  // Work that starts by itself starts again: its one copy is a question of how late it may be, unless somebody promises.
  if (target === undefined && STARTS_AGAIN.has(declared.kind) && graph.flow.entries.includes(component)) return false
  if (toleratesLoss({ model, intents }, graph, component)) return false
  // Waiting for a person to promote a follower is no single point where the promise leaves the time for it, or where there is no promise.
  if (loss.because === 'manual-failover') return target !== undefined && target > BY_HAND
  // One unit that keeps the promise by itself is enough.
  if (saysUnknown(declared.facts, 'availability')) return false
  const own = number(declared.facts, 'availability')
  if (target === undefined) return own === undefined || !(flow && saysUnknown(flow.facts, 'availability'))
  return own === undefined || own < target
}

const STARTS_AGAIN: ReadonlySet<string> = new Set(['scheduler', 'batch', 'worker', 'stream-processor', 'cdc', 'monitor', 'workflow'])

/** The nearest that says where this runs says that nobody depends on it, or that it is not known. */
function isRelaxed(tables: readonly (Facts | undefined)[]): boolean {
  for (const facts of tables) {
    if (facts === undefined) continue
    if (saysUnknown(facts, 'env')) return true
    const env = word(facts, 'env')
    if (env !== undefined) return env === 'personal' || env === 'dev'
  }
  return false
}
