/** A scenario's statements as the failure that they describe. */
import { lookup } from '../model/lookup.ts'
import type { Model, Scenario } from '../model/model.ts'
import type { Target } from '../model/value.ts'
import type { FlowPaths } from './flows.ts'
import type { Failure } from './strike.ts'

/** `slows: ledger`, without a number. */
export const SLOWER = 10
/** `surges: "Buy"`, without a number. */
export const MORE = 2

export function failureOf(model: Model, flows: readonly FlowPaths[], scenario: Scenario): Failure {
  return {
    fails: scenario.fails,
    slows: new Map(scenario.slows.flatMap(({ target, by }) => componentsOf(model, target).map((id) => [id, by?.value ?? SLOWER] as const))),
    surges: new Map(scenario.surges.flatMap(({ target, by }) => flowsOf(flows, target).map((id) => [id, by?.value ?? MORE] as const))),
    partitions: scenario.partitions.map((group) => group.map(({ id }) => id)),
  }
}

/** The component, or all that stand in the container. */
function componentsOf(model: Model, { kind, id }: Target): readonly string[] {
  if (kind === 'component') return [id]
  return model.components.filter((component) => lookup(model).ancestors(component.id).some((ancestor) => ancestor.id === id)).map((component) => component.id)
}

/** The flow, or all that begin at the component. */
function flowsOf(flows: readonly FlowPaths[], { kind, id }: Target): readonly string[] {
  return kind === 'flow' ? [id] : flows.flatMap((flow) => (flow.entries.includes(id) ? [flow.id] : []))
}
